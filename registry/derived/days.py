"""Of which day the rows of a feed speak, so that a copy is compared with what its owner said of that day.

Lives here: what a contract tells of the day of its rows, worked out once for SQL that is written by it.
Add here: another thing by which a row tells its day.
Stays out: the days themselves (register tables, dbt_project), the comparison (dbt_project).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal

from registry.derived.references import references_of
from registry.derived.unions import best_copy, is_called_by_day, renamed
from registry.model import Feed, Reference, Register

Period = Literal["exam", "term", "school_year", "year"]
_PERIODS: Final[tuple[Period, ...]] = ("exam", "term", "school_year")  # of which the register knows the days
_YEAR: Final = re.compile(r"20\d{2}(?:/|$)")


@dataclass(frozen=True)
class Day:
    """By what a row tells its day, the first that tells one; a feed without any is a list, which speaks of tonight.

    `column`: a date or time of the row. `period`: what is named in `period_column`, or in part `slice_part` (from 1) of
    the slice: an exam, a term, a school year, or the year in which one begins. `in_slice`: eight digits of the slice.
    """

    column: str | None = None
    period: Period | None = None
    period_column: str | None = None
    slice_part: int | None = None
    in_slice: bool = False


def day_of(register: Register, feed: Feed) -> Day | None:
    """By what the rows of a feed tell their day; None for a list."""
    column, named = feed.day or _clock(register, feed), _named(feed)
    in_slice = is_called_by_day(feed)
    if named is not None:
        period: Period | None = next(p for p in _PERIODS if p == named.to)
        return Day(column, period, named.column, named.slice_part, in_slice)
    if _is_called_by_year(feed):
        return Day(column, "year", slice_part=1, in_slice=in_slice)
    return Day(column, in_slice=in_slice) if column or in_slice else None


def _clock(register: Register, feed: Feed) -> str | None:
    """The feed's own column of the time by which its union tells one event."""
    if feed.combine is None:
        return None
    best = best_copy(register, feed.combine.union)
    clock = best.combine.clock if best.combine else None
    names = {other: name for name, other in renamed(feed, best).items()}
    return names.get(clock, clock) if clock else None


def _named(feed: Feed) -> Reference | None:
    """The exam before the term, and this before the school year: the narrowest that the rows name."""
    references = references_of(feed)
    return next((r for period in _PERIODS for r in references if r.to == period), None)


def _is_called_by_year(feed: Feed) -> bool:
    """Whether a slice is called by the year in which its school year begins."""
    return feed.expected == "school_year" and bool(_YEAR.match(feed.slice.example or ""))
