"""Old exports, loaded in their order: the nights of `shuyuan night`, one after another.

Lives here: which nights there are (dated folders, or what another lake has kept of its own), which of them are loaded
already, and where it must stop.
Add here: another way in which old exports lie.
Stays out: a night (`night`), what it came to in words (shuyuan).

Each is a whole night of its own, gates and release included: what a person would get by running them one by one, no
less. So it may be stopped anywhere and begun again.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ingest
from common.settings import Settings, SettingsError
from dags import night, outcome
from dags.night import Say
from dags.scratch import Night
from ingest import replay
from warehouse.lake import Lake, connect_lake

_ALMOST = re.compile(r"\d{4}\D?\d{1,2}\D?\d{1,2}")
_PLAIN = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Folder:
    """The exports of a night: its date, and the folder that holds `<source>/...`."""

    date: date
    path: Path
    refused: bool = False  # a gate refused the night before, and the nights after it were run all the same

    @contextmanager
    def laid_out(self) -> Iterator[Path]:
        """The folder, as long as it is read."""
        yield self.path


@dataclass(frozen=True, kw_only=True)
class Kept(Folder):
    """A night as another lake has kept it; `path` is where it is laid out while it is read."""

    lake: Lake

    @contextmanager
    def laid_out(self) -> Iterator[Path]:
        """The inbox of that night, from the landed bytes. Raises IngestError."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True, mode=0o700)
        try:
            with connect_lake(self.lake, read_only=True) as connection:
                replay.restore(connection, self.date, self.lake.landing, self.path)
            yield self.path
        finally:
            shutil.rmtree(self.path, ignore_errors=True)


def folders(inbox: Path, first: date | None = None, last: date | None = None) -> list[Folder]:
    """The dated folders of an inbox from `first` to `last`, in their order; others are passed over.

    Raises SettingsError where there is none, or one whose name is nearly a date.
    """
    named = sorted(path for path in inbox.iterdir() if path.is_dir() and _ALMOST.fullmatch(path.name))
    found = [Folder(_day(path), path) for path in named]
    wanted = [f for f in found if (first is None or f.date >= first) and (last is None or f.date <= last)]
    if not wanted:
        between = " of these days" if found else ""
        raise SettingsError(f"{inbox} holds no folder{between} named as 2025-10-15: put each night's exports in one.")
    return wanted


def kept(settings: Settings, source: Path, first: date | None = None, last: date | None = None) -> list[Folder]:
    """The nights of the lake `source` from `first` to `last`, in their order, to be run again without an inbox.

    Raises SettingsError where it has none or is the lake that is filled, LakeError where it is no lake.
    """
    old, new = Lake(source), Lake(settings.lake)
    if old.root.resolve() == new.root.resolve():
        raise SettingsError(f"{source} cannot be filled from itself: give a new --lake.")
    with connect_lake(old, read_only=True) as connection:
        arrived = replay.nights(connection)
    published = _published(old, settings)
    wanted = [
        night
        for night in sorted({*arrived, *published})
        if (first is None or night >= first) and (last is None or night <= last)
    ]
    if not wanted:
        raise SettingsError(f"{source} has kept no night of these days: name a lake that was filled by nights.")
    return [Kept(night, new.restricted / "replay" / str(night), night not in published, lake=old) for night in wanted]


def run(settings: Settings, nights: Sequence[Folder], say: Say | None = None) -> Iterator[dict[str, Any]]:
    """Load the nights in their order. Yields the outcome of each; only the last may be other than published, or one
    that was refused before.

    A night that is published, and whose folder holds nothing new, is passed over: its outcome is `loaded`.
    Raises SettingsError where a night would have to be loaded after a later one, and what `night.run` raises.
    """
    for place, folder in enumerate(nights, 1):
        with folder.laid_out() as path:
            own = settings.model_copy(update={"inbox": path, "night": folder.date})
            if _is_loaded(own, folder):
                yield {"status": "loaded", "night": folder.date.isoformat()}
                continue
            told = f"{folder.date} ({place} of {len(nights)})"
            found = night.run(own, _after(told, say))
        yield {"night": folder.date.isoformat()} | found
        if found["status"] != "published" and not (folder.refused and found["status"] == "refused"):
            return


def _after(told: str, say: Say | None) -> Say | None:
    return None if say is None else lambda text: say(f"{told}: {text}")


def _day(path: Path) -> date:
    try:
        if _PLAIN.fullmatch(path.name):
            return date.fromisoformat(path.name)
    except ValueError:
        pass
    raise SettingsError(f"The folder {path} is no date: name it as 2025-10-15, so that its night is known.")


def _is_loaded(settings: Settings, folder: Folder) -> bool:
    """Whether the night was published with all that its folder holds."""
    here = Night.of_run({"date": folder.date, **settings.model_dump(exclude_none=True)}, datetime.now(UTC))
    known = _published(here.lake, here.settings)
    later = max((day for day in known if day > folder.date), default=None)
    if folder.date in known and not _new(here):
        return True
    if later is not None:
        held = "new files for" if folder.date in known else "the night of"
        raise SettingsError(
            f"{folder.path} holds {held} {folder.date}, and the night of {later} is loaded already: put what is late "
            "into the folder of a later night, or load all nights into a new lake."
        )
    return False


def _published(of: Lake, settings: Settings) -> set[date]:
    """The nights of a lake that were published, by the outcomes they left."""
    found = set()
    for path in of.work(date.min).parent.glob("????-??-??"):
        day = date.fromisoformat(path.name)
        told = outcome.read(Night(day, settings.model_copy(update={"lake": of.root})))
        if told is not None and told["status"] == "published":
            found.add(day)
    return found


def _new(here: Night) -> bool:
    """Whether the folder holds a file that the lake has not seen."""
    with connect_lake(here.lake, read_only=True) as connection:
        seen = ingest.intake_history(connection)
    return bool(ingest.find_arrivals(here.inbox, here.register, here.date, seen))
