"""The report of a class (学情报告): what is known of its learning, homework by day, attendance and reading by week.

Add here: a table of another mart of classes.
Who its pupils are stands on the page only where names were asked for.
"""

from __future__ import annotations

from collections.abc import Mapping

from pages.content import Cell, Chart, Column, Identity, Page, Section, Table, Text
from pages.fields import Asked, File, section, table
from pages.marts import Marts, NoSuchRecord

_FACTS = ("school_code", "class_code", "name", "grade", "kind", "valid_from", "valid_to")
_ELEMENTS = {"school_code": "class.school", "class_code": "class.code", "name": "class.name", "grade": "class.grade",
             "valid_from": "class.school"}  # fmt: skip
_FILE = File("class", elements=_ELEMENTS)
_LEARNING = "class_learning_report"
_EXAMS = Asked(
    _LEARNING,
    Text("水平与离散", "Level and spread"),
    ("term", "subject", "students_enrolled", "students_marked", "exams_expected", "exam_ids", "z_mean", "z_deviation",
     "score_rate", "band_counts", "level_reason", "exam_sources", "exams_as_of"),
    as_of=("exams_as_of",),
    optional=("level_reason",),
    chart=Chart("bar", "subject", ("z_mean",), "term"),
    waits_for="exams/results",
)  # fmt: skip
_GROWTH = Asked(
    _LEARNING,
    Text("成长", "Growth"),
    ("term", "subject", "growth_exam_id", "growth_students", "growth_median", "growth_methods", "growth_reason"),
    source="exams/results",
    as_of=("exams_as_of",),
    optional=("growth_reason",),
    chart=Chart("bar", "subject", ("growth_median",), "term", 0, 100),
)
_WEAK_POINTS = Asked(
    _LEARNING,
    Text("薄弱知识点", "Weak points"),
    ("term", "subject", "item_students", "knowledge_points", "weak_points", "weak_point_shares",
     "weak_point_city_shares", "weak_points_reason", "items_source", "items_as_of"),
    as_of=("items_as_of",),
    waits_for="exams/items",
)  # fmt: skip
_OF_SUBJECTS = Asked(
    _LEARNING,
    Text("各学科作业", "Homework by subject"),
    ("term", "subject", "homework_days_expected", "homework_days", "homework_student_days", "homework_minutes",
     "homework_reason", "homework_sources"),
    optional=("homework_reason",),
    chart=Chart("bar", "subject", ("homework_minutes",), "term", 0),
    waits_for="homework_a/records, homework_b/records",
)  # fmt: skip
_HOMEWORK = Asked(
    "homework_load_class_day",
    Text("每日作业", "Homework by day"),
    ("school_date", "day_type", "written_minutes_mean", "limit_minutes", "over_limit", "students_observed",
     "students_enrolled", "completeness", "published"),
    source="homework_a/records, homework_b/records",
    as_of=("school_date",),
    chart=Chart("line", "school_date", ("written_minutes_mean", "limit_minutes"), None, 0),
    most=30,
)  # fmt: skip
_ATTENDANCE = Asked(
    "attendance",
    Text("出勤", "Attendance"),
    ("week", "school_days", "school_days_seen", "students_enrolled", "students_away", "attendance_rate",
     "completeness", "reason"),
    source="attendance/events",
    as_of=("week",),
    chart=Chart("bar", "week", ("attendance_rate",), None, 0, 1),
    most=20,
)  # fmt: skip
_READING = Asked(
    "reading",
    Text("阅读", "Reading"),
    ("week", "students_enrolled", "readers", "reader_share", "books", "books_finished", "minutes", "reason"),
    source="reading/records",
    as_of=("week",),
    chart=Chart("bar", "week", ("reader_share",), None, 0, 1),
    most=20,
)
_PUPILS = Asked(
    "one_student_one_file",
    Text("学生名单", "Pupils"),
    ("sex", "exams", "percentile_rank_mean", "percentile_change_mean", "written_minutes_mean", "fitness_total",
     "fitness_level", "evaluation_levels", "attendance_days_present"),
    as_of=("as_of_date",),
    waits_for="student_registry/students",
)  # fmt: skip
_WHERE = "school_code = $1 and class_code = $2"


def class_page(marts: Marts, school: str, code: str, pupils: Mapping[str, Identity] | None = None) -> Page:
    """The page of the class with a code of a school, as it is now. `pupils`: who they are, by their key. Raises
    NoSuchRecord.
    """
    of = [school, code]
    rows = marts.rows(_FILE.mart, _WHERE, of, "valid_from nulls first")
    if not rows:
        raise NoSuchRecord(f"The release {marts.release} has no class {code} of the school {school}.")
    night = marts.night
    sections = [
        section(marts, _FILE, rows[-1] | {"as_of_date": night}, "facts", Text("班级", "Class"), _FACTS),
        *_learning(marts, of),
        Section("homework", Text("作业", "Homework"), tables=(_of(marts, _HOMEWORK, of, "school_date"),)),
        Section(
            "weeks",
            Text("出勤与阅读", "Attendance and reading"),
            tables=(_of(marts, _ATTENDANCE, of, "week"), _of(marts, _READING, of, "week")),
        ),
    ]
    if pupils is not None:
        sections.append(Section("pupils", Text("学生", "Pupils"), tables=(_pupils(marts, of, pupils),)))
    title, key = Text("学情报告", "Class report"), f"{school}:{code}"
    return Page("class", title, key, marts.release, night, tuple(sections), is_identified=pupils is not None)


def _of(marts: Marts, asked: Asked, of: list[str], order: str) -> Table:
    return table(marts, asked, marts.rows(asked.mart, _WHERE, of, order))


def _learning(marts: Marts, of: list[str]) -> list[Section]:
    """What the mart of classes, terms and subjects says, where the release has it."""
    if _LEARNING not in marts.columns:
        return []
    rows = marts.rows(_LEARNING, _WHERE, of, "term, subject")
    tables = tuple(table(marts, asked, rows) for asked in (_EXAMS, _GROWTH, _WEAK_POINTS, _OF_SUBJECTS))
    return [Section("learning", Text("学情", "Learning"), tables=tables)]


def _pupils(marts: Marts, of: list[str], pupils: Mapping[str, Identity]) -> Table:
    """The pupils whose file says that they are in the class, by number; the names are the lake's and not the mart's."""
    rows = marts.rows(_PUPILS.mart, _WHERE, of, "student_key")
    rows.sort(key=lambda row: (pupils.get(row["student_key"], Identity()).number or "", row["student_key"]))
    files = table(marts, _PUPILS, rows)
    who = [pupils.get(row["student_key"], Identity()) for row in rows]
    names = [tuple(Cell(text, Text(text or "—", text or "—")) for text in (one.name, one.number)) for one in who]
    columns = (Column("pupil_name", Text("姓名", "name")), Column("pupil_number", Text("学籍号", "student number")))
    return Table(
        files.mart,
        files.title,
        (*columns, *files.columns),
        tuple((*name, *row) for name, row in zip(names, files.rows, strict=True)),
        files.origin,
        files.waits_for,
    )
