"""The loaded records of a day of homework (without its bad rows), and their sums by student and by day.

Add here: another sum over homework.
Stays out: the files of the truth (`truth.homework_days`), how a day came about (`world.homework`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from samples.feeds.homework_files import FEEDS
from samples.planted.plan import Flaw
from samples.world.homework import A, B, Day
from samples.world.strings import Bools, Ints


@dataclass(frozen=True)
class DayTotal:
    """One school day of the whole city; `union_records` counts a record that both platforms hold once; minutes are
    those that are known.
    """

    night: int
    school_date: str
    loaded_a: int
    loaded_b: int
    held_twice: int
    union_records: int
    student_days: int
    written_minutes: int
    other_minutes: int


@dataclass(frozen=True)
class LoadedRecords:
    """The loaded records of a day, by record: from A, from B, and minutes (actual, else planned; -1 where neither is
    known). `missing`: the platforms that had not delivered the day by the last night.
    """

    day: Day
    night: int
    from_a: Bools
    from_b: Bools
    minutes: Ints
    missing: tuple[int, ...] = ()

    @property
    def union(self) -> Bools:
        """Records of the union: what both platforms hold is one, whatever their clocks say."""
        return self.from_a | self.from_b

    @property
    def known(self) -> Bools:
        """Records of which the minutes are known."""
        return self.minutes >= 0


def loaded_records(day: Day, night: int, flaws: Sequence[Flaw], platforms: Collection[int] = (A, B)) -> LoadedRecords:
    """What is left of a day when its bad rows are out and its bad minutes are null, of platforms that `came`."""
    loaded_by_platform = {p: np.zeros(len(day.student), bool) for p in FEEDS}
    actual = day.actual.copy()
    for platform, mask in loaded_by_platform.items():
        mask[day.held_by(platform)] = platform in platforms
    for flaw in flaws:
        if flaw.kind.severity == "row" and not flaw.kind.adds:
            loaded_by_platform[A if flaw.kind.feed == FEEDS[A] else B][flaw.entity] = False
        if flaw.kind.severity == "cell" and flaw.kind.column == "actual_minutes":
            actual[flaw.entity] = -1
    return LoadedRecords(
        day,
        night,
        loaded_by_platform[A],
        loaded_by_platform[B],
        np.where(actual >= 0, actual, day.planned[day.assignment]),
        tuple(p for p in FEEDS if p not in platforms),
    )


def day_total(records: LoadedRecords) -> DayTotal:
    """Counts and minutes of one day."""
    written = records.day.written[records.day.assignment]
    return DayTotal(
        records.night,
        records.day.day.isoformat(),
        int(records.from_a.sum()),
        int(records.from_b.sum()),
        int((records.from_a & records.from_b).sum()),
        int(records.union.sum()),
        len(np.unique(records.day.student[records.union])),
        int(records.minutes[records.union & written & records.known].sum()),
        int(records.minutes[records.union & ~written & records.known].sum()),
    )


@dataclass(frozen=True)
class Sums:
    """Sums by student of one day; minutes are NaN where those of any record are unknown."""

    records: Ints
    written: Any
    other: Any
    from_a: Ints
    from_b: Ints

    @classmethod
    def of(cls, records: LoadedRecords, students: int) -> Sums:
        """Add up the union of both platforms."""
        day = records.day
        written = day.written[day.assignment]

        def total(mask: Bools, weights: Ints | None = None) -> Ints:
            return np.bincount(day.student[mask], None if weights is None else weights[mask], students)

        def minutes(mask: Bools) -> Any:
            return np.where(total(mask & ~records.known) > 0, np.nan, total(mask & records.known, records.minutes))

        return cls(
            total(records.union),
            minutes(records.union & written),
            minutes(records.union & ~written),
            total(records.from_a),
            total(records.from_b),
        )
