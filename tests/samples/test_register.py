"""The sample city and the default register speak of the same city."""

from __future__ import annotations

from datetime import date, timedelta

from registry import Register
from registry.codes import code_key, code_of
from samples.planted import flaw_kinds
from samples.world import pools
from samples.world.calendar import is_school_day
from samples.world.exams import all_exams
from samples.world.homework import limit_of
from samples.world.kinds import ORDINARY, RARE, Kind


def test_exams_are_those_of_the_register(register: Register):
    told = {e.id: (e.grade, e.held_on, set(e.subjects)) for e in register.exams}
    made = {e.id: (e.grade, e.held_on, {pools.SUBJECT_CODES[s] for s in e.subjects}) for e in all_exams()}
    assert made == told


def test_school_days_are_those_of_the_register(register: Register):
    calendar = register.calendar
    for term in calendar.terms:
        if term.first_day < date(2025, 9, 1):
            continue
        for n in range((term.last_day - term.first_day).days + 1):
            day = term.first_day + timedelta(days=n)
            taught = day in calendar.workdays or (day.weekday() < 5 and day not in calendar.holidays)
            assert is_school_day(day) == taught, day


def test_areas_are_those_of_the_register(register: Register):
    areas = {a.code: a.name for a in register.bureau.areas}
    assert areas[pools.CITY_CODE] == pools.CITY
    assert {code: areas[code] for code in pools.AREAS} == dict(zip(pools.AREAS, pools.DISTRICTS, strict=True))


def taught() -> set[tuple[Kind, int]]:
    """Every kind of school, with each of its grades."""
    return {(kind, grade) for kind in (*ORDINARY, *(k for k, _, _ in RARE)) for grade in kind.fills}


def test_stages_are_those_of_the_register(register: Register):
    told = {(r.school_type, r.primary_years, r.grade): r.stage for r in register.stages}
    years = register.bureau.primary_years
    wrong = [
        (kind.type_code, grade)
        for kind, grade in taught()
        if told[kind.type_code, kind.primary_years or years, str(grade)] != kind.stage_of(grade)[0]
    ]
    assert wrong == []


def test_limits_are_those_of_the_register(register: Register):
    for kind, grade in taught():
        stage = kind.stage_of(grade)[0]
        rules = [
            r for r in register.bureau.homework_limits if r.stage == stage and r.grade_from <= grade <= r.grade_to
        ]
        assert limit_of(stage, grade) == (rules[0].limit_minutes if rules else None), (stage, grade)
    assert {grade for _, grade in taught()} == set(range(1, 13))


def test_subjects_have_the_codes_of_the_register(register: Register):
    known = code_of(register, "subject", "exams")
    assert {s: known[code_key(s)] for s in pools.SUBJECT_CODES} == pools.SUBJECT_CODES


def test_kinds_name_columns_and_severities_of_the_contract(register: Register):
    for feed_id, kinds in flaw_kinds.KINDS.items():
        columns = {c.name: c for c in register.feed(feed_id).columns}
        for kind in kinds:
            column = columns[kind.column]
            if kind.rule.startswith(("type_", "code", "filled", "range")):
                assert kind.severity == column.severity, kind
            if kind.rule.startswith("type_") and kind.rule != "type_decimal":
                assert kind.rule == f"type_{column.type}", kind
