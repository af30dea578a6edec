"""The claim on a lake: which run loads which night, from its opening to its publishing or final failure.

Lives here: claiming, who holds a claim and whether that run still lives, and which nights may be opened at all.
Stays out: the lock of a single step (`warehouse.lake.write_lock`), clearing the scratch (`dags.scratch`).

A night by hand holds the write lock from end to end, so its claim ends with its process. Between the tasks of a
scheduler's night nobody holds that lock: its claim lives as long as the scheduler and the run do.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta

from common.catalog import has_table
from common.files import write_json
from common.settings import SettingsError, today
from dags import dated_inbox
from dags.scheduler import runs, scheduler_lock
from dags.scratch import BY_HAND, Night, Refused
from warehouse.as_known import published_releases
from warehouse.errors import LakeBusy
from warehouse.lake import Lake, check_lake, connect_lake, create_lake, protect, write_lock


@dataclass(frozen=True)
class Claim:
    """Who loads which night since when. `is_open`: neither published nor replaced by another."""

    run: str
    night: str
    since: str
    process: int
    is_open: bool = True

    @property
    def holder(self) -> str:
        """The holder, in a sentence."""
        who = f"by hand (process {self.process})" if self.run == BY_HAND else f"of Airflow's run {self.run}"
        return f"the night {self.night} {who}, since {self.since}"

    def belongs_to(self, night: Night) -> bool:
        """Whether it is the claim of this run on this night."""
        return (self.run, self.night) == (night.run, night.date.isoformat())


def open_night(night: Night) -> bool:
    """Claim the lake for a night and clear its scratch; False where another night lives in it, or is due before.

    Idempotent within a run. Raises SettingsError for a night that may not be loaded, before anything is written.
    """
    _refuse_date(night)
    try:
        with locked(night):
            if _living_other(night.lake, night.run) is not None:
                return False
            last = last_night(night.lake)
            if _are_pending(night, missed_nights(night, last)):
                return False
            _refuse_order(night, last)
            create_lake(night.lake)
            protect(night.lake, night.readers)
            _write(night, Claim(night.run, night.date.isoformat(), _now(), os.getpid()))
            night.clear()
            if night.run != BY_HAND:  # a person chooses the nights; the scheduler runs every one
                night.write(night.files.missed, _nights_between(last, night.date))
    except LakeBusy:
        return False
    return True


@contextmanager
def locked(night: Night) -> Iterator[None]:
    """Hold the write lock of the night's lake, which is created where it is missing. Raises LakeBusy, LakeError."""
    if not night.lake.catalog.exists():
        create_lake(night.lake)
    with write_lock(night.lake, night.date):
        yield


def require(night: Night) -> None:
    """Refuse a step of a run that has not opened the night, or after which another run has.

    Raises Refused, LakeBusy.
    """
    claim = read(night.lake)
    if claim is None or not claim.belongs_to(night):
        last = f"{claim.holder} was the last to open it" if claim else "no night has opened it"
        raise Refused(
            f"The lake {night.lake.root} is not open for the night {night.date} of this run: {last}. "
            "Clear the run from its first step, open_lake, with all that follows."
        )
    if not claim.is_open:
        with write_lock(night.lake, night.date):
            _write(night, replace(claim, is_open=True))


def close(night: Night) -> None:
    """End the claim of a night that is published."""
    claim = read(night.lake)
    if claim is not None and claim.belongs_to(night):
        _write(night, replace(claim, is_open=False))


def is_of(night: Night) -> bool:
    """Whether the night is the last that its run has opened: only then are its scratch and its outcome its own."""
    claim = read(night.lake)
    return claim is not None and claim.belongs_to(night)


def refuse_busy(night: Night) -> None:
    """Raise LakeBusy where another night that lives holds the lake. The caller holds the write lock."""
    _refuse_living(night.lake, night.run)


@contextmanager
def held(lake: Lake, writer: str) -> Iterator[None]:
    """Hold the lake for `writer`, which is no night, between nights. Raises LakeBusy where one lives in it, LakeError
    where there is none.
    """
    check_lake(lake)
    with write_lock(lake, writer):
        _refuse_living(lake, BY_HAND)
        yield


