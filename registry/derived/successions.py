"""Who comes after a school: merges, splits and new codes as flat rows, each with the days on which it holds.

Lives here: following the facts of `organisations.yml` to the end, so that SQL need not.
Add here: another way in which a code passes to another.
Stays out: what may not be said (`rules.organisations`), reading rows by them (dbt_project).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from registry.model import Organisation

Kind = Literal["merge", "split", "recode"]


@dataclass(frozen=True)
class Succession:
    """Rows under `code` count to `successor` from the day `since` until the day `until` (None: for good).

    `grade` and `class_code`: only those rows (None: all). Of two that fit a row, the one of a class counts.
    """

    code: str
    grade: str | None
    class_code: str | None
    successor: str
    kind: Kind
    since: date
    until: date | None


def successions(organisations: Sequence[Organisation]) -> tuple[Succession, ...]:
    """Every succession, followed through later ones; those of a class before those of a grade, and these before all."""
    by_code = {o.code: o for o in organisations}
    found: list[Succession] = []
    for organisation in organisations:
        for former in organisation.former_codes:
            row = Succession(former.code, None, None, organisation.code, "recode", former.until, None)
            found += _followed(row, by_code)
        for row in _own(organisation):
            found += _followed(row, by_code)
    return tuple(sorted(found, key=lambda s: (s.code, s.class_code is None, s.grade is None, s.since, s.successor)))


def begun(organisations: Sequence[Organisation], night: date) -> tuple[Succession, ...]:
    """The successions that have begun by a night."""
    return tuple(succession for succession in successions(organisations) if succession.since <= night)


def _own(organisation: Organisation) -> Iterator[Succession]:
    if organisation.ended is None:
        return
    if organisation.merged_into:
        yield Succession(organisation.code, None, None, organisation.merged_into, "merge", organisation.ended, None)
    for part in organisation.split_into:
        for class_code in part.classes:
            yield Succession(organisation.code, None, class_code, part.into, "split", organisation.ended, None)
        for grade in part.grades:
            yield Succession(organisation.code, grade, None, part.into, "split", organisation.ended, None)


def _followed(row: Succession, by_code: dict[str, Organisation]) -> Iterator[Succession]:
    """The row until its successor ends too, and then those who come after that one."""
    later = by_code.get(row.successor)
    if later is None or later.ended is None or later.code == row.code:
        yield row
        return
    ends = max(later.ended, row.since)
    if row.since < ends:
        yield Succession(row.code, row.grade, row.class_code, row.successor, row.kind, row.since, ends)
    for then in _own(later):
        # the classes of a successor have numbers of their own; a grade is a grade
        if then.class_code is None and (then.grade is None or row.grade in (None, then.grade)):
            grade = row.grade or then.grade
            yield from _followed(
                Succession(row.code, grade, row.class_code, then.successor, row.kind, ends, None), by_code
            )
