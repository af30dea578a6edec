"""A town in memory with classes, pupils and what homework platforms say of them, told row by row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from ingest.committing import intake_tables
from tests.dbt_project.quick_dbt import City

MONDAY, TUESDAY, WEDNESDAY, NIGHT = (date(2025, 10, day) for day in (13, 14, 15, 16))
SCHOOL, OTHER = "3132990001", "3132990002"
PLATFORMS = ("homework_a/records", "homework_b/records")
MATHEMATICS, ENGLISH = "数学", "英语"


@dataclass
class HomeworkTown:
    """Schools, classes and pupils are there from the first night; `set` adds a record of homework."""

    city: City
    rows: int = 0
    homes: dict[str, dict[str, str]] = field(default_factory=dict)  # by pupil: name, school, class

    def __post_init__(self) -> None:
        intake_tables.ensure(self.city.connection)

    def school(self, code: str, kind: str | None = "初级中学", years: int | None = 6) -> None:
        """A school of district 329901; `years`: those of its primary school."""
        self._insert("school_registry__schools", "329901", school_code=code, name=f"学校{code}", type_code=kind,
                     area_code="329901", primary_years=None if years is None else str(years))  # fmt: skip

    def class_(self, school: str, code: str, grade: str, pupils: int, *, listed: bool = True) -> list[str]:
        """A class of the list with its pupils; gives their numbers."""
        if listed:
            row = {"school_code": school, "class_code": code, "name": f"{code}班", "grade": grade}
            self._insert("teaching__classes", school, **row)
        numbers = [f"J{school[-4:]}{code}{n:010d}" for n in range(pupils)]
        for number in numbers:
            name = "".join("甲乙丙丁戊己庚辛壬癸"[int(digit)] for digit in number[-3:])
            self._insert("student_registry__students", school, student_number=number, school_code=school,
                         name=name, grade=grade, class_code=code, birth_date="2012.01.01")  # fmt: skip
            self.homes[number] = {"student_name": name, "school_code": school, "class_code": code}
        return numbers

    def set(self, feed: str, pupil: str, at: str, minutes: float | None = None, **more: Any) -> str:
        """A record of a platform, by default of written mathematics; gives its id."""
        record = f"{feed[9]}{self.rows}"
        said = self.homes[pupil] | {
            "record_id": record, "assignment_id": "w", "student_number": pupil, "subject": MATHEMATICS, "written": "是",
            "actual_minutes": None if minutes is None else str(minutes), "assigned_at": at,
        }  # fmt: skip
        day = more.pop("slice", at[:10].replace("-", ""))
        self._insert(feed.replace("/", "__"), day, **(said | more))
        return record

    def deliver(self, feed: str, *days: date) -> None:
        """Files of a platform that came, with whatever rows there are of them."""
        for day in days:
            self.city.rows(
                "insert into lake.intake.slice_state (night, feed, slice, status, rows) values (?, ?, ?, 'loaded', 0)",
                NIGHT, feed, day.strftime("%Y%m%d"),
            )  # fmt: skip

    def _insert(self, table: str, slice_: str, **row: Any) -> None:
        self.rows += 1
        self.city.insert(table, row | {
            "_delivery_id": f"d-{table}-{slice_}", "_row_number": self.rows, "_slice": slice_,
            "_row_hash": str(self.rows), "_known_from": NIGHT,
        })  # fmt: skip