def _refuse_living(lake: Lake, run: str) -> None:
    other = _living_other(lake, run)
    if other is not None:
        raise LakeBusy(
            f"The lake {lake.root} is claimed by {other.holder}: wait until it ends, or end that run on "
            "Airflow's page, then start again."
        )


def refuse_unfit(night: Night) -> None:
    """Refuse a night that is older than the lake, or before which others were missed. Reads only.

    Raises SettingsError.
    """
    _refuse_date(night)
    _refuse_order(night, last_night(night.lake))


def missed_nights(night: Night, last: date | None) -> list[date]:
    """The nights between the lake's last and this one whose folders of a dated inbox hold files."""
    if last is None or night.settings.inbox is None or not dated_inbox.is_dated(night.settings.inbox):
        return []
    return dated_inbox.nights_with_files(night.settings.inbox, last, night.date)


def last_night(lake: Lake) -> date | None:
    """The last night that was published, committed or looked at; None for a new lake."""
    if not lake.catalog.exists():
        return None
    nights = [release.night for release in published_releases.release_history(lake)]
    with connect_lake(lake, read_only=True) as connection:
        for table in ("lake.intake.arrival", "lake.marts.completeness"):
            if has_table(connection, table):
                (last,) = connection.execute(f"select max(night) from {table}").fetchone() or (None,)
                nights += [last] if last else []
    return max(nights, default=None)


def read(lake: Lake) -> Claim | None:
    """The last claim, open or not."""
    try:
        return Claim(**json.loads(lake.claim.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return None


def _living_other(lake: Lake, run: str) -> Claim | None:
    """The open claim of another run that lives. Whoever asks holds the write lock: no night by hand does."""
    claim = read(lake)
    if claim is None or not claim.is_open or claim.run in (run, BY_HAND):
        return None
    lives = scheduler_lock.is_held(lake) and runs.is_pending(lake, claim.run)
    return claim if lives else None


def _are_pending(night: Night, missed: list[date]) -> bool:
    """Whether nights that were missed before this one are in Airflow's queue: they come first."""
    return night.run != BY_HAND and not night.leave_missed and runs.are_pending(night.lake, missed)


def _refuse_date(night: Night) -> None:
    if night.date > today(night.settings):
        raise SettingsError(f"The night {night.date} has not come yet: give the date of a day that has begun.")
    if night.is_backfill and night.settings.inbox is not None and not dated_inbox.is_dated(night.settings.inbox):
        raise SettingsError(
            f"The inbox {night.settings.inbox} is one folder for all days, so the files of {night.date} cannot be told "
            "from today's: start the last night alone, or keep a folder a day and put {date} into SHUYUAN_INBOX."
        )


def _refuse_order(night: Night, last: date | None) -> None:
    """Refuse a night that does not follow the lake's last one, `last`."""
    if last is not None and night.date < last:
        raise SettingsError(
            f"The lake {night.lake.root} holds the night {last} already, and the night {night.date} is older: put "
            "late files into the inbox of the next night, or load all nights in order into a new lake."
        )
    missed = missed_nights(night, last)
    if missed and not night.leave_missed:
        raise SettingsError(
            f"Before the night {night.date}, {_listed(missed)} must be loaded, whose files lie in "
            f"{night.settings.inbox}: load them in order ('shuyuan backfill --inbox {night.settings.inbox} --from "
            f"{missed[0]} --to {night.date}', or a backfill on Airflow's page), or leave them out for good with "
            "leave_missed."
        )


def _nights_between(last: date | None, night: date) -> list[date]:
    days = (night - last).days if last else 0
    return [night - timedelta(days=number) for number in range(days - 1, 0, -1)]


def _write(night: Night, claim: Claim) -> None:
    write_json(night.lake.claim, asdict(claim))


def _listed(nights: list[date]) -> str:
    shown = ", ".join(map(str, nights[:7])) + (f" and {len(nights) - 7} more" if len(nights) > 7 else "")
    return f"the night{'s' if len(nights) > 1 else ''} {shown}"


def _now() -> str:
    return datetime.now(UTC).astimezone().isoformat(timespec="seconds")
