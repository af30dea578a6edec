"""Who was where, and which schools and classes there were, by the systems that own these facts.

Lives here: seats, schools and classes as known on a night.
Add here: another fact of an owner that several subjects need.
Stays out: copies in other systems (`ledger`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from tests.second_computation import cells, register
from tests.second_computation.events import Events

_TAUGHT = {stage: f"teaches_{stage}" for stage in ("kindergarten", "primary", "junior", "senior")}


@dataclass(frozen=True)
class Seat:
    """A student's place by the student registry."""

    school_code: str
    class_code: str | None
    grade: str | None


@dataclass(frozen=True)
class School:
    """A school by the register of school codes."""

    area_code: str
    type_code: str | None
    primary_years: int | None
    status: str | None

    @property
    def is_open(self) -> bool:
        """Neither closed nor merged nor still being founded; open where nobody says."""
        return self.status is None or self.status in register.codes_of("open_school")

    @property
    def stages(self) -> set[str]:
        """'A school's type tells its stages': nine-year and twelve-year schools teach several, schools for special or
        vocational education that which is theirs alone.
        """
        stages = {stage for stage, group in _TAUGHT.items() if self.type_code in register.codes_of(group)}
        return stages or {s for grade in ("1", "10") if (s := self.stage_of(grade)) not in (None, *_TAUGHT)}

    def stage_of(self, grade: str | None) -> str | None:
        return register.stage_of(self.type_code, self.primary_years, grade)


@dataclass(frozen=True)
class Klass:
    """A class by the list of classes."""

    school_code: str
    class_code: str
    grade: str | None


@cache
def seats(events: Events, night: date) -> dict[str, Seat]:
    """By student number, as the registry's rosters said after a night."""
    return {
        str(cells.identifier(row["student_number"])): Seat(
            str(cells.text(row["school_code"])), cells.identifier(row["class_code"]), cells.code("grade", row["grade"])
        )
        for row in events.rows("student_registry/students", night)
    }


def seats_on(events: Events, day: date) -> dict[str, Seat]:
    """On a day: as known by then, and before the first night as it was known first."""
    return seats(events, max([night for night in events.nights if night <= day], default=events.nights[0]))


@cache
def schools(events: Events) -> dict[str, School]:
    return {
        str(cells.text(row["school_code"])): School(
            str(cells.text(row["area_code"])),
            cells.code("school_type", row["type_code"]),
            cells.integer(row["primary_years"]),
            cells.code("school_status", row["status"]),
        )
        for row in events.rows("school_registry/schools")
    }


@cache
def classes(events: Events) -> dict[tuple[str, str], Klass]:
    """By school and class code."""
    listed = (
        Klass(
            str(cells.text(row["school_code"])),
            str(cells.identifier(row["class_code"])),
            cells.code("grade", row["grade"]),
        )
        for row in events.rows("teaching/classes")
    )
    return {(klass.school_code, klass.class_code): klass for klass in listed}


@cache
def organisations_above(events: Events, school_code: str) -> list[tuple[str, str]]:
    """A school and the areas in which it lies, each with its level."""
    areas = register.above(schools(events)[school_code].area_code)
    return [(school_code, "school"), *((code, register.areas()[code]["level"]) for code in areas)]
