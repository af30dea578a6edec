"""The file of a school (一校一档): people, conditions, indicators, service by week, and what it has sent.

Add here: a table of another mart of schools.
"""

from __future__ import annotations

from pages.content import Chart, Page, Section, Text
from pages.fields import LAKE, Asked, File, others, section, table
from pages.marts import Marts

_FACTS = ("school_code", "name", "type_code", "stages", "urban_rural", "status", "district_code", "created_by")
_PEOPLE = ("students", "teachers", "backbone_teachers", "classes", "students_per_teacher", "students_per_class")
_HOMEWORK = ("homework_student_day_rate", "homework_class_day_rate", "homework_as_of_month")
_QUALITY = ("open_problems", "oldest_data_night", "feeds_missing", "disputed_elements")
_FILE = File(
    "one_school_one_file",
    groups={"type_code": "type", "school_code": "name", "stages": "type"},
    elements={
        "district_code": "school.area",
        "created_by": LAKE,
        "students": "student.school",
        "teachers": "teacher.school",
        "backbone_teachers": "teacher.backbone",
        "classes": "class.school",
        "students_per_teacher": "student.school",
        "students_per_class": "student.school",
        **dict.fromkeys(_HOMEWORK, "homework_record.actual_minutes"),
        **dict.fromkeys(_QUALITY, LAKE),
    },
    days=dict.fromkeys(_HOMEWORK, "homework_as_of_month"),
)
_MONTHS = Asked(
    "homework_compliance",
    Text("各月各年级", "Months and grades"),
    ("month", "grade", "student_day_rate", "student_day_completeness", "class_day_rate", "class_day_completeness",
     "publication_rate"),
    source="homework_a/records, homework_b/records",
    as_of=("month",),
    chart=Chart("bar", "month", ("student_day_rate",), "grade", 0, 1),
)  # fmt: skip
_SERVICE = Asked(
    "after_school_service",
    Text("课后服务", "After-school service"),
    ("week", "students_enrolled", "students_served", "coverage", "sessions", "session_hours", "reason"),
    source="after_school/sessions",
    as_of=("week",),
    chart=Chart("bar", "week", ("coverage",), None, 0, 1),
    most=20,
)
_PLATFORMS = Asked(
    "platform_usage",
    Text("智慧教育平台", "Smart education platforms"),
    ("week", "students_enrolled", "active_learners", "coverage", "learning_hours", "reason"),
    source="platform_usage/daily",
    as_of=("week",),
    chart=Chart("bar", "week", ("coverage",), None, 0, 1),
    most=20,
)
_INDICATORS = Asked(
    "indicator_value",
    Text("各项指标", "Indicators"),
    ("indicator_id", "stage", "period", "value", "threshold", "passed", "completeness", "reason"),
    as_of=("as_of_date",),
)
_SENT = Asked(
    "completeness",
    Text("最近一夜的报送", "Deliveries of the last night"),
    ("feed", "expected", "arrived", "held", "used_from_night"),
    source=LAKE,
    as_of=("night",),
)
_LAST_NIGHT = "organisation_code = $1 and night = (select max(night) from completeness where organisation_code = $1)"


def school_page(marts: Marts, code: str) -> Page:
    """The page of the school with a code. Raises NoSuchRecord."""
    row = marts.record(_FILE.mart, "school_code", code)
    more = others(marts.columns[_FILE.mart], (*_FACTS, *_PEOPLE, *_HOMEWORK, *_QUALITY))
    months = marts.rows(_MONTHS.mart, "organisation_code = $1", [code], "month, grade")
    weeks = tuple(
        table(marts, asked, marts.rows(asked.mart, "school_code = $1", [code], "week"))
        for asked in (_SERVICE, _PLATFORMS)
    )
    values = marts.rows(_INDICATORS.mart, "organisation_code = $1 and level = 'school'", [code], "all")
    sent = marts.rows(_SENT.mart, _LAST_NIGHT, [code], "feed")
    conditions = Text("办学条件与其他", "Conditions and more")
    sections = (
        section(marts, _FILE, row, "facts", Text("学校", "School"), _FACTS),
        section(marts, _FILE, row, "people", Text("师生与班级", "People"), _PEOPLE),
        *([section(marts, _FILE, row, "conditions", conditions, more)] if more else []),
        section(marts, _FILE, row, "homework", Text("作业", "Homework"), _HOMEWORK, (table(marts, _MONTHS, months),)),
        Section("weeks", Text("课后服务与平台使用", "Service and platforms"), tables=weeks),
        Section("indicators", Text("指标", "Indicators"), tables=(table(marts, _INDICATORS, values),)),
        section(marts, _FILE, row, "quality", Text("数据质量", "Data quality"), _QUALITY, (table(marts, _SENT, sent),)),
    )
    return Page("school", Text("一校一档", "School file"), code, marts.release, row["as_of_date"], sections)
