"""The file of a student (一生一档): what the registry says, growth, homework, fitness, evaluation, and the timeline.

Add here: a table of another mart of students.
"""

from __future__ import annotations

from dataclasses import replace

from pages.content import Chart, Identity, Page, Section, Table, Text
from pages.fields import LAKE, Asked, File, others, section, table
from pages.marts import Marts, Row

_REGISTRY = (
    "school_code", "stage", "grade", "class_code", "sex", "birth_year", "ethnicity", "entry_month", "boarding",
    "left_behind", "migrant_child", "created_by", "placed_known_from", "previous_school_code",
)  # fmt: skip
_FIGURES = (
    "exams", "latest_exam_id", "percentile_rank_mean", "percentile_change_mean", "homework_days",
    "written_minutes_mean", "fitness_school_year", "fitness_total", "fitness_level", "fitness_reason",
    "evaluation_term", "evaluation_records", "evaluation_levels", "attendance_term", "attendance_days_seen",
    "attendance_days_present", "platform_term", "platform_days", "platform_minutes",
)  # fmt: skip
_QUALITY = ("open_discrepancies", "disputed_elements")
_FILE = File(
    "one_student_one_file",
    groups={
        "birth_year": "birth_date",
        "class_code": "class",
        "school_code": "school",
        "exams": "growth",
        "latest_exam_id": "growth",
        "percentile_rank_mean": "growth",
        "percentile_change_mean": "growth",
        "written_minutes_mean": "homework",
    },
    elements={
        "stage": "student.grade",
        "placed_known_from": "student.school",
        "previous_school_code": "student.school",
        "created_by": LAKE,
        **dict.fromkeys(_QUALITY, LAKE),
    },
)
_GROWTH = Asked(
    "student_growth",
    Text("各次考试各学科", "Exams and subjects"),
    ("held_on", "exam_id", "subject", "score", "percentile_rank", "percentile_change", "growth_percentile",
     "growth_method", "why_no_growth", "band"),
    source="exams/results",
    as_of=("held_on",),
    optional=("growth_percentile", "growth_method", "why_no_growth"),
)  # fmt: skip
_OF_EXAMS = Chart("line", "held_on", ("percentile_rank",), "subject", 0, 100)
_OF_ONE_EXAM = Chart("bar", "subject", ("percentile_rank",), None, 0, 100)
_HOMEWORK = Asked(
    "homework_load_student_day",
    Text("每日作业", "Homework by day"),
    ("school_date", "day_type", "written_minutes", "other_minutes", "subjects", "sources"),
    source="homework_a/records, homework_b/records",
    as_of=("school_date",),
    chart=Chart("bar", "school_date", ("written_minutes",), None, 0),
    most=30,
)
_ITEMS = (
    "bmi_score", "vital_capacity_score", "sprint_50m_score", "sit_and_reach_score", "rope_skipping_score",
    "sit_ups_score", "shuttle_run_score", "long_jump_score", "pull_ups_score", "run_1000m_score", "run_800m_score",
)  # fmt: skip
_FITNESS = Asked(
    "fitness_result",
    Text("各学年体质测试", "Fitness tests"),
    ("school_year", "tested_on", "grade", *_ITEMS, "standard_score", "bonus", "total", "level", "reason",
     "graduation_score"),
    source="fitness/results",
    as_of=("tested_on", "known_from"),
    optional=(*_ITEMS, "reason", "graduation_score"),
)  # fmt: skip
_EVALUATION = Asked(
    "quality_evaluation",
    Text("各学期各维度", "Terms and dimensions"),
    ("term", "dimension", "records", "hours", "score_mean", "level", "level_by", "last_recorded_on"),
    source="quality/records",
    as_of=("last_recorded_on",),
    optional=("hours",),
)
_CLUBS = Asked(
    "club_enrolment",
    Text("社团", "Clubs"),
    ("term", "club", "role", "sessions", "sessions_attended", "first_day", "last_day", "sources"),
    as_of=("last_day",),
    optional=("role",),
    waits_for="after_school/sessions",
)
_TIMELINE = Asked(
    "student_timeline",
    Text("入学以来", "Since entry"),
    ("event_date", "kind", "what", "reference", "items", "value", "value_kind", "reason", "school_code",
     "to_school_code", "class_code", "source", "as_of"),
    as_of=("as_of",),
    optional=("reason", "to_school_code", "class_code", "value", "value_kind"),
    waits_for="student_registry/students",
)  # fmt: skip


def student_page(marts: Marts, key: str, identity: Identity | None = None) -> Page:
    """The page of the student with a `student_key` of the release. Raises NoSuchRecord."""
    row = marts.record(_FILE.mart, "student_key", key)
    more = others(marts.columns[_FILE.mart], (*_REGISTRY, *_FIGURES, *_QUALITY, "school_name", "district_code"))
    sections = (
        section(marts, _FILE, row, "registry", Text("学籍", "Registry"), _REGISTRY),
        section(marts, _FILE, row, "figures", Text("概览", "At a glance"), (*_FIGURES, *more)),
        Section("growth", Text("学业成长", "Growth"), tables=(_growth(marts, key),)),
        Section("homework", Text("作业", "Homework"), tables=(_of(marts, _HOMEWORK, key, "school_date"),)),
        Section("fitness", Text("体质健康", "Fitness"), tables=(_fitness(marts, key),)),
        Section(
            "evaluation",
            Text("综合素质评价", "Evaluation"),
            tables=(_of(marts, _EVALUATION, key, "term, dimension"), _of(marts, _CLUBS, key, "term, club")),
        ),
        Section(
            "timeline", Text("成长历程", "Timeline"), tables=(_of(marts, _TIMELINE, key, "as_of, kind, event_id"),)
        ),
        section(marts, _FILE, row, "quality", Text("数据质量", "Data quality"), _QUALITY),
    )
    return Page(
        "student",
        Text("一生一档", "Student file"),
        key,
        marts.release,
        row["as_of_date"],
        sections,
        identity,
        identity is not None,
    )


def _rows(marts: Marts, asked: Asked, key: str, order: str) -> list[Row]:
    return marts.rows(asked.mart, "student_key = $1", [key], order)


def _of(marts: Marts, asked: Asked, key: str, order: str) -> Table:
    return table(marts, asked, _rows(marts, asked, key, order))


def _growth(marts: Marts, key: str) -> Table:
    """A line a subject over exams; of one exam a bar a subject."""
    rows = _rows(marts, _GROWTH, key, "held_on, exam_id, subject")
    chart = _OF_EXAMS if len({row["exam_id"] for row in rows}) > 1 else _OF_ONE_EXAM
    return table(marts, replace(_GROWTH, chart=chart), rows)


def _fitness(marts: Marts, key: str) -> Table:
    """The scores of the items that some year asked of the student, a group of bars a year."""
    rows = _rows(marts, _FITNESS, key, "school_year")
    items = tuple(name for name in _ITEMS if any(row.get(name) is not None for row in rows))
    return table(marts, replace(_FITNESS, chart=Chart("bar", "school_year", items, None, 0, 100)), rows)
