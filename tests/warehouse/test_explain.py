"""What hangs on what: the way back from a column to its owners, and forward to what breaks."""

from __future__ import annotations

from datetime import date

import pytest

import registry
from registry.model import Register
from warehouse.disclosure.mart_docs import ColumnDoc, MartDoc
from warehouse.errors import QueryError
from warehouse.explain import names
from warehouse.explain.explanation import Explainer
from warehouse.lineage.graph import Graph, Model
from warehouse.lineage.project_cache import Project
from warehouse.report import Report

DAY = date(2025, 10, 15)
SQL = {
    "conformed.student_alias": "select student_number as uid, student_number as n from raw.student_registry__students",
    "conformed.students": """
        select alias.uid as student_uid, s.birth_date, 'x' as birth_date_source, s.school_code as school
        from raw.student_registry__students as s
        inner join conformed.student_alias as alias on s.student_number = alias.n""",
    "conformed.found": "select student_number as who, student_name as copy_value from raw.homework_a__records",
    "conformed.homework_measures": """
        select 'homework_student_day_within_limit' as measure, actual_minutes as numerator, 1 as denominator
        from raw.homework_a__records""",
    "conformed.indicator_parts": "select * from conformed.homework_measures",
    "marts.files": """
        select student_uid, birth_date, year(birth_date) as year from conformed.students where school is not null""",
    "marts.years": "select year, count(*) as students from marts.files group by year",
    "marts.differences": "select who, copy_value from conformed.found",
    "marts.values": "select numerator / denominator as value from conformed.indicator_parts",
}
OPTIONS = {"conformed.student_alias": {"ends": "identity"},
           "conformed.found": {"ends": "ledger", "values": ("copy_value",)}}  # fmt: skip


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="module")
def project(house: Register) -> Project:
    """A few models by hand: one from an owner, one from a ledger, and a mart upon a mart."""
    tables = {f"raw.{feed.table}": [c.name for c in feed.loaded_columns] for feed in house.feeds}
    graph = Graph.traced([Model(name, sql, **OPTIONS.get(name, {})) for name, sql in SQL.items()], tables)
    docs = {}
    for relation in graph.models:
        if relation.startswith("marts."):
            columns = {c: ColumnDoc(c, f"{c} said") for c in graph.columns(relation)}
            docs[relation[6:]] = MartDoc(relation[6:], "a mart", columns)
    docs["files"].columns["student_uid"] = ColumnDoc("student_uid", "key", "pseudonym", "student_key")  # type: ignore[index]
    return Project(Graph.from_dict(graph.as_dict()), docs, SQL)  # as a graph that was kept is read again


@pytest.fixture
def explain(house: Register, project: Project):
    return lambda name: Explainer(house, project, DAY).report_on(names.resolve_name(house, project, name))


def rows(report: Report, part: str, *columns: str) -> list[tuple]:
    return [tuple(row[c] for c in columns) for row in report.part(part).dicts()]


def test_a_column_leads_back_to_its_element_its_owner_and_the_headers_of_the_export(explain):
    report = explain("years.year")
    assert rows(report, "elements", "element", "how", "owner", "steward", "standard") == [
        ("student.birth_date", "value", "student_registry/students", "基础教育处", "JY/T 1002-2012 CSRQ"),
        ("student.school", "filter or join", "student_registry/students", "基础教育处", "JY/T 1002-2012 XXDM"),
    ]
    assert ("student_registry/students", "birth_date", ["出生日期", "KD_F04"], "owner") in rows(
        report, "exports", "feed", "column", "headers", "role"
    )
    assert ("conformed.students.birth_date", "student.birth_date") in rows(report, "path", "column", "element")


def test_an_element_leads_forward_to_every_column_it_makes_or_filters(explain):
    assert rows(explain("student.birth_date"), "marts", "mart", "made_of_it", "filtered_or_joined_by_it") == [
        ("files", ["birth_date", "year"], []),
        ("years", ["year"], ["every other"]),
    ]
    assert rows(explain("student.school"), "marts", "mart", "filtered_or_joined_by_it") == [
        ("files", ["every other"]),
        ("years", ["every other"]),
    ]


def test_what_a_mart_is_used_by_is_told_and_not_the_mart_itself(explain):
    assert rows(explain("marts.files"), "marts", "mart") == [("years",)]
    assert rows(explain("files.year"), "marts", "mart", "made_of_it") == [("years", ["year"])]
    assert "marts" not in {part.name for part in explain("files.birth_date").parts}


def test_the_alias_table_ends_the_way_and_a_ledger_passes_what_it_repeats(explain):
    assert "elements" not in {part.name for part in explain("differences.who").parts}
    report = explain("homework_a/records.student_name")
    assert rows(report, "elements", "element", "how") == [("student.name", "copy")]
    assert rows(report, "marts", "mart", "made_of_it") == [("differences", ["copy_value"])]


def test_an_indicator_tells_what_it_declares_and_what_its_measure_is_made_of(explain):
    report = explain("sj2021.written_limit_student_day")
    assert dict(rows(report, "elements", "element", "how")) == {
        "homework_record.actual_minutes": "value",
        "student.school": "declared",
        "student.grade": "declared",
        "student.class": "declared",
    }
    told = rows(explain("homework_record.actual_minutes"), "indicators", "indicator", "how")
    assert told == [("sj2021.written_limit_student_day", "computed")]
    assert ("sj2021.written_limit_student_day", "declared") in rows(
        explain("student.grade"), "indicators", "indicator", "how"
    )


def test_owners_over_time_and_a_lender_are_told(house, project):
    element = next(e for e in house.elements if e.id == "student.birth_date")
    earlier = element.authority[0].model_copy(update={"source": "fitness/results", "until": date(2021, 9, 1)})
    owned = {"authority": (earlier, *element.authority), "on_missing": "borrow:fitness/results"}
    moved = element.model_copy(update=owned)
    register = house.model_copy(update={"elements": tuple(moved if e is element else e for e in house.elements)})
    report = Explainer(register, project, DAY).report_on(names.resolve_name(register, project, "student.birth_date"))
    assert rows(report, "owners", "feed", "until", "as") == [
        ("fitness/results", date(2021, 9, 1), "owner"),
        ("student_registry/students", None, "owner"),
        ("fitness/results", None, "lender"),
    ]
    assert ("fitness/results", "owner") in rows(report, "exports", "feed", "role")


@pytest.mark.parametrize(
    ("name", "thing"),
    [
        ("files", "marts.files"),
        ("Files.Student_Key", "marts.files.student_uid"),
        ("conformed.students.school", "conformed.students.school"),
        ("控量超标天数", "sj2021.over_limit_days"),
        ("student_registry/students", "student_registry/students"),
    ],
)
def test_a_thing_is_found_under_the_names_people_use(explain, name, thing):
    assert explain(name).facts["name"] == thing


def test_a_name_of_several_things_is_refused_with_them(explain):
    with pytest.raises(QueryError) as refused:
        explain("出生日期")
    assert str(refused.value) == "`出生日期` is ambiguous: ask for student.birth_date, teacher.birth_date."


def test_a_name_that_nothing_has_is_refused_with_the_nearest(explain):
    with pytest.raises(QueryError, match=r"named `studnt\.birthdate`: the nearest names are student\.birth_date"):
        explain("studnt.birthdate")
    with pytest.raises(QueryError, match=r"give a mart, mart\.column, an indicator or an element\."):
        explain("☃☃☃☃")
