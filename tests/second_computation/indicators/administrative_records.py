"""What the administrative records say where the statutory form decides: 'administrative records stand beside' (F§8).

Lives here: teachers by the teacher system over students by the student registry, of a school in a stage.
Stays out: the form (`statutory_form`).
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from tests.second_computation import cells, numbers, register, rosters
from tests.second_computation.events import Events, Row
from tests.second_computation.indicators.clauses import Clause
from tests.second_computation.indicators.statutory_form import Unit

TEACHERS = "teacher_system/teachers"
_REQUIRED = {"primary": "college", "junior": "bachelor"}  # 'primary ≥ 专科, junior ≥ 本科'
Counts = Callable[[Row, str], bool | None]


def _above_degree(row: Row, stage: str) -> bool | None:
    degree = cells.code("degree", row["degree"])
    return None if degree is None else degree in register.codes_of(_REQUIRED[stage])


def _backbone(row: Row, stage: str) -> bool | None:
    return cells.yes(row["backbone"])


def _pe_art(row: Row, stage: str) -> bool | None:
    subject = cells.code("subject", row["subject"])
    return None if subject is None else subject in register.codes_of("pe_art")


MEASURES: dict[str, Counts] = {
    "teachers_above_required_degree": _above_degree,
    "backbone_teachers": _backbone,
    "pe_art_teachers": _pe_art,
}


def value(events: Events, clause: Clause, unit: Unit) -> Decimal | None:
    """Teachers per 100 students; None where the records do not tell: of several stages nobody knows whose a teacher is,
    and what is unknown of one full-time teacher in service is unknown of all.
    """
    if not clause.get("administrative") or len(rosters.schools(events)[unit.school_code].stages) > 1:
        return None
    students = _students(events, unit)
    told = [MEASURES[clause["administrative"]](row, unit.stage) for row in _teachers(events, unit.school_code)]
    if not students or None in told:
        return None
    return numbers.half_up(Fraction(100 * sum(bool(counts) for counts in told), students))


def _students(events: Events, unit: Unit) -> int:
    school = rosters.schools(events)[unit.school_code]
    seats = rosters.seats(events, events.last).values()
    return sum(s.school_code == unit.school_code and school.stage_of(s.grade) == unit.stage for s in seats)


def _teachers(events: Events, school_code: str) -> list[Row]:
    """Full-time teachers in service."""
    return [
        row
        for row in events.rows(TEACHERS)
        if cells.text(row["school_code"]) == school_code
        and cells.code("teacher_post", row["post"]) in register.codes_of("full_time_teacher")
        and cells.code("teacher_status", row["status"]) in register.codes_of("in_service")
    ]
