"""The history of published releases, expired ones included: which one was current on a night.

Stays out: rebuilding one (`rebuild`), publishing and expiring (`release.publication`).

An expired release leaves its manifest (with the content hash of each mart) and its register in `restricted/past/`.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from common import files
from warehouse import checksums
from warehouse.errors import QueryError
from warehouse.lake import Lake, require_readable

ARCHIVED = ("manifest.json", "register", checksums.NAME)  # files and folders that are kept of an expired release


@dataclass(frozen=True)
class PublishedRelease:
    """A release that was published. An expired one (`has_files` is false) has only its manifest and its register."""

    directory: Path
    has_files: bool

    @property
    def id(self) -> str:
        """The release's id, which begins with its night."""
        return self.directory.name

    @property
    def night(self) -> date:
        """The night whose release it is."""
        return date.fromisoformat(self.id[:10])

    @property
    def register(self) -> Path:
        """The register under which it was made."""
        return self.directory / "register"

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest as it was published. Raises QueryError where it is damaged."""
        path = self.directory / "manifest.json"
        try:
            return json.loads(path.read_bytes())
        except ValueError as error:
            raise QueryError(f"{path} is damaged: run 'shuyuan verify', which says what to do.") from error


def archive_release(lake: Lake, release: Path) -> None:
    """Archive what rebuilding an expiring release needs. Idempotent, also after an interruption."""
    target = lake.release_archive / release.name
    if target.exists():
        return
    files.make_folder(lake.release_archive, 0o700)
    temporary = lake.release_archive / f".{release.name}"
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir()
    for name in ARCHIVED:
        source = release / name
        if source.is_dir():
            shutil.copytree(source, temporary / name)
        elif source.exists():
            shutil.copy2(source, temporary / name)
    files.close_tree(temporary)  # a copy has the permissions of the release, which analysts may read
    files.put(temporary, target)


def release_history(lake: Lake) -> list[PublishedRelease]:
    """Every release that was ever published, in the order in which they were current."""
    has_files = {path.name: PublishedRelease(path, has_files=True) for path in _folders(lake.releases)}
    archived = {path.name: PublishedRelease(path, has_files=False) for path in _folders(lake.release_archive)}
    return _in_order([*(archived | has_files).values()])


def release_on(lake: Lake, day: date) -> PublishedRelease:
    """The release that was current on a night: the last of that night, else of the last night before.

    What has expired is older than what is kept, so the archive, which is not for everybody, is asked last. Raises
    QueryError where none was published by then; NotReadable where it is not for this user.
    """
    require_readable(lake, lake.releases)
    kept = _in_order([PublishedRelease(path, has_files=True) for path in _folders(lake.releases)])
    by_then = [published for published in kept if published.night <= day]
    if by_then:
        return by_then[-1]
    require_readable(lake, lake.release_archive)
    history = release_history(lake)
    by_then = [published for published in history if published.night <= day]
    if by_then:
        return by_then[-1]
    if not history:
        raise QueryError(f"The lake {lake.root} has no release yet: run 'shuyuan night' first.")
    raise QueryError(
        f"No release was published in the lake {lake.root} by {day}: the first one is of {history[0].night}."
    )


def _in_order(releases: list[PublishedRelease]) -> list[PublishedRelease]:
    return sorted(
        releases,
        key=lambda published: (
            published.night,
            (published.directory / "manifest.json").stat().st_mtime_ns,
            published.id,
        ),
    )


def _folders(place: Path) -> list[Path]:
    return [p for p in place.glob("[0-9]*") if p.is_dir() and (p / "manifest.json").exists()]
