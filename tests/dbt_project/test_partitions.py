"""A night that makes the touched partitions alone leaves the lake as one that makes everything, table for table."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace

import duckdb
import pytest

import registry
import samples
from registry.model import Exam, Register
from samples.nights import Dirt
from tests.dbt_project.quick_dbt import Project
from tests.samples.intake import take
from warehouse import build
from warehouse.build import build_state
from warehouse.lake import Lake, connect_lake, create_lake
from warehouse.release.fingerprint import fingerprint
from warehouse.tables import raw_tables, register_tables

FIRST, STUDENTS = date(2025, 10, 15), 300
TABLES = """select schema_name || '.' || table_name from duckdb_tables()
    where database_name = 'lake' and schema_name in ('staging', 'conformed', 'marts') and table_name <> 'build_state'"""


@dataclass
class City:
    """The nights of a small city, of which each is built twice: by partition, and beside it whole."""

    folder: Path
    register: Register

    @property
    def lake(self) -> Lake:
        return Lake(self.folder / "lake")

    def exported(self, dirt: Dirt, nights: int) -> None:
        samples.write_city(self.folder / "inbox", STUDENTS, nights=nights, first_night=FIRST, dirt=dirt)
        create_lake(self.lake)

    def taken(self, night: date) -> None:
        """What arrived is in the raw tables."""
        with connect_lake(self.lake) as connection:
            register_tables.write(connection, self.register, night)
            raw_tables.ensure_raw(connection, registry.known_feeds(self.register))
            take(self.register, connection, self.folder / "inbox" / night.isoformat(), night, self.folder / str(night))

    def built(self, night: date) -> dict[str, int | None]:
        """Build it; the models, each with the number of its partitions that were made (None: made whole)."""
        report = build.run(self.lake, self.register, night)
        return {node.name: node.partitions_touched for node in report.nodes if node.kind == "model"}

    def built_whole(self, night: date) -> dict[str, tuple[int, str]]:
        """What a build of everything makes of the same lake."""
        copy = Lake(Path(shutil.copytree(self.lake.root, self.folder / "whole")))
        with connect_lake(copy) as connection:
            build_state.forget(connection)
        build.run(copy, self.register, night)
        content = content_of(copy)
        shutil.rmtree(copy.root)
        return content


def with_a_series(register: Register) -> Register:
    """The first exams are of the year before, in the grade below, and of a series with the second ones."""

    def of_series(exam: Exam) -> Exam:
        if exam.series is not None:
            return exam
        earlier = {"held_on": exam.held_on.replace(year=2024), "grade": exam.grade - 1} if "-m1-" in exam.id else {}
        return exam.model_copy(update={"series": "survey"} | earlier)

    bureau = register.bureau.model_copy(update={"growth_minima": (12, 500)})
    exams = tuple(of_series(exam) for exam in register.exams)
    return register.model_copy(update={"exams": exams, "bureau": bureau, "version": "with a series"})


def content_of(lake: Lake) -> dict[str, tuple[int, str]]:
    """Rows and fingerprint of each table that dbt makes."""
    with connect_lake(lake, read_only=True) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        return {name: fingerprint(connection, f"lake.{name}") for name in names}


def differing(one: dict[str, tuple[int, str]], other: dict[str, tuple[int, str]]) -> list[str]:
    return [name for name in sorted({*one, *other}) if one.get(name) != other.get(name)]


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    made = City(tmp_path_factory.mktemp("city"), with_a_series(registry.load(registry.HOUSE)))
    made.exported("all", 2)
    made.taken(FIRST)
    assert set(made.built(FIRST).values()) == {None}, "a first night makes everything"
    return made


def test_a_night_makes_what_is_touched_alone_and_leaves_the_lake_as_one_that_makes_everything(city: City) -> None:
    second = FIRST + timedelta(days=1)
    city.taken(second)
    whole = city.built_whole(second)
    partitions = city.built(second)
    assert differing(content_of(city.lake), whole) == []
    with connect_lake(city.lake, read_only=True) as connection:
        listed = dict(
            connection.execute("select relation, count(*) from lake.staging.partitions group by all").fetchall()
        )
        loads, months, days, exams = connection.execute(
            "select (select count(distinct school_date) from lake.marts.homework_load_student_day), "
            "(select count(distinct month) from lake.conformed.homework_parts), "
            "(select count(distinct told_day) from lake.conformed.homework_records), "
            "(select count(distinct exam_id) from lake.conformed.exam_results)"
        ).fetchall()[0]
        methods = connection.execute("select distinct growth_method from lake.marts.student_growth").fetchall()
    assert ("student_growth_percentile",) in methods
    assert 0 < (partitions["homework_records"] or 0) < days
    assert 0 < (partitions["exam_results"] or 0) < exams
    assert 0 < (partitions["homework_load_student_day"] or 0) < loads
    assert listed["marts.homework_load_student_day"] == loads
    assert listed["conformed.homework_parts"] == months
    assert listed["conformed.homework_records"] == days


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("update lake.staging.build_state set basis = 'other'", id="its code or register were others"),
        pytest.param("update lake.staging.build_state set night = date '2026-01-01'", id="it was of a later night"),
        pytest.param("insert into lake.intake.slice_state values ('a/b', 'late', '2025-10-15')", id="loaded again"),
        pytest.param("delete from lake.staging.build_state", id="it was not of all models"),
    ],
)
def test_everything_is_made_where_the_last_build_is_none_to_begin_from(tmp_path: Path, statement: str) -> None:
    lake = Lake(tmp_path / "lake")
    create_lake(lake)
    with connect_lake(lake) as connection:
        connection.execute("create table lake.intake.slice_state (feed varchar, slice varchar, night date)")
        connection.execute("insert into lake.intake.slice_state values ('a/b', '', ?)", [FIRST])
        build_state.write(connection, FIRST, {"the program": "1"})
        tonight = FIRST + timedelta(days=1)
        assert build_state.last_build(connection, tonight, {"the program": "1"}) == FIRST
        connection.execute(statement)
        assert build_state.last_build(connection, tonight, {"the program": "1"}) is None


def test_a_row_of_no_partition_touches_none_and_hides_none() -> None:
    says = {"touched": "touched_exams"}
    context = {"config": SimpleNamespace(get=says.get), "target": SimpleNamespace(database="memory")}
    sql = Project().macros["touched_partitions"].make_module(context).touched_partitions("exam_id")
    with duckdb.connect() as connection:
        connection.execute("create schema intermediate")
        connection.execute(
            "create table intermediate.touched_exams as "
            "from (values ('midterm', 'rows'), ('midterm', 'person'), (null, 'rows')) as rows(exam_id, why)"
        )
        assert connection.execute(sql).fetchall() == [("midterm", ["person", "rows"])]


@pytest.mark.parametrize(
    ("test", "severity", "materialized", "is_told"),
    [
        (("not_null", {}), "error", "by_partition", True),
        (("grain", {"columns": ["student_uid", "school_date"]}), "error", "by_partition", True),
        (("grain", {"columns": ["record_key"]}), "error", "by_partition", False),
        (("not_null", {}), "warn", "by_partition", False),
        (("not_null", {}), "error", "table", False),
        (("rows_account", {}), "error", "by_partition", False),
    ],
)
def test_a_data_test_reads_the_touched_partitions_alone_where_they_tell_the_whole(
    test: tuple[str, dict[str, list[str]]], severity: str, materialized: str, is_told: bool
) -> None:
    said: list[bool] = []
    name, asked = test
    tested = {"config": {"materialized": materialized, "partition": "school_date"}}
    context = {
        "builds_whole": lambda: False,
        "config": {"severity": severity},
        "graph": {"nodes": {"model.homework": tested}},
        "model": {"attached_node": "model.homework", "test_metadata": {"name": name, "kwargs": asked}},
        "return": said.append,
    }
    Project().macros["is_told_by_partition"].make_module(context).is_told_by_partition()
    assert said[0] is is_told


@pytest.mark.soak
def test_ten_nights_of_all_dirt_by_partition_are_ten_nights_made_whole(tmp_path: Path) -> None:
    city = City(tmp_path, registry.load(registry.HOUSE))
    city.exported("all", 10)
    for n in range(10):
        night = FIRST + timedelta(days=n)
        city.taken(night)
        whole = city.built_whole(night)
        city.built(night)
        assert differing(content_of(city.lake), whole) == [], night
