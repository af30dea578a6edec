"""Homework compliance by month (F§4): '达标率_学生日' and '达标率_班级', 'keep both and never mix'.

Lives here: what a set of class-days comes to, and `homework_compliance`.
Stays out: a day (`homework`), the clauses (`double_reduction`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.second_computation import numbers, rosters
from tests.second_computation.events import Events
from tests.second_computation.homework import ClassDay, StudentDay, class_days


@dataclass(frozen=True)
class Sums:
    """Counts over class-days that a limit binds; expected is all: 'no denominator is what happened to be seen'."""

    days: Sequence[ClassDay]

    @property
    def judged(self) -> list[ClassDay]:
        return [day for day in self.days if day.over_limit is not None]

    @property
    def over(self) -> int:
        return sum(bool(day.over_limit) for day in self.days)

    @property
    def published(self) -> int:
        """'Class-days with ≥1 published item'."""
        return sum(day.published for day in self.days)

    @property
    def whole(self) -> int:
        """Class-days 'of which every expected platform has delivered'."""
        return sum(not day.platforms_missing for day in self.days)

    @property
    def students(self) -> list[bool]:
        """Of each student-day that is measured, whether its 'written minutes ≤ limit'. 'A day is whole when every
        expected platform has delivered it': of another, nobody knows what more a student was set.
        """
        verdicts = (_within(s, day.limit) for day in self.days if not day.platforms_missing for s in day.students)
        return [verdict for verdict in verdicts if verdict is not None]

    @property
    def students_expected(self) -> int:
        """'Students in class × school days'."""
        return sum(day.enrolled for day in self.days)


def _within(student: StudentDay, limit: Decimal | None) -> bool | None:
    return None if student.written_minutes is None or limit is None else student.written_minutes <= limit


def homework_compliance(events: Events) -> list[dict[str, object]]:
    """One row per organisation, grade and month."""
    groups: dict[tuple[str, str, str | None, str], list[ClassDay]] = defaultdict(list)
    for day in class_days(events):
        if day.limit is not None:
            for code, level in rosters.organisations_above(events, day.klass.school_code):
                groups[code, level, day.klass.grade, f"{day.day:%Y-%m}"].append(day)
    return [_row(*key, Sums(days)) for key, days in groups.items()]


def _row(code: str, level: str, grade: str | None, month: str, sums: Sums) -> dict[str, object]:
    students, judged, expected = sums.students, len(sums.judged), len(sums.days)
    return {
        "organisation_code": code,
        "level": level,
        "grade": grade,
        "month": month,
        "student_days": len(students),
        "student_days_within": sum(students),
        "student_day_rate": numbers.share(sum(students), len(students)),
        "student_days_expected": sums.students_expected,
        "student_day_completeness": numbers.share(len(students), sums.students_expected),
        "class_days": judged,
        "class_days_within": judged - sums.over,
        "class_day_rate": numbers.share(judged - sums.over, judged),
        "class_days_expected": expected,
        "class_day_completeness": numbers.share(judged, expected),
        "class_days_published": sums.published,
        "publication_rate": numbers.share(sums.published, expected),
        "publication_completeness": numbers.share(sums.whole, expected),
    }
