"""The kinds of bad row that are planted, feed by feed: what each does to a clean value, and the one rule that finds it.

Add here: another kind; it must break exactly one rule of the feed's contract.
Stays out: which person is hit (`planted.planning`), and where the row stands in a file (`files.rows`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

Spoil = Callable[[str], str]

STUDENTS = "student_registry/students"
TEACHERS = "teacher_system/teachers"
SCHOOLS = "school_registry/schools"
CLASSES = "teaching/classes"
EXAMS = "exams/results"
HOMEWORK_A = "homework_a/records"
HOMEWORK_B = "homework_b/records"


SURPLUS = "surplus_cells"


@dataclass(frozen=True)
class Kind:
    """A kind of flaw.

    `severity` is row (quarantined), cell (set null) or skip (not loaded, counted as skipped). A kind that
    `adds` a row leaves the proper row as it is and changes only column `alters` of the copy.
    """

    name: str
    feed: str
    column: str
    rule: str
    severity: str
    spoil: Spoil | None = None
    adds: bool = False
    alters: str | None = None


def break_check(value: str) -> str:
    """Another last character: the check fails, and the number does not end in 000."""
    return value[:-1] + ("9" if value[-1] != "9" else "8")


def break_number(value: str) -> str:
    """A last character that no number has, with a check or without one (L)."""
    return f"{value[:-1]}Z"


def cut(value: str) -> str:
    """An 18-digit number as a spreadsheet keeps it: 15 digits and 000."""
    return value[:15] + "000"


def scientific(value: str) -> str:
    """An 18-digit number as a spreadsheet shows it: 3.29901E+17."""
    return f"{value[0]}.{value[1:6]}E+17"


def impossible_day(value: str) -> str:
    """YYYYMMDD on 30 February."""
    return value[:4] + "0230"


def scientific_staff(value: str) -> str:
    """A staff number of 12 digits as a spreadsheet shows it: 3.29E+11."""
    return f"{value[0]}.{value[1:3]}E+11"


def two_digit_year(value: str) -> str:
    """YYYYMMDD with half of its year: 15.09.01."""
    return f"{value[2:4]}.{value[4:6]}.{value[6:]}"


def always(text: str) -> Spoil:
    """The same wrong value for everyone."""
    return lambda _: text


def either(text: str, other: str) -> Spoil:
    """`text`, or `other` where the value is `text` already."""
    return lambda value: other if value == text else text


def _twice(feed: str, key: str, alters: str, spoil: Spoil) -> tuple[Kind, Kind]:
    return (
        Kind("duplicate_key", feed, key, "duplicate_key", "row", spoil, adds=True, alters=alters),
        Kind("duplicate_row", feed, key, "duplicate_row", "skip", adds=True),
    )


_STUDENT_KINDS = (
    Kind("cut_id", STUDENTS, "id_number", "id_truncated", "cell", cut),  # the rarest candidates come first
    Kind("scientific_id", STUDENTS, "id_number", "id_truncated", "cell", scientific),
    Kind("bad_id_check", STUDENTS, "id_number", "type_id_number", "cell", break_check),
    Kind("bad_number", STUDENTS, "student_number", "type_student_number", "row", break_check),
    Kind("blank_number", STUDENTS, "student_number", "filled", "row", always("")),
    Kind("blank_name", STUDENTS, "name", "filled", "cell", always("")),
    Kind("impossible_birth", STUDENTS, "birth_date", "type_date", "cell", impossible_day),
    Kind("unreadable_month", STUDENTS, "entry_month", "type_month", "cell", always("待查")),
    Kind("unknown_option", STUDENTS, "boarding", "code", "cell", always("借宿亲友")),
    Kind("wrong_slice", STUDENTS, "school_code", "wrong_slice", "row", adds=True),
    *_twice(STUDENTS, "student_number", "residence", lambda value: value + "(旧址)"),
)
_TEACHER_KINDS = (
    Kind("blank_number", TEACHERS, "staff_number", "filled", "row", always("")),
    Kind("bad_id_check", TEACHERS, "id_number", "type_id_number", "cell", break_check),
    Kind("scientific_id", TEACHERS, "id_number", "id_truncated", "cell", scientific),
    Kind("blank_name", TEACHERS, "name", "filled", "cell", always("")),
    Kind("impossible_birth", TEACHERS, "birth_date", "type_date", "cell", impossible_day),
    Kind("unreadable_month", TEACHERS, "work_began", "type_month", "cell", always("不详")),
    Kind("unknown_option", TEACHERS, "degree", "code", "cell", always("夜大")),
    *_twice(TEACHERS, "staff_number", "remark", always("重复录入")),
)
_SCHOOL_KINDS = (
    Kind("bad_uscc_check", SCHOOLS, "uscc", "type_uscc", "cell", break_check),
    Kind("unknown_option", SCHOOLS, "urban_rural", "code", "cell", always("山区")),
)
_CLASS_KINDS = (
    Kind("blank_name", CLASSES, "name", "filled", "cell", always("")),
    Kind("unreadable_month", CLASSES, "founded_on", "type_month", "cell", always("开学初")),
    *_twice(CLASSES, "class_code", "name", lambda value: value + "(旧)"),
)
_EXAM_KINDS = (
    Kind("bad_number", EXAMS, "student_number", "type_student_number", "row", break_check),
    Kind("blank_number", EXAMS, "student_number", "filled", "row", always("")),
    *_twice(EXAMS, "student_number", "语文_得分", either("61", "62")),
)


def _homework_kinds(feed: str) -> tuple[Kind, ...]:
    return (
        Kind("bad_number", feed, "student_number", "type_student_number", "row", break_check),
        Kind("blank_number", feed, "student_number", "filled", "row", always("")),
        Kind("unreadable_assigned", feed, "assigned_at", "type_datetime", "row", always("昨天下午")),
        Kind("unreadable_time", feed, "submitted_at", "type_datetime", "cell", always("第二天早上")),
        Kind("out_of_range", feed, "actual_minutes", "range", "cell", always("999")),
        Kind("unreadable_minutes", feed, "actual_minutes", "type_decimal", "cell", always("半小时")),
        Kind("unknown_option", feed, "subject", "code", "cell", always("奥数")),
        *_twice(feed, "record_id", "actual_minutes", either("1", "2")),
    )


# What only a city with all dirt has: kinds that need a file written cell by cell, or that few would meet.
DIRTY: dict[str, tuple[Kind, ...]] = {
    STUDENTS: (Kind("two_digit_year", STUDENTS, "birth_date", "type_date", "cell", two_digit_year),),
    TEACHERS: (
        Kind("surplus", TEACHERS, "", SURPLUS, "row", always("多余的单元格")),
        Kind("scientific_staff", TEACHERS, "staff_number", "id_truncated", "row", scientific_staff),
    ),
    HOMEWORK_A: (Kind("surplus", HOMEWORK_A, "", SURPLUS, "row", always("见附件")),),
}


KINDS: dict[str, tuple[Kind, ...]] = {
    STUDENTS: _STUDENT_KINDS,
    TEACHERS: _TEACHER_KINDS,
    SCHOOLS: _SCHOOL_KINDS,
    CLASSES: _CLASS_KINDS,
    EXAMS: _EXAM_KINDS,
    HOMEWORK_A: _homework_kinds(HOMEWORK_A),
    HOMEWORK_B: _homework_kinds(HOMEWORK_B),
}
