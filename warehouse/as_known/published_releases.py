"""Which release was current on a night: also of those whose files are gone.

Lives here: keeping what an expired release needs to be made again, and finding the one of a night.
Add here: another thing that making a release again needs.
Stays out: making it again (`rebuild`), publishing and expiring (`publication`).

Of an expired release its manifest (with the content hash of each mart) and its register stay, in `restricted/past/`.
"""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from warehouse.errors import QueryError
from warehouse.files import sync
from warehouse.lake import Lake

_STAYS = ("manifest.json", "register")


@dataclass(frozen=True)
class Published:
    """A release that was published once. Where `kept` is false only its manifest and its register are there."""

    directory: Path
    kept: bool

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
        """The manifest as it was published."""
        return json.loads((self.directory / "manifest.json").read_text(encoding="utf-8"))


def remember(lake: Lake, release: Path) -> None:
    """Keep what an expiring release needs to be made again. Safe to call again after it was cut short."""
    target = lake.past / release.name
    if target.exists():
        return
    lake.past.mkdir(mode=0o700, exist_ok=True)
    fresh = lake.past / f".{release.name}"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir()
    for name in _STAYS:
        source = release / name
        if source.is_dir():
            shutil.copytree(source, fresh / name)
        elif source.exists():
            shutil.copy2(source, fresh / name)
    fresh.rename(target)
    sync(lake.past)


def published(lake: Lake) -> list[Published]:
    """Every release that was ever published, in the order in which they were current."""
    kept = {path.name: Published(path, kept=True) for path in _folders(lake.releases)}
    gone = {path.name: Published(path, kept=False) for path in _folders(lake.past)}
    found = [*(gone | kept).values()]
    return sorted(found, key=lambda one: (one.night, (one.directory / "manifest.json").stat().st_mtime_ns, one.id))


def as_known_on(lake: Lake, day: date) -> Published:
    """The release that was current on a night: the last of that night, else of the last night before.

    Raises QueryError where none was published by then.
    """
    found = published(lake)
    by_then = [one for one in found if one.night <= day]
    if by_then:
        return by_then[-1]
    if not found:
        raise QueryError(f"The lake {lake.root} has no release yet: run 'shuyuan night' first.")
    raise QueryError(
        f"Nothing was published in the lake {lake.root} by {day}: its first release is of {found[0].night}."
    )


def _folders(place: Path) -> list[Path]:
    return [p for p in place.glob("[0-9]*") if p.is_dir() and (p / "manifest.json").exists()]
