"""Stories of some weeks: an owner goes silent and comes back with a late correction; what was known before stays known.

The lake goes on from the two nights of `built`: a night eight days later, on which the registry has been silent since
the first, and the night on which it returns.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from registry.model import Register
from tests.dbt_project.conftest import FIRST, SCHOOL, SECOND, Rows, _reader, number, objected
from tests.dbt_project.quick_dbt import Project
from warehouse import build, trace
from warehouse.as_known import rebuild
from warehouse.lake import Lake, connect_lake, lake_tables
from warehouse.release import fingerprint
from warehouse.tables import register_tables

SILENT, BACK = date(2025, 10, 24), date(2025, 10, 27)
STUDENTS = "student_registry/students"
LATE = f"(select * from lake.raw.student_registry__students where student_number = '{number(3)}' limit 1)"
ON = {
    # a problem is mended while the owner is silent, and is there again when it is back
    SILENT: [f"update lake.intake.problem set known_to = date '{SILENT}' where row_key = 'a9'"],
    BACK: [
        (
            f"insert into lake.intake.problem select * replace (date '{BACK}' as known_from, null as known_to, "
            "'d-again' as delivery_id, 12 as row_number) from lake.intake.problem where row_key = 'a9'"
        ),
        # a change of class that took effect on the 20th, registered late; and a suspension since the 21st
        *(
            "insert into lake.raw.student_registry__changes (student_number, school_code, change_type, changed_on, "
            "new_class_code, _delivery_id, _row_number, _slice, _row_hash, _known_from) values "
            f"('{number(n)}', '{SCHOOL}', '{kind}', '{day}', {code}, 'd-c', {n}, '202510', 'c{n}', date '{BACK}')"
            for n, kind, day, code in ((4, "转班级", "2025-10-20", "'2102'"), (5, "休学", "2025-10-21", "null"))
        ),
        # a birth date was wrong from the first; the file of the 27th says so
        (
            f"insert into lake.raw.student_registry__students select * replace ('2011.12.31' as birth_date, "
            f"'d-late' as _delivery_id, 'late' as _row_hash, date '{BACK}' as _known_from) from {LATE}"
        ),
        (
            f"update lake.raw.student_registry__students set _known_to = date '{BACK}' "
            f"where student_number = '{number(3)}' and _row_hash <> 'late'"
        ),
        (
            "insert into lake.intake.delivery (delivery_id, file_sha256, night, source, feed, file_name, member, "
            f"status) values ('d-late', 'x', date '{BACK}', 'student_registry', '{STUDENTS}', 'late.xlsx', '', "
            "'loaded')"
        ),
        (
            "insert into lake.intake.slice_state (night, feed, slice, delivery_id, status) "
            f"values (date '{BACK}', '{STUDENTS}', '{SCHOOL}', 'd-late', 'loaded')"
        ),
        f"insert into lake.intake.slice_part values (date '{BACK}', '{STUDENTS}', '{SCHOOL}', 'd-late')",
    ],
}


@dataclass(frozen=True)
class Weeks:
    """The rows of the lake as each night left it, and the lake itself after the last."""

    rows: dict[date, Rows]
    place: Lake


@pytest.fixture(scope="module")
def weeks(built: dict[date, Rows], edited: Register, tmp_path_factory: pytest.TempPathFactory) -> Weeks:
    root = tmp_path_factory.mktemp("weeks")
    place = Lake(shutil.copytree(built[SECOND].place.root, root / "lake"))
    rows = dict(built)
    for night, statements in ON.items():
        with connect_lake(place) as connection:
            for statement in statements:
                connection.execute(statement)
            register_tables.write(connection, edited, night)
        build.run(place, edited, night)
        rows[night] = _reader(Lake(shutil.copytree(place.root, root / f"lake-{night}")))
    return Weeks(rows, place)


def test_of_a_silent_owner_nothing_disappears_and_the_dates_say_from_when_its_data_are(weeks: Weeks) -> None:
    ask = f"select count(*), min(birth_date_source) from lake.conformed.students where school = '{SCHOOL}'"
    completeness = (
        "select expected, arrived, cast(used_from_night as varchar) from lake.marts.completeness "
        f"where feed = '{STUDENTS}' and organisation_code = '{SCHOOL}' and night = date "
    )
    coverage = (
        "select owned, delivered, missing from lake.marts.register_coverage "
        f"where element_id = 'student.birth_date' and organisation_code = '{SCHOOL}'"
    )
    told = {night: (*weeks.rows[night](ask)[0], *weeks.rows[night](coverage)[0]) for night in (SECOND, SILENT, BACK)}
    # two came with a school that was merged, and count until the successor has sent a roster of its own
    assert told[SECOND] == told[SILENT] == (12, STUDENTS, 12, 10, 2)
    assert told[BACK] == (10, STUDENTS, 10, 10, 0)
    assert weeks.rows[SILENT](f"{completeness} '{SILENT}'") == [(True, False, str(FIRST))]
    assert weeks.rows[BACK](f"{completeness} '{BACK}'")[0][1:] == (True, str(BACK))
    oldest = f"select oldest_data_night from lake.marts.one_school_one_file where school_code = '{SCHOOL}'"
    assert weeks.rows[SILENT](oldest) == [(FIRST,)]


def test_a_correction_that_comes_late_counts_from_the_night_it_came(weeks: Weeks) -> None:
    ask = f"select cast(birth_date as varchar) from lake.conformed.students where number = '{number(3)}'"
    assert [weeks.rows[night](ask) for night in (FIRST, SECOND, SILENT, BACK)] == [[("2012-01-01",)]] * 3 + [
        [("2011-12-31",)]
    ]


def _classes(weeks: Weeks, n: int, day: str, known: date | None = None) -> list[tuple[Any, ...]]:
    """What the lake answers after all to: in which class, with which status, was a student on a day?"""
    then = valid_on("spans", f"date '{day}'", known)
    return weeks.rows[BACK](
        "select class_code, status from lake.conformed.student_spans as spans "
        "inner join lake.conformed.student_alias as alias using (student_uid) "
        f"where identifier = '{number(n)}' and {then}"
    )


def valid_on(relation: str, day: str, known: date | None = None) -> str:
    """The macro of that name, as dbt writes it out."""
    return Project().macro("valid_on")(relation, day, f"date '{known}'" if known else None)


def test_a_state_begins_on_the_night_it_was_first_known_and_is_not_spread_backward(weeks: Weeks) -> None:
    assert _classes(weeks, 0, "2025-10-14") == []
    assert [_classes(weeks, 0, f"2025-10-{day}")[0][0] for day in (15, 16, 28)] == ["2101", "2102", "2102"]


def test_a_change_that_is_registered_late_is_true_from_its_day_and_known_from_its_night(weeks: Weeks) -> None:
    days = ("2025-10-15", "2025-10-18", "2025-10-20", "2025-10-28")
    assert [_classes(weeks, 4, day)[0][0] for day in days] == ["2101", "2101", "2102", "2102"]
    known_before = [_classes(weeks, 4, day, known=SILENT)[0][0] for day in days]
    assert known_before == ["2101", "2102", "2102", "2102"]
    assert [_classes(weeks, 5, day) for day in ("2025-10-20", "2025-10-28")] == [[("2102", None)], [("2102", "11")]]


def test_a_trace_names_the_file_of_the_correction_and_keeps_that_of_the_others(weeks: Weeks) -> None:
    at = datetime(2025, 10, 28, tzinfo=ZoneInfo("Asia/Shanghai"))
    for n, expected in ((3, ("late.xlsx", BACK)), (4, (f"{STUDENTS}/{SCHOOL}.xlsx", FIRST))):
        report = trace.trace_record(weeks.place, "student", number(n), at)
        values = {row["element"]: row for row in report.part("values").dicts()}
        assert (values["student.birth_date"]["file"], values["student.birth_date"]["loaded"]) == expected
        # exams own the class since the second night, so the registry's is the copy that differs
        assert (values["student.class"]["feed"], values["student.class"]["value"]) == ("exams/results", "2102")
        differing = {(r["element"], r["copy"], r["copy_value"]) for r in report.part("differences").dicts()
                     if r["status"] == "open"}  # fmt: skip
        assert ("student.class", STUDENTS, "2101") in differing
        assert {(element, said) for element, _, said in differing} == {("student.class", "2101")}
        assert number(n) not in str(report.as_dict())


@pytest.fixture(scope="module")
def as_of_second(weeks: Weeks, edited: Register) -> Iterator[Lake]:
    """The lake of the second night, made again from what the lake holds weeks later."""
    with rebuild.rebuild_lake(weeks.place, objected(edited), SECOND) as made:
        yield made


@pytest.mark.soak
def test_a_night_built_again_weeks_later_has_the_content_that_it_had(
    weeks: Weeks, as_of_second: Lake, built: dict[date, Rows]
) -> None:
    then, now = _contents(built[SECOND].place), _contents(as_of_second)
    assert {"marts.one_student_one_file", "marts.data_problem", "conformed.student_spans"} <= set(then)
    assert {name for name in then if then[name] != now.get(name)} == set()
    assert _contents(weeks.place)["marts.data_problem"] != then["marts.data_problem"]


def _contents(place: Lake) -> dict[str, Any]:
    with connect_lake(place, read_only=True) as connection:
        names = [name for name in lake_tables(connection) if name.startswith(("marts.", "conformed."))]
        return {name: fingerprint.fingerprint(connection, f"lake.{name}") for name in names}
