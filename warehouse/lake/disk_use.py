"""What nights use of the disk: measured while they run, kept for the last nights, asked before the next.

`restricted/disk_use.json` holds by night, in bytes, its `peak` (how far the free space of the lake's filesystem fell)
and what it `kept`. Other programs on that filesystem count too: it is what was free that a night needs.
Stays out: whether an error says that a disk is full (`common.disk_space`).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from common import disk_space
from common.disk_space import MIB
from common.files import write_json
from warehouse.lake.paths import Lake

FIRST_NIGHT_BYTES = 1 << 30  # the first night of 20,000 students needs less
_NIGHTS = 30  # that are kept
_MARGIN = 1.2  # of the most that the last nights used
_SECONDS = 0.5  # between two looks


@dataclass(frozen=True)
class Forecast:
    """What the next night needs at its peak, and what it is likely to keep, in bytes, by so many `nights` before it."""

    needed: int
    kept: int
    nights: int

    @property
    def reason(self) -> str:
        """Where the figure comes from."""
        if not self.nights:
            return "which the first night of a city of 20,000 students may need"
        return f"by the most of the last {self.nights} nights" if self.nights > 1 else "by the last night"


@contextmanager
def measured(lake: Lake, night: date) -> Iterator[None]:
    """Follow the free space while a step of a night runs, and note the least in the night's scratch."""
    before = least = disk_space.space_of(lake.root).free
    ended = threading.Event()

    def look() -> None:
        nonlocal least
        with suppress(OSError):
            least = min(least, disk_space.space_of(lake.root).free)

    def watch() -> None:
        while not ended.wait(_SECONDS):
            look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        look()
        _note(lake, night, before, least)


def keep(lake: Lake, night: date) -> None:
    """Keep what a night that is published has used."""
    noted = _read(_noted(lake, night))
    if "before" not in noted:
        return
    nights = _read(lake.disk_use)
    peak = max(0, noted["before"] - noted["least"])
    kept = max(0, noted["before"] - disk_space.space_of(lake.root).free)
    nights[night.isoformat()] = {"peak": peak, "kept": kept}
    write_json(lake.disk_use, dict(sorted(nights.items())[-_NIGHTS:]))


def forecast(lake: Lake) -> Forecast:
    """What the next night of a lake needs. Raises PermissionError for a user who may not read `restricted/`."""
    nights = [used for _, used in sorted(_read(lake.disk_use).items())]
    if not nights:
        return Forecast(FIRST_NIGHT_BYTES, 0, 0)
    peak = max(used["peak"] for used in nights)
    last = nights[-7:]
    return Forecast(int(peak * _MARGIN), sum(used["kept"] for used in last) // len(last), len(nights))


def full_sentence(lake: Lake) -> str:
    """What a person reads whose night has met a full disk: where, how much is free, how much is needed."""
    need = forecast(lake)
    return (
        f"The disk is full: {disk_space.space_of(lake.root)}, and the night needs {need.needed / MIB:,.0f} MiB, "
        f"{need.reason}: free that much there, and run the night again from its beginning"
    )


def surely_too_little(lake: Lake, new_bytes: int) -> str | None:
    """What a person reads whose disk surely cannot hold a night with so many new bytes; None where it may.

    Surely: less is free than its files have, and than the nights before it have used at their peak.
    """
    need, space = forecast(lake), disk_space.space_of(lake.root)
    if space.free >= min(new_bytes, need.needed):
        return None
    return (
        f"The disk has too little room for this night: {space}, its new files alone have {new_bytes / MIB:,.0f} MiB, "
        f"and it needs {need.needed / MIB:,.0f} MiB, {need.reason}: free that much there, and run the night again"
    )


def _note(lake: Lake, night: date, before: int, least: int) -> None:
    """Add a step to what is noted; the first that finds nothing noted has begun the night."""
    path = _noted(lake, night)
    if not path.parent.is_dir():  # the step has not got the lake
        return
    noted = _read(path)
    with suppress(OSError):  # on a full disk of all
        write_json(path, {"before": noted.get("before", before), "least": min(noted.get("least", least), least)})


def _noted(lake: Lake, night: date) -> Path:
    return lake.work(night) / "disk_use.json"


def _read(path: Path) -> dict[str, Any]:
    with suppress(FileNotFoundError, ValueError):
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return content
    return {}
