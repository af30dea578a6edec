"""A release of one student, teacher, school and class, and of others beside them whose rows are nobody's here."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

import registry
from pages import Marts
from registry import Register
from tests.pages.release import Release

NIGHT = date(2025, 10, 16)
STUDENT, OTHER, TEACHER = "5" * 64, "6" * 64, "7" * 64
SCHOOL, CLASS = "3132990001", "2101"


@pytest.fixture(scope="session")
def register() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture
def release() -> Release:
    return filled(Release())


@pytest.fixture
def marts(release: Release, register: Register) -> Marts:
    return Marts(release.connection, register, "2025-10-16-0123456789ab")


def filled(release: Release) -> Release:
    """A student and another in one class; two exams, days of homework, fitness tests, an evaluation and a timeline."""
    for code_set, code, zh, en in (
        ("grade", "7", "七年级", "grade 7"), ("sex", "1", "男性", "male"), ("subject", "14", "数学", "mathematics"),
        ("fitness_level", "2", "良好", "good"), ("student_change", "22", "转学(转入)", "transferred in"),
        ("timeline_event", "exam", "考试", "exam"), ("timeline_event", "transfer", "转学", "transfer"),
        ("teacher_title_broader", "2", "中级", "middle"),
    ):  # fmt: skip
        release.add("code_label", code_set=code_set, code=code, label_zh=zh, label_en=en)
    release.add("organisation", organisation_code=SCHOOL, name="第一中学", level="school")
    for exam, held_on in (("m1", date(2025, 9, 20)), ("m2", date(2025, 10, 10))):
        release.add("exam", exam_id=exam, name=f"测验{exam}", name_en=f"test {exam}", held_on=held_on)
    for key in (STUDENT, OTHER):
        of_student(release, key)
    release.add("one_teacher_one_file", teacher_key=TEACHER, school_code=SCHOOL, title="2", classes_advised=1,
                title_source="teacher_system/teachers", as_of_date=NIGHT)  # fmt: skip
    release.add("one_school_one_file", school_code=SCHOOL, name="第一中学", students=2, students_per_class=2.0,
                as_of_date=NIGHT)  # fmt: skip
    release.add("class", school_code=SCHOOL, class_code=CLASS, name="七年级1班", grade="7", adviser_key=TEACHER,
                valid_from=NIGHT)  # fmt: skip
    release.add("attendance", school_code=SCHOOL, class_code=CLASS, grade="7", week=date(2025, 10, 13),
                attendance_rate=0.9375, completeness=1.0, days_present=15)  # fmt: skip
    release.add(
        "completeness", feed="exams/results", organisation_code=SCHOOL, night=NIGHT, expected=True, arrived=False
    )
    return release


def of_student(release: Release, key: str) -> None:
    """The rows of a student, with figures of their own."""
    own = 1 if key == STUDENT else 2
    release.add("one_student_one_file", student_key=key, school_code=SCHOOL, class_code=CLASS, grade="7", sex="1",
                grade_source="student_registry/students", percentile_rank_mean=60.5 * own / 2, exams=2,
                growth_source="exams/results", growth_as_of=date(2025, 10, 10), fitness_total=84.5, fitness_level="2",
                fitness_source="fitness/results", fitness_as_of=date(2025, 10, 1), open_discrepancies=0,
                as_of_date=NIGHT)  # fmt: skip
    for exam, day, rank in (("m1", date(2025, 9, 20), 12.345678), ("m2", date(2025, 10, 10), 60.0)):
        release.add("student_growth", student_key=key, exam_id=exam, subject="14", held_on=day, score=80.5 + own,
                    percentile_rank=rank / own)  # fmt: skip
        release.add("student_timeline", student_key=key, chapter=f"exam:{exam}", event_id=f"exam:{exam}", kind="exam",
                    reference=exam, event_date=day, date_precision="day", as_of=day, items=1, source="exams/results",
                    value=rank / own, value_kind="percentile_rank_mean")  # fmt: skip
    release.add("student_timeline", student_key=key, chapter="change:2025", event_id="change:22:2025-09-01", what="22",
                what_code_set="student_change", kind="transfer", event_date=date(2025, 9, 1), date_precision="day",
                as_of=date(2025, 9, 1), source="student_registry/changes")  # fmt: skip
    for number in range(35):
        release.add("homework_load_student_day", student_key=key, school_date=date(2025, 9, 1) + timedelta(number),
                    day_type="school_day", written_minutes=None if number == 34 else 30.0 + own + number,
                    sources="homework_a/records")  # fmt: skip
    release.add("fitness_result", student_key=key, school_year="2025-2026", total=84.5, level="2", bmi_score=100,
                sprint_50m_score=0, tested_on=date(2025, 10, 1))  # fmt: skip
