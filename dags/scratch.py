"""A night as its steps see it: its date, settings, lake and register, and the JSON files that steps hand to each other.

Stays out: the paths of those files (`common.night_files`), the steps (`dags.steps`), Airflow.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import registry
from common import files
from common.night_files import NightFiles
from common.settings import Settings, SettingsError, load_reader_settings, load_settings
from dags import dated_inbox
from registry import own_directory
from registry.model import Register
from warehouse.lake import Lake, Readers, readers_of

BY_HAND = "by hand"


class DiskFull(Exception):  # noqa: N818 (what has happened to the night)
    """A step has met a full disk: a retry changes nothing."""


class Refused(Exception):  # noqa: N818 (what a gate does is no fault of the program)
    """A gate has refused the night: a retry changes nothing."""


class Unexpected(Exception):  # noqa: N818 (what it was to the program)
    """A step has met an error that nobody foresaw; the text has none of a library's, which may quote a cell."""


class RecordDamaged(Exception):  # noqa: N818 (what is the matter with it)
    """A file that a step has left for others cannot be read."""


@dataclass(frozen=True)
class Night:
    """A night: its own date, and the settings that name its inbox, its lake and its register."""

    date: date
    settings: Settings
    feeds: tuple[str, ...] = ()  # read these alone, committed files too; empty: the new files of all feeds
    leave_missed: bool = False  # load it, although earlier nights' folders of a dated inbox were not loaded
    whole: bool = False  # build it, although nothing came, changed or falls due
    run: str = ""  # the run that loads it: Airflow's run id, or `BY_HAND`
    is_backfill: bool = False  # a run of Airflow's own backfill

    @classmethod
    def of_run(cls, parameters: Mapping[str, Any], due: datetime) -> Night:
        """The night of an Airflow run: its `parameters`, else the settings; its date, else the day before.

        A run is due at 02:00 and loads the day that has just ended. Raises SettingsError.
        """
        own = {"date", "feeds", "leave_missed", "whole", "run", "is_backfill"}
        settings = load_settings(**{name: value for name, value in parameters.items() if name not in own})
        date_text = parameters.get("date") or settings.night
        return cls(
            date.fromisoformat(str(date_text)) if date_text else day_before(due, settings.timezone),
            settings,
            tuple(parameters.get("feeds") or ()),
            bool(parameters.get("leave_missed")),
            bool(parameters.get("whole")),
            str(parameters.get("run") or ""),
            bool(parameters.get("is_backfill")),
        )

    @property
    def inbox(self) -> Path:
        """The folder of the delivered files; of a dated inbox, the night's own, which is missing where nothing came.

        Raises SettingsError where there is no inbox.
        """
        inbox = self.settings.inbox
        if inbox is None or not dated_inbox.root_of(inbox).is_dir():
            raise SettingsError(f"There is no inbox {inbox or ''}: name one in SHUYUAN_INBOX.")
        return dated_inbox.folder_of(inbox, self.date)

    @property
    def lake(self) -> Lake:
        """The lake that the night fills."""
        return Lake(self.settings.lake, memory_limit=self.settings.memory_limit)

    @property
    def register(self) -> Register:
        """The bureau's register. Raises RegisterError."""
        return _register(self.settings.registry, registry.state(self.settings.registry))

    @property
    def readers(self) -> Readers:
        """Who may read the releases and the problem lists, beside the night's user. Raises SettingsError."""
        return readers_of(load_reader_settings(), self.register)

    @property
    def own_suites(self) -> Path:
        """Where the bureau's own suites and accepted failures stand."""
        return own_directory.suites(self.settings.registry)

    @property
    def only_feeds(self) -> tuple[str, ...]:
        """The feeds to be read alone. Raises SettingsError for a feed that is not in the register."""
        feed_ids = {feed.id for feed in self.register.feeds}
        for feed in self.feeds:
            if feed not in feed_ids:
                same_source = [feed_id for feed_id in sorted(feed_ids) if feed_id.split("/")[0] == feed.split("/")[0]]
                raise SettingsError(
                    f"The register has no feed {feed}: give --feed one of {', '.join(same_source or sorted(feed_ids))}."
                )
        return self.feeds

    @property
    def work(self) -> Path:
        """The night's scratch directory."""
        return self.lake.work(self.date)

    @property
    def files(self) -> NightFiles:
        """The files that the steps hand to each other."""
        return NightFiles(self.work)

    def write(self, path: Path, content: Any) -> None:
        """Write a record for a later step, as JSON in one of `files`."""
        files.make_folder(path.parent, 0o700)
        files.write_json(path, content)

    def read(self, path: Path, default: Any = None) -> Any:
        """A record of an earlier step, or the default where there is none. Raises RecordDamaged."""
        try:
            return json.loads(path.read_bytes()) if path.exists() else default
        except ValueError as error:
            raise RecordDamaged(
                f"The record {path} of the night {self.date} is damaged: run that night again from its first step, "
                "open_lake, or copy the file back from a backup."
            ) from error

    def clear(self) -> None:
        """Empty the scratch of this night, and delete tables that interrupted nights have left."""
        shutil.rmtree(self.work, ignore_errors=True)
        files.make_folder(self.work, 0o700)
        for other in self.work.parent.iterdir():
            _sweep(other)

    def give_up(self) -> None:
        """Make room on a full disk: of what was read nothing stays, so that no later step goes on with a part of it."""
        self.files.arrivals.unlink(missing_ok=True)
        self.sweep()

    @contextmanager
    def temporary_files(self) -> Iterator[None]:
        """Let temporary files, which may hold delivered bytes, lie in the scratch: the next night clears what a night
        that was killed has left.
        """
        folder = self.work / "temporary"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        before, tempfile.tempdir = tempfile.tempdir, str(folder)
        try:
            yield
        finally:
            tempfile.tempdir = before

    def sweep(self) -> None:
        """Delete the night's tables from the scratch; its JSON records stay."""
        _sweep(self.work)


@lru_cache(maxsize=2)
def _register(directory: Path, _state: str) -> Register:
    """The register, cached a process by the state of its files: every step asks for it."""
    return registry.load(directory)


def _sweep(work: Path) -> None:
    for kind in ("*/*.parquet", "dbt/*.duckdb*"):
        for table in work.glob(kind):
            table.unlink()


def day_before(due: datetime, zone: str) -> date:
    """The day before `due` in the time zone `zone`."""
    # the day first: a moment of Airflow's own kind (pendulum), less a day, is back in UTC
    return due.astimezone(ZoneInfo(zone)).date() - timedelta(days=1)
