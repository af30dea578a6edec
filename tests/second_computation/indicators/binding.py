"""Whom a clause binds: 'each of them has a row, with a value or the reason for none'.

Lives here: schools, classes and areas in the scope of a clause.
Stays out: figures.
"""

from __future__ import annotations

from functools import cache

from tests.second_computation import register, rosters
from tests.second_computation.events import Events
from tests.second_computation.indicators.clauses import Clause
from tests.second_computation.indicators.statutory_form import students_of


def stages_bound(clause: Clause) -> tuple[str, ...]:
    """The stages of which a clause speaks."""
    return (clause["stage"],) if clause.get("stage") else tuple(clause["binds"]["stages"])


def schools(events: Events, clause: Clause) -> list[str]:
    """The open schools that teach a stage of the clause, without the types and the small ones that it leaves out."""
    left_out = {code for group in clause["binds"].get("except_types", ()) for code in register.codes_of(group)}
    return [
        code
        for code, school in sorted(rosters.schools(events).items())
        if school.stages & set(stages_bound(clause))
        and school.type_code not in left_out
        and school.is_open
        and not _is_small(events, clause, code)
    ]


def _is_small(events: Events, clause: Clause, code: str) -> bool:
    """Whether the clause leaves out a school of so few students: 'teaching points <50'."""
    students, school = students_of(events, code), rosters.schools(events)[code]
    limits = clause["binds"].get("except_below", {})
    of_type = [limit for group, limit in limits.items() if school.type_code in register.codes_of(group)]
    return students is not None and any(students < limit for limit in of_type)


def classes(events: Events, clause: Clause) -> list[rosters.Klass]:
    """The classes of these stages, or of the grades of the clause."""
    bound, grades = stages_bound(clause), clause.get("grades")
    return [
        klass
        for klass in rosters.classes(events).values()
        if rosters.schools(events)[klass.school_code].stage_of(klass.grade) in bound
        and (not grades or klass.grade in {str(grade) for grade in grades})
    ]


@cache
def areas(level: str) -> list[str]:
    """The areas of a level."""
    return sorted(code for code, area in register.areas().items() if area["level"] == level)


def members(events: Events, area: str, codes: list[str]) -> list[str]:
    """Those of the schools that lie in an area; a school itself."""
    schools_known = rosters.schools(events)
    return [code for code in codes if code == area or area in register.above(schools_known[code].area_code)]


def everybody(events: Events, clause: Clause) -> list[tuple[str, str]]:
    """Classes, schools and areas of the clause's levels: code and level."""
    classes_bound = classes(events, clause) if "class" in clause["levels"] else []
    return [
        *((f"{klass.school_code}:{klass.class_code}", "class") for klass in classes_bound),
        *((code, level) for code, level, _ in organisations(events, clause)),
    ]


def organisations(events: Events, clause: Clause) -> list[tuple[str, str, list[str]]]:
    """Schools and areas of the clause's levels: code, level, and the bound schools in it."""
    bound = schools(events, clause)
    own = [(code, "school", [code]) for code in bound if "school" in clause["levels"]]
    levels = [level for level in ("district", "city") if level in clause["levels"]]
    return own + [(code, level, members(events, code, bound)) for level in levels for code in areas(level)]
