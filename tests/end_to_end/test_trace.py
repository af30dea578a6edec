"""A value traced to its row, and the register's coverage, against the planted truth and a count in another way."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import registry
from tests.end_to_end.conftest import DAYS, LAST, Nights
from warehouse import trace
from warehouse.report import Report

AT = datetime(2025, 10, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
REGISTRY = "student_registry/students"


def told(nights: Nights, key: str) -> Report:
    return trace.trace_record(nights.lake, "student", key, AT)


def test_the_copies_that_differ_are_the_planted_ones(nights: Nights) -> None:
    planted: dict[str, set[tuple[str, str, str]]] = defaultdict(set)
    for r in nights.truth("difference_ledger"):
        status = "resolved" if r["resolved_on"] else "open"
        planted[r["student_number"]].add((r["element_id"], r["copy_source"], status))
    known = {n for (n,) in nights.restricted("select number from lake.conformed.students")}
    chosen = sorted(set(planted) & known)[:6]
    assert chosen
    for number in chosen:
        report = told(nights, number)
        found = {(r["element"], r["copy"], r["status"]) for r in report.part("differences").dicts()}
        assert found == planted[number]
        assert number not in str(report.as_dict())


def test_a_value_stands_where_the_trace_says(nights: Nights) -> None:
    """The row of the raw table that the trace names is the student's, of a file that was loaded for the school."""
    files = {(r["file_name"], r["member"]) for r in nights.truth("files") if r["status"] in ("loaded", "unchanged")}
    chosen: list[tuple[Any, ...]] = nights.restricted(
        "select number, birth_date, school from lake.conformed.students order by hash(number) limit 4"
    )
    for number, birth_date, school in chosen:
        report = told(nights, number)
        row = next(r for r in report.part("values").dicts() if r["element"] == "student.birth_date")
        assert (row["feed"], row["value"], row["state"]) == (REGISTRY, birth_date.year, "owner")
        assert (row["file"], row["member"] or "") in files
        named = nights.restricted(
            "select student_number, school_code from lake.raw.student_registry__students "
            f"where _known_to is null and _delivery_id = '{row['delivery']}' and _row_number = {row['row']}"
        )
        assert named == [(number, school)]


@pytest.mark.soak
def test_a_night_of_the_past_is_told_as_it_was_known(nights: Nights) -> None:
    """A row that was mended since stands in the past night's trace where it stood, and in tonight's where it is."""
    raw = "lake.raw.student_registry__students"
    ((number, *stood),) = nights.restricted(
        "select student_number, old._delivery_id, old._row_number, new._delivery_id, new._row_number "
        f"from {raw} as old join {raw} as new using (student_number) "
        f"where old._known_to > date '{DAYS[0]}' and new._known_to is null "
        "and student_number in (select number from lake.conformed.students) order by student_number limit 1"
    )
    house = registry.load(registry.HOUSE)
    past = trace.trace_record_as_known_on(nights.lake, "student", number, AT, DAYS[0], house)
    assert str(past.facts["as_of"]) == str(DAYS[0])
    places = [
        (row["delivery"], row["row"])
        for report in (past, told(nights, number))
        for row in report.part("values").dicts()
        if row["element"] == "student.number"
    ]
    assert places == [tuple(stood[:2]), tuple(stood[2:])]
    assert not list(nights.lake.restricted.glob("again-*"))


def test_coverage_adds_up_to_the_files_of_the_release(nights: Nights) -> None:
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    for element, table, name in (
        ("student.sex", "one_student_one_file", "sex"),
        ("student.boarding", "one_student_one_file", "boarding"),
        ("teacher.title", "one_teacher_one_file", "title"),
        ("school.type", "one_school_one_file", "type"),
    ):
        for school, records, delivered in nights.published(
            LAST, f"select school_code, count(*), count({name}_source) from marts.{table} group by school_code"
        ):
            counted[element, school] = (records, delivered)
    found = nights.published(
        LAST,
        "select element_id, organisation_code, records, delivered, missing, level from marts.register_coverage "
        "where level in ('school', 'city')",
    )
    by_school = {(e, o): (n, d) for e, o, n, d, _, level in found if level == "school"}
    both = set(counted) & set(by_school)
    assert {element for element, _ in both} == {element for element, _ in counted}
    assert {key: by_school[key] for key in both} == {key: counted[key] for key in both}
    for element, _, records, delivered, missing, level in found:
        if level == "city":
            assert records == delivered + missing
            of_element = [v for (e, _), v in counted.items() if e == element]
            if of_element:
                assert (records, delivered) == tuple(map(sum, zip(*of_element, strict=True)))


def test_differing_are_the_students_with_an_open_planted_difference(nights: Nights) -> None:
    open_now = {
        (r["element_id"], r["student_number"]) for r in nights.truth("difference_ledger") if not r["resolved_on"]
    }
    known = {n for (n,) in nights.restricted("select number from lake.conformed.students")}
    planted: dict[str, int] = defaultdict(int)
    for element, number in open_now:
        planted[element] += number in known
    found = dict(
        nights.published(
            LAST,
            "select element_id, differing from marts.register_coverage where level = 'city' and differing > 0 "
            "and element_id like 'student.%'",
        )
    )
    assert found == {element: n for element, n in planted.items() if n}
