"""One night as its steps see it: the date, the places, and the findings they leave for each other.

Lives here: the night's identity, its default date, and writing and reading what steps leave for each other.
Stays out: where those files lie (`common.night_files`), the steps (`steps`), Airflow.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import registry
from common.night_files import NightFiles
from common.settings import Settings, SettingsError, load_settings
from registry.model import Register
from warehouse.lake import Lake


class Refused(Exception):  # noqa: N818 (what a gate does is no fault of the program)
    """A gate has refused the night: trying again changes nothing."""


@dataclass(frozen=True)
class Night:
    """A night: its own date, and the settings that name its inbox, its lake and its register."""

    date: date
    settings: Settings
    feeds: tuple[str, ...] = ()  # which to read alone, and again; none: what is new of all

    @classmethod
    def of_run(cls, given: Mapping[str, Any], due: datetime) -> Night:
        """The night of an Airflow run: what it was `given`, else the settings; its date, else the day before.

        A run is due at 02:00 and loads the day that has just ended. Raises SettingsError.
        """
        settings = load_settings(**{k: v for k, v in given.items() if k not in ("date", "feeds")})
        named = given.get("date") or settings.night
        day = date.fromisoformat(str(named)) if named else day_before(due, settings.timezone)
        return cls(day, settings, tuple(given.get("feeds") or ()))

    @property
    def inbox(self) -> Path:
        """What the platforms delivered. Raises SettingsError where none is named."""
        if self.settings.inbox is None or not self.settings.inbox.is_dir():
            raise SettingsError(f"There is no inbox {self.settings.inbox or ''}: name one in SHUYUAN_INBOX.")
        return self.settings.inbox

    @property
    def lake(self) -> Lake:
        """The lake that the night fills."""
        return Lake(self.settings.lake)

    @property
    def register(self) -> Register:
        """The bureau's register. Raises RegisterError."""
        return _register(self.settings.registry, registry.state(self.settings.registry))

    @property
    def alone(self) -> tuple[str, ...]:
        """The feeds to be read alone. Raises SettingsError where the register knows none of that name."""
        known = {feed.id for feed in self.register.feeds}
        for feed in self.feeds:
            if feed not in known:
                near = [known_feed for known_feed in sorted(known) if known_feed.split("/")[0] == feed.split("/")[0]]
                raise SettingsError(
                    f"The register has no feed {feed}: give --feed one of {', '.join(near or sorted(known))}."
                )
        return self.feeds

    @property
    def work(self) -> Path:
        """The night's scratch directory."""
        return self.lake.work(self.date)

    @property
    def files(self) -> NightFiles:
        """The files that the steps leave for each other."""
        return NightFiles(self.work)

    def write(self, path: Path, content: Any) -> None:
        """Leave a finding for a later step, as JSON in one of `files`."""
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=str))

    def read(self, path: Path, default: Any = None) -> Any:
        """A finding of an earlier step, or the default where it left none."""
        return json.loads(path.read_text()) if path.exists() else default

    def clear(self) -> None:
        """Forget an earlier attempt at this night, and what broken nights before it left."""
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True, mode=0o700)
        for other in self.work.parent.iterdir():
            _sweep(other)

    def sweep(self) -> None:
        """Take the night's tables out of the scratch; its findings stay."""
        _sweep(self.work)


@lru_cache(maxsize=2)
def _register(directory: Path, _state: str) -> Register:
    """A register is read once a process as long as its files stay the same: every step asks for it."""
    return registry.load(directory)


def _sweep(work: Path) -> None:
    for kind in ("*/*.parquet", "dbt/*.duckdb*"):
        for table in work.glob(kind):
            table.unlink()


def day_before(due: datetime, zone: str) -> date:
    """The day before `due` as the clock of `zone` has it."""
    return (due.astimezone(ZoneInfo(zone)) - timedelta(days=1)).date()
