"""Schools that are merged, split, renamed and given a new code on the second night, and what is delivered of them."""

from __future__ import annotations

from collections.abc import Callable

MERGED, INTO = "3132990003", "3132990001"
SPLIT, OLDER, NEWER = "3132990005", "3132990006", "3132990007"  # grade 7 went to one, class 2301 to the other
FORMER, PRESENT = "3132990094", "3132990004"
SILENT, RENEWED = "3132990009", "3132990008"  # merged too; the successor has sent its roster since

ORGANISATIONS = f"""
- {{code: "{MERGED}", merged_into: "{INTO}", ended: 2025-10-16, evidence: 数教〔2025〕12号}}
- {{code: "{SILENT}", merged_into: "{RENEWED}", ended: 2025-10-16, evidence: 数教〔2025〕12号}}
- code: "{SPLIT}"
  split_into: [{{into: "{OLDER}", grades: ["7"]}}, {{into: "{NEWER}", classes: ["2301"]}}]
  ended: 2025-10-16
  evidence: 数教〔2025〕13号
- {{code: "{PRESENT}", former_codes: [{{code: "{FORMER}", until: 2025-10-16}}], evidence: 数教〔2025〕14号}}
- {{code: "{OLDER}", former_names: [{{name: 城关中学, until: 2024-09-01}}], evidence: 数教〔2024〕3号}}
"""

_SCHOOLS = {  # code -> (name, area); two of one name lie in two districts
    MERGED: ("第三初级中学", "329901"), SPLIT: ("第五初级中学", "329901"), OLDER: ("实验学校", "329901"),
    NEWER: ("实验学校", "329902"), FORMER: ("文津中学", "329903"), SILENT: ("第九初级中学", "329904"),
    RENEWED: ("泮池中学", "329904"),
}  # fmt: skip
_STUDENTS = {  # number -> (school, grade, class)
    20: (MERGED, "初一", "2101"), 21: (MERGED, "初一", "2101"),
    22: (SPLIT, "初一", "2201"), 23: (SPLIT, "初二", "2301"), 24: (SPLIT, "初三", "2401"),
    25: (FORMER, "初一", None), 26: (SILENT, "初一", "2101"), 27: (SILENT, "初一", "2101"),
}  # fmt: skip
_NAMED = {  # sender -> names of schools without a code: known by a former name, by its district, not at all
    SPLIT: ("城关中学", "实验学校"),
    FORMER: ("实验学校", "火星中学"),
}
Insert = Callable[..., str]
Number = Callable[[int], str]


def first_night(insert: Insert, number: Number) -> list[str]:
    """What is delivered before anything has happened."""
    rows = []
    for n, (code, (name, area)) in enumerate(_SCHOOLS.items(), 2):
        school = _texts(school_code=code, name=name, type_code="初级中学", area_code=area)
        rows.append(insert("school_registry__schools", school, area, n))
    rows += [_student(insert, number, n, code) for n, (code, _, _) in _STUDENTS.items()]
    class_ = _texts(school_code=MERGED, class_code="2101", name="二班", grade="初一")
    rows.append(insert("teaching__classes", class_, MERGED, 2))
    rows.append(_homework(insert, number, "2025-10-10", 900))
    for n, (sender, names) in enumerate(_NAMED.items()):
        change = _texts(school_code=sender, student_number=number(22 + n), change_type="转入", changed_on="2025-09-01",
                        from_school=names[0], to_school=names[1])  # fmt: skip
        rows.append(insert("student_registry__changes", change, "202509", n))
    return rows


def second_night(insert: Insert, number: Number, day: str) -> list[str]:
    """A platform goes on with a code that is void; the roster of one successor has come."""
    return [
        _homework(insert, number, day, 901, known=day),
        _student(insert, number, 27, RENEWED, known=day),
        f"""insert into lake.intake.slice_state (night, feed, slice, delivery_id, status)
        values (date '{day}', 'student_registry/students', '{RENEWED}', 'd-renewed', 'loaded')""",
    ]


def _student(insert: Insert, number: Number, n: int, school: str, **more: str) -> str:
    _, grade, class_code = _STUDENTS[n]
    told = _texts(student_number=number(n), school_code=school, name=f"李{n}", grade=grade, sex="女")
    told |= {"class_code": f"'{class_code}'" if class_code else "null"}
    return insert("student_registry__students", told, school, n, **more)


def _homework(insert: Insert, number: Number, day: str, row: int, **more: str) -> str:
    record = _texts(record_id=f"m{row}", student_number=number(20), subject="数学", written="是", actual_minutes="30",
                    assigned_at=f"{day} 16:00:00", school_code=MERGED, class_code="2101")  # fmt: skip
    return insert("homework_a__records", record, day.replace("-", ""), row, **more)


def _texts(**values: str) -> dict[str, str]:
    return {name: f"'{value}'" for name, value in values.items()}
