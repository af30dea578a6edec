"""Exams 'as registered: name, date, grade, subjects'.

Lives here: `exam`.
Stays out: marks (`growth`), items (`items`).
"""

from __future__ import annotations

from tests.second_computation import register
from tests.second_computation.events import Events


def exam(_: Events) -> list[dict[str, object]]:
    """One row per exam of the register, whether anything of it was sent or not."""
    return [
        {
            "exam_id": name,
            "name": told["label"]["zh"],
            "name_en": told["label"]["en"],
            "held_on": told["held_on"],
            "grade": str(told["grade"]),
            "subject_codes": ",".join(told["subjects"]),
            "previous_exam_id": told.get("previous"),
            "series": told.get("series"),
            "equated": told.get("equated"),
        }
        for name, told in register.exams().items()
    ]
