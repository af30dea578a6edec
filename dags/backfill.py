"""Backfill: many old nights in order, from dated folders or from the landed files of another lake.

Stays out: a single night (`dags.night`), printing outcomes (`shuyuan`).

Each is a complete night with gates and release, as if run by hand. So a backfill may be interrupted anywhere and
started again.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import ingest
from common.settings import Settings, SettingsError
from dags import dated_inbox, night, outcome
from dags.night import Say
from dags.scratch import Night
from ingest import replay
from warehouse.lake import Lake, connect_lake


@dataclass(frozen=True)
class NightFolder:
    """The exports of a night: its date, and the folder that holds `<source>/...`."""

    date: date
    path: Path
    refused: bool = False  # refused by a gate in the lake it comes from, where later nights were run all the same

    @contextmanager
    def opened_inbox(self) -> Iterator[Path]:
        """The inbox of the night, while it is read."""
        yield self.path


@dataclass(frozen=True, kw_only=True)
class LakeNight(NightFolder):
    """A night that another lake has landed; `path` is where its inbox is restored while it is read."""

    lake: Lake

    @contextmanager
    def opened_inbox(self) -> Iterator[Path]:
        """The inbox of the night, restored from the landed bytes. Raises IngestError."""
        shutil.rmtree(self.path, ignore_errors=True)
        self.path.mkdir(parents=True, mode=0o700)
        try:
            with connect_lake(self.lake, read_only=True) as connection:
                replay.restore(connection, self.date, self.lake.landing, self.path)
            yield self.path
        finally:
            shutil.rmtree(self.path, ignore_errors=True)


def nights_of_inbox(inbox: Path, first: date | None = None, last: date | None = None) -> list[NightFolder]:
    """The dated folders of an inbox from `first` to `last`, in order; other folders are ignored.

    `inbox` says where the date stands (`{date}`), else it is the folder of the dated ones.
    Raises SettingsError where there is none, or one whose name is nearly a date.
    """
    template = inbox if dated_inbox.is_dated(inbox) else inbox / dated_inbox.DATE
    every_night = [NightFolder(_date_of(text, path), path) for text, path in dated_inbox.dated_folders(template)]
    selected = [f for f in every_night if (first is None or f.date >= first) and (last is None or f.date <= last)]
    if not selected:
        period = " of these days" if every_night else ""
        raise SettingsError(f"{inbox} holds no folder{period} named like 2025-10-15: put each night's files into one.")
    return selected


def nights_of_lake(
    settings: Settings, source: Path, first: date | None = None, last: date | None = None
) -> list[NightFolder]:
    """The nights of the lake `source` from `first` to `last`, in order, to be replayed into another lake.

    Raises SettingsError where it has none or is the target lake itself, LakeError where it is no lake.
    """
    old, new = Lake(source), Lake(settings.lake)
    if old.root.resolve() == new.root.resolve():
        raise SettingsError(f"{source} cannot be filled from itself: give a new --lake.")
    with connect_lake(old, read_only=True) as connection:
        with_arrivals = replay.nights(connection)
    published = _published(old, settings)
    selected = [
        night
        for night in sorted({*with_arrivals, *published})
        if (first is None or night >= first) and (last is None or night <= last)
    ]
    if not selected:
        raise SettingsError(f"{source} holds no night of these days: name a lake that was filled by nights.")
    return [
        LakeNight(night, new.restricted / "replay" / str(night), night not in published, lake=old) for night in selected
    ]


def run(settings: Settings, nights: Sequence[NightFolder], say: Say | None = None) -> Iterator[dict[str, Any]]:
    """Load the nights in order. Yields the outcome of each; stops at the first that is not published, unless it was
    refused in the lake it comes from.

    A published night whose folder holds no new file is skipped: its outcome is `loaded`.
    Raises SettingsError where a night would have to be loaded after a later one, and what `night.run` raises.
    """
    for number, folder in enumerate(nights, 1):
        with folder.opened_inbox() as path:
            night_settings = settings.model_copy(update={"inbox": path, "night": folder.date})
            if _is_loaded(night_settings, folder):
                yield {"status": "loaded", "night": folder.date.isoformat()}
                continue
            label = f"{folder.date} ({number} of {len(nights)})"
            result = night.run(night_settings, _prefixed(label, say))
        yield {"night": folder.date.isoformat()} | result
        if not outcome.is_good(result) and not (folder.refused and result["status"] == "refused"):
            return


def _prefixed(label: str, say: Say | None) -> Say | None:
    return None if say is None else lambda text: say(f"{label}: {text}")


def _date_of(text: str, path: Path) -> date:
    day = dated_inbox.date_of(text)
    if day is None:
        raise SettingsError(f"The folder {path} is no date: name it like 2025-10-15, the date of its night.")
    return day


def _is_loaded(settings: Settings, folder: NightFolder) -> bool:
    """Whether the night is published with every file of its folder."""
    current = Night.of_run({"date": folder.date, **settings.model_dump(exclude_none=True)}, datetime.now(UTC))
    published = _published(current.lake, current.settings)
    later = max((day for day in published if day > folder.date), default=None)
    if folder.date in published and not _has_new_files(current):
        return True
    if later is not None:
        what = "new files for" if folder.date in published else "the night of"
        raise SettingsError(
            f"{folder.path} holds {what} {folder.date}, and the night of {later} is loaded already: put late files "
            "into the folder of a later night, or load all nights into a new lake."
        )
    return False


def _published(lake: Lake, settings: Settings) -> set[date]:
    """The nights of a lake that were published or kept the release before, by their outcome files."""
    nights = set()
    for path in lake.work(date.min).parent.glob("????-??-??"):
        day = date.fromisoformat(path.name)
        result = outcome.read(Night(day, settings.model_copy(update={"lake": lake.root})))
        if outcome.is_good(result):
            nights.add(day)
    return nights


def _has_new_files(current: Night) -> bool:
    """Whether the folder holds a file that the lake has not committed."""
    with connect_lake(current.lake, read_only=True) as connection:
        history = ingest.intake_history(connection)
    return bool(ingest.find_arrivals(current.inbox, current.register, current.date, history))
