"""Awards and models: 'the awards, cases, studios, model schools, scenarios and courses' of teachers and organisations.

Lives here: `honours`.
Stays out: trainings (`trainings`).
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date

from tests.second_computation import cells, pseudonyms, register
from tests.second_computation.events import Events, Row
from tests.second_computation.trainings import known_rows, known_teacher, school_of

FEED = "honours/records"
_KINDS = ("awards", "cases", "studios", "model_schools", "scenarios", "courses")
_Told = list[tuple[Row, date]]


def honours(events: Events) -> list[dict[str, object]]:
    """One row per holder (a teacher or an organisation) and year."""
    organisations: dict[tuple[str, int | None], _Told] = defaultdict(list)
    teachers: dict[tuple[str, int | None], _Told] = defaultdict(list)
    for row, night in known_rows(events, FEED):
        day, teacher = cells.day(row.get("awarded_on")), known_teacher(events, row.get("staff_number"))
        year = day.year if day else None
        organisations[str(cells.identifier(row["organisation_code"])), year].append((row, night))
        if teacher:
            teachers[teacher, year].append((row, night))
    rows: list[dict[str, object]] = []
    for (teacher, year), some in teachers.items():
        key, school = pseudonyms.record_key(events, "teacher", (teacher,)), school_of(events, teacher)
        rows.append({"holder": "teacher", "teacher_key": key, "organisation_code": school, "year": year})
        rows[-1] |= _counts(events, some)
    for (code, year), some in organisations.items():
        rows.append({"holder": "organisation", "teacher_key": None, "organisation_code": code, "year": year})
        rows[-1] |= _counts(events, some)
    return rows


def _counts(events: Events, some: _Told) -> dict[str, object]:
    kinds = [cells.code("honour_kind", row["kind"]) for row, _ in some]
    levels = [cells.code("award_level", row.get("level")) for row, _ in some]
    ends = [cells.day(row.get("valid_until")) for row, _ in some]
    by_kind = {name: sum(k in register.codes_of(f"honour_{name}") for k in kinds) for name in _KINDS}
    staff = [row for row, _ in some if cells.identifier(row.get("staff_number"))]
    return {
        "honours": len(some),
        **by_kind,
        "others": len(some) - sum(by_kind.values()),
        "provincial_or_above": sum(level in register.codes_of("provincial_or_above") for level in levels),
        "levels_unknown": levels.count(None),
        "in_force": sum(end is None or end >= events.last for end in ends),
        "of_teachers": len(staff),
        "of_students": sum(bool(cells.identifier(row.get("student_number"))) for row, _ in some),
        "of_teachers_unknown": sum(known_teacher(events, row["staff_number"]) is None for row in staff),
        "known_from": max(night for _, night in some),
        "as_of_date": events.last,
    }
