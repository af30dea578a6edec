"""双减 (`sj2021`): the clauses of homework, by class, school, district and city.

Lives here: figures of class-days and of what schools declare.
Stays out: a class-day (`homework`), how a figure becomes a row and a verdict (`clauses`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction

from tests.second_computation import rosters
from tests.second_computation.compliance import Sums
from tests.second_computation.events import Events
from tests.second_computation.homework import ClassDay, class_days
from tests.second_computation.indicators import binding, clauses
from tests.second_computation.indicators.clauses import Figure


def student_days_within(sums: Sums) -> Figure:
    """'Student-days within the limit / measured: student-days observed'."""
    return Figure(sum(sums.students), len(sums.students), Fraction(len(sums.students), sums.students_expected or 1))


def class_days_within(sums: Sums) -> Figure:
    """'Class-days whose mean is within the limit / measured: class-days judged'."""
    judged = len(sums.judged)
    return Figure(judged - sums.over, judged, Fraction(judged, len(sums.days)))


def class_days_over(sums: Sums) -> Figure:
    """'Class-days judged over the limit', 'as a count'."""
    return Figure(sums.over, len(sums.judged), Fraction(len(sums.judged), len(sums.days)))


def class_days_published(sums: Sums) -> Figure:
    """'Class-days with one published assignment or more / expected: class-days of school'."""
    return Figure(sums.published, len(sums.days), Fraction(sums.whole, len(sums.days)))


MEASURES: dict[str, Callable[[Sums], Figure]] = {
    "sj2021.no_written_homework_g12": class_days_over,  # of grades 1 and 2, whose limit is 0
    "sj2021.written_limit_student_day": student_days_within,
    "sj2021.written_limit_class_day": class_days_within,
    "sj2021.over_limit_days": class_days_over,
    "sj2021.published_class_day": class_days_published,
}


def measured(events: Events, clause: clauses.Clause) -> Iterator[clauses.Cells]:
    """A row per organisation and month, of the class-days that the clause binds; one for whom it binds and has none."""
    groups = _groups(events, clause)
    for (code, level, month), days in groups.items():
        yield clauses.row(events, clause, code, level, MEASURES[clause["id"]](Sums(days)), period=month)
    counted = {code for code, _, _ in groups}
    for code, level in binding.everybody(events, clause):
        if code not in counted:
            yield clauses.row(events, clause, code, level, None)


def _groups(events: Events, clause: clauses.Clause) -> dict[tuple[str, str, str], list[ClassDay]]:
    """Bound is 'school:义务教育': whose written minutes have a limit, in special schools too."""
    groups: dict[tuple[str, str, str], list[ClassDay]] = defaultdict(list)
    for day in class_days(events):
        if day.limit is None:
            continue
        if clause.get("grades") and int(day.klass.grade or 0) not in clause["grades"]:
            continue
        school = day.klass.school_code
        klass = (f"{school}:{day.klass.class_code}", "class")
        for code, level in (klass, *rosters.organisations_above(events, school)):
            if level in clause["levels"]:
                groups[code, level, f"{day.day:%Y-%m}"].append(day)
    return groups
