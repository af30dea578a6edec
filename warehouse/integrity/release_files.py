"""The releases of a lake, and the link to the current one; of expired ones, what is kept of them.

Stays out: how a damaged file is found (`release.differences`), making a release again (`as_known.rebuild`).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from common.damage import Damage
from warehouse import checksums
from warehouse.lake import Lake
from warehouse.release import differences


def check_releases(lake: Lake, *, deep: bool) -> Iterator[Damage]:
    """What is damaged of the releases of a lake; `deep` reads every file."""
    yield from _of_link(lake)
    for release in _folders(lake.releases):
        for path, what in differences.differences(release, deep=deep):
            yield Damage(path, what, _remedy(lake))
        if not (release / checksums.NAME).exists() and differences.manifest(release) is not None:
            what = "is missing, as in releases of an older program"
            yield Damage(release / checksums.NAME, what, "its marts are held against its manifest", "note")
    for archived in _folders(lake.release_archive):
        for path, what in differences.archive_differences(archived):
            remedy = f"copy it back from a backup; without it the expired release {archived.name} cannot be made again"
            yield Damage(path, what, remedy)


def _of_link(lake: Lake) -> Iterator[Damage]:
    link = lake.releases / "current"
    if link.is_symlink() and not link.exists():
        yield Damage(link, f"leads nowhere: the release {link.readlink()} is gone", _remedy(lake))
    elif not link.is_symlink() and (link.exists() or _folders(lake.releases)):
        what = "is not the link to the current release" if link.exists() else "is missing"
        yield Damage(link, what, "run the last night again, which sets it ('shuyuan night')")


def _folders(place: Path) -> list[Path]:
    return sorted(path for path in place.glob("[0-9]*") if path.is_dir() and not path.is_symlink())


def _remedy(lake: Lake) -> str:
    return (
        f"run 'shuyuan verify --mend --lake {lake.root}', which makes the release again from the lake, or copy its "
        "folder back from a backup"
    )
