"""双减 (`sj2021`): the clauses of homework, by class, school, district and city.

Lives here: figures of class-days and of what schools declare.
Stays out: a class-day (`homework`), how a figure becomes a row and a verdict (`clauses`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from fractions import Fraction

from tests.second_computation import clauses, register, rosters
from tests.second_computation.clauses import Figure
from tests.second_computation.compliance import Sums
from tests.second_computation.events import Events
from tests.second_computation.homework import ClassDay, class_days


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


def measured(events: Events) -> Iterator[clauses.Cells]:
    """A row per clause, organisation and month, of the class-days that the clause binds."""
    for clause_id, clause in register.clauses("sj2021").items():
        if clause_id in MEASURES:
            for (code, level, month), days in _groups(events, clause).items():
                yield clauses.row(clause, code, level, month, events.last, MEASURES[clause_id](Sums(days)))


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
