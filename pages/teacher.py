"""The file of a teacher (一师一档): post, profession, load, and what other marts of teachers tell.

Add here: a table of another mart of teachers.
"""

from __future__ import annotations

from pages.content import Identity, Page, Section, Text
from pages.fields import LAKE, Asked, File, others, section, table
from pages.marts import Marts

_POST = (
    "school_code", "status", "post", "title", "degree", "subject", "permanent", "backbone", "sex", "birth_year",
    "work_began_year", "school_joined", "it_ability", "created_by",
)  # fmt: skip
_LOAD = ("classes_advised",)
_QUALITY = ("disputed_elements",)
_FILE = File(
    "one_teacher_one_file",
    groups={"birth_year": "birth_date", "work_began_year": "work_began", "school_code": "school"},
    elements={"created_by": LAKE, "classes_advised": "class.adviser", "disputed_elements": LAKE},
)
_CLASSES = Asked(
    "class",
    Text("班级", "Classes"),
    ("school_code", "class_code", "name", "grade", "valid_from", "valid_to"),
    source="teaching/classes",
    as_of=("valid_from",),
)
# marts of teachers by year, with the feed that each waits for
_BY_YEAR = {
    "training": (Text("教师培训", "Training"), "training/records"),
    "honours": (Text("荣誉", "Honours"), "honours/records"),
}


def teacher_page(marts: Marts, key: str, identity: Identity | None = None) -> Page:
    """The page of the teacher with a `teacher_key` of the release. Raises NoSuchRecord."""
    row = marts.record(_FILE.mart, "teacher_key", key)
    more = others(marts.columns[_FILE.mart], (*_POST, *_LOAD, *_QUALITY, "school_name", "district_code"))
    classes = marts.rows("class", "adviser_key = $1", [key], "school_code, class_code, valid_from")
    sections = (
        section(marts, _FILE, row, "post", Text("任职与专业", "Post and profession"), _POST),
        section(marts, _FILE, row, "load", Text("工作量与发展", "Load and development"), (*_LOAD, *more)),
        *_by_year(marts, key),
        Section("classes", Text("担任班主任的班级", "Classes advised"), tables=(table(marts, _CLASSES, classes),)),
        section(marts, _FILE, row, "quality", Text("数据质量", "Data quality"), _QUALITY),
    )
    return Page(
        "teacher",
        Text("一师一档", "Teacher file"),
        key,
        marts.release,
        row["as_of_date"],
        sections,
        identity,
        identity is not None,
    )


def _by_year(marts: Marts, key: str) -> list[Section]:
    """A section for each of those marts that the release has, with all of its columns."""
    sections = []
    for mart, (title, feed) in _BY_YEAR.items():
        columns = tuple(name for name in marts.columns.get(mart, {}) if name != "teacher_key")
        if "teacher_key" in marts.columns.get(mart, {}):
            asked = Asked(mart, title, columns, source=feed, as_of=("as_of",))
            rows = marts.rows(mart, "teacher_key = $1", [key], "all")
            sections.append(Section(mart, title, tables=(table(marts, asked, rows),)))
    return sections
