"""A town in memory with schools, what the statistics of education say of them, and what they declare, row by row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from ingest.committing import intake_tables
from tests.dbt_project.quick_dbt import City

NIGHT = date(2025, 10, 16)
# a primary school of 1000 that keeps every one of the seven thresholds exactly (教督〔2017〕6号)
AT_THRESHOLD = {
    "teachers_college": 30, "teachers_bachelor": 12, "teachers_master": 0, "teachers_backbone": 10,
    "teachers_sport_art": 9, "teaching_area": 5500, "gym_area": 1000, "sports_area": 6500, "equipment_value": 200,
    "multimedia_rooms": 23,
}  # fmt: skip
# a junior school of 1000 that does so
JUNIOR_AT_THRESHOLD = AT_THRESHOLD | {
    "teachers_bachelor": 53, "teaching_area": 6800, "sports_area": 9200, "equipment_value": 250, "multimedia_rooms": 24,
}  # fmt: skip
GRADES = {"小学": "三年级", "初中": "七年级", "高中": "高一"}


@dataclass
class ConditionsTown:
    """Schools with their rosters; `form` adds a row of the statistics, `declare` one of the declared facts."""

    city: City
    rows: int = 0

    def __post_init__(self) -> None:
        intake_tables.ensure(self.city.connection)

    def school(self, code: str, area: str, kind: str = "小学", **more: Any) -> None:
        """A school of the list, for now without a roster."""
        self._insert("school_registry__schools", area, school_code=code, name=f"学校{code}", type_code=kind,
                     area_code=area, primary_years="6", **more)  # fmt: skip

    def pupils(self, school: str, stage: str, count: int) -> None:
        """So many pupils of a stage in the roster, in one class."""
        class_code = f"{len(stage)}{'小初高'.index(stage[0])}01"
        self._insert("teaching__classes", school, school_code=school, class_code=class_code, name=f"{class_code}班",
                     grade=GRADES[stage])  # fmt: skip
        for n in range(count):
            self._insert("student_registry__students", school, student_number=f"J{school[-4:]}{class_code}{n:010d}",
                         school_code=school, name="张甲", grade=GRADES[stage], class_code=class_code,
                         birth_date="2012.01.01")  # fmt: skip

    def form(self, school: str, stage: str | None, students: int | None, year: str = "2025", **columns: Any) -> None:
        """A row of the statistics of education; without a stage it is the whole school's."""
        given = {name: None if value is None else str(value) for name, value in columns.items()}
        self._insert("school_registry__conditions", year, school_code=school, school_name=f"学校{school}", stage=stage,
                     students=None if students is None else str(students), **given)  # fmt: skip

    def teacher(self, school: str, **more: str) -> None:
        """A teacher of the administrative records, by default a full-time one in service."""
        said = {"degree": "本科毕业", "post": "专任教师", "status": "在职", "subject": "语文", "backbone": "否"} | more
        self._insert("teacher_system__teachers", school, school_code=school, staff_number=f"T{self.rows:08d}",
                     name="李乙", birth_date="1980.01.01", sex="男", **said)  # fmt: skip

    def declare(self, organisation: str, fact: str, holds: str = "是", **more: Any) -> None:
        """What an organisation says of itself."""
        said = {"item": "1", "declared_on": "2025-09-10", "evidence": "文件.pdf"} | more
        self._insert("declarations__facts", organisation, organisation_code=organisation, fact=fact, holds=holds,
                     **said)  # fmt: skip

    def _insert(self, table: str, slice_: str, **row: Any) -> None:
        self.rows += 1
        self.city.insert(table, row | {
            "_delivery_id": f"d-{table}-{slice_}", "_row_number": self.rows, "_slice": slice_,
            "_row_hash": str(self.rows), "_known_from": NIGHT,
        })  # fmt: skip
