"""The rows of the marts of homework by day.

Lives here: `homework_load_student_day`, `homework_load_class_day`, column by column.
Stays out: how a figure comes about (`homework`).
"""

from __future__ import annotations

from tests.second_computation import numbers, pseudonyms, register, rosters
from tests.second_computation.events import Events
from tests.second_computation.homework import StudentDay, class_days, student_days

Rows = list[dict[str, object]]


def homework_load_student_day(events: Events) -> Rows:
    """One row per student and school day."""
    rows: Rows = []
    for (student, day), load in student_days(events).items():
        seat = rosters.seats_on(events, day).get(student)
        rows.append(
            {
                "student_key": pseudonyms.student_key(events, student),
                "school_date": day,
                "day_type": register.day_type(day),
                "school_code": seat.school_code if seat else None,
                "grade": seat.grade if seat else None,
                "class_code": seat.class_code if seat else None,
                **_minutes(load),
                "subjects": len({r.subject for r in load.records if r.subject}),
                "records": len(load.records),
                "records_without_minutes": sum(r.minutes is None for r in load.records),
                "overlapping_records": len(load.copies),
                "published": load.published,
                "sources": ",".join(sorted(load.platforms)),
            }
        )
    return rows


def _minutes(load: StudentDay) -> dict[str, object]:
    return {
        "written_minutes": load.written_minutes,
        "other_minutes": load.minutes(written=False),
        "written_minutes_known": numbers.known_sum(
            r.minutes for r in load.records if r.written and r.minutes is not None
        ),
        "written_minutes_if_one": load.written_minutes_if_one,
    }


def homework_load_class_day(events: Events) -> Rows:
    """One row per class and school day."""
    return [
        {
            "school_code": day.klass.school_code,
            "grade": day.klass.grade,
            "class_code": day.klass.class_code,
            "stage": day.stage,
            "school_date": day.day,
            "day_type": register.day_type(day.day),
            "written_minutes_mean": day.mean,
            "written_minutes_mean_if_one": day.mean_if_one,
            "written_minutes_by_subject_medians": day.subject_medians,
            "limit_minutes": day.limit,
            "over_limit": day.over_limit,
            "students_observed": len(day.students),
            "students_measured": len(day.measured),
            "students_enrolled": day.enrolled,
            "overlapping_records": sum(len(s.copies) for s in day.students),
            "platforms_missing": ",".join(day.platforms_missing) or None,
            "completeness": day.completeness,
            "published": day.published,
        }
        for day in class_days(events)
    ]
