"""Evaluation of students (F§6): records and level by dimension; 'a composite must be switched off by default'.

Lives here: `quality_evaluation`.
Stays out: who is who.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tests.second_computation import cells, numbers, pseudonyms, register, rosters
from tests.second_computation.events import Events, Row


def quality_evaluation(events: Events) -> list[dict[str, object]]:
    """One row per student, term and dimension."""
    return [_row(events, *group) for group in groups(events)]


def groups(events: Events) -> list[tuple[str, str, str, list[Row]]]:
    """The records of each student, term and dimension."""
    found: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    known = rosters.seats(events, events.last)
    for part, delivery in events.current("quality/records").items():
        for row in delivery.rows:
            student, dimension = (
                str(cells.identifier(row["student_number"])),
                cells.code("quality_dimension", row["dimension"]),
            )
            if student in known and dimension:
                found[student, part.split("/")[0], dimension].append(row)
    return [(*key, rows) for key, rows in found.items()]


def _level(rows: list[Row]) -> Row | None:
    """'The school's, else a teacher's': the last of those who come first."""
    for evaluator in register.document("bureau.yml")["evaluation"]["level_by"]:
        told = [r for r in rows if cells.code("quality_evaluator", r.get("evaluator")) == evaluator]
        told = [r for r in told if cells.code("quality_level", r.get("level"))]
        if told:
            return max(
                told, key=lambda r: (cells.day(r["recorded_on"]) or date.min, str(cells.identifier(r["record_id"])))
            )
    return None


def _row(events: Events, student: str, term: str, dimension: str, rows: list[Row]) -> dict[str, object]:
    verdicts = [cells.yes(row.get("verified")) for row in rows]
    valid = [row for row, verdict in zip(rows, verdicts, strict=True) if verdict is not False]
    hours = [h for row in rows if (h := cells.decimal(row.get("hours"))) is not None]
    scores = [s for row in valid if (s := cells.decimal(row.get("score"))) is not None]
    schools = {cells.identifier(row.get("school_code")) for row in rows}
    days = [d for row in rows if (d := cells.day(row["recorded_on"]))]
    best = _level(valid)
    return {
        "student_key": pseudonyms.student_key(events, student),
        "term": term,
        "dimension": dimension,
        "is_evaluated": dimension in register.document("bureau.yml")["evaluation"]["dimensions"],
        "school_code": schools.pop() if len(schools) == 1 else None,
        "records": len(rows),
        "records_verified": verdicts.count(True),
        "records_refused": verdicts.count(False),
        "hours": sum(hours, Decimal(0)) if hours else None,
        "records_with_hours": len(hours),
        "records_scored": len(scores),
        "score_mean": numbers.half_up(Fraction(sum(scores)) / len(scores), Decimal("0.01")) if scores else None,
        "level": cells.code("quality_level", best["level"]) if best else None,
        "level_by": cells.code("quality_evaluator", best["evaluator"]) if best else None,
        "level_on": cells.day(best["recorded_on"]) if best else None,
        "composite_score": None,
        "last_recorded_on": max(days, default=None),
        "known_from": events.nights[0],
    }
