"""One dbt process builds the lake, says what became of each model, and lets go of the catalog."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

import registry
from warehouse import artifact_cache, build
from warehouse.build import PHASE, BuildEvent, BuildReport, dbt_run
from warehouse.errors import BuildFailed
from warehouse.lake import Lake, connect_lake
from warehouse.tables import raw_tables

NIGHT = date(2025, 10, 15)
PROJECT = {
    "dbt_project.yml": """
        {name: shuyuan, version: "1.0.0", profile: shuyuan, flags: {partial_parse: true},
         models: {+database: build, +materialized: table, shuyuan: {+schema: marts}}}""",
    "macros/schema.sql": """
        {% macro generate_schema_name(name, node) %}{{ name or target.schema }}{% endmacro %}""",
    "models/pupils.sql": """
        select memory.main.as_name(name) as name, '{{ var("night") }}'::date as night,
               {{ var("register").bureau.areas | length }} as areas, {{ var("feeds") | length }} as feeds,
               '{{ var("codes")["sex|student_registry"]["男"] }}' as code_of_boy
        from lake.raw.student_registry__students""",
    "models/pupils.yml": """
        models: [{name: pupils, description: One row per pupil., columns: [{name: name, description: 姓名,
          data_tests: [{not_null: {config: {severity: warn}}}, unique]}]}]""",
    "models/grades.sql": """
        select cast(grade as integer) as n from lake.raw.student_registry__students""",
    "models/unit_tests.yml": """
        unit_tests: [{name: no_grade, model: grades, given: [], expect: {rows: []}},
                     {name: wrong, model: grades, given: [], expect: {rows: [{n: 7}]}}]""",
}
RAW = "lake.raw.student_registry__students"


def _project(folder: Path, **models: str) -> Path:
    more = {f"models/{name}.sql": sql for name, sql in models.items()}
    for path, text in (PROJECT | more).items():
        file = folder / "project" / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return folder / "project"


@pytest.fixture(scope="module")
def raw(empty_lake: Lake, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(Path(shutil.copytree(empty_lake.root, tmp_path_factory.mktemp("build") / "lake")))
    feed = registry.load(registry.HOUSE).feed("student_registry/students")
    with connect_lake(lake) as connection:
        raw_tables.ensure_raw(connection, [feed])
        connection.execute(
            f"insert into lake.raw.{feed.table} (name, student_number) "
            "values ('张 三', 'G320102201509301234'), (null, '')"
        )
    return lake


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _project(tmp_path_factory.mktemp("good"))


@pytest.fixture(scope="module")
def events() -> list[BuildEvent]:
    """What the build has told while it ran."""
    return []


@pytest.fixture(scope="module")
def built(raw: Lake, register: registry.Register, good: Path, events: list[BuildEvent]) -> BuildReport:
    return build.run(raw, register, NIGHT, good, follow=events.append)


@pytest.fixture
def spoiled(raw: Lake, built: BuildReport, tmp_path: Path) -> Callable[[str], Lake]:
    """A copy of the lake that was built, after a statement."""

    def after(statement: str) -> Lake:
        lake = Lake(Path(shutil.copytree(raw.root, tmp_path / "spoiled")))
        with connect_lake(lake) as connection:
            connection.execute(statement)
        return lake

    return after


def test_the_models_see_the_register_the_night_and_the_types(
    built: BuildReport, raw: Lake, register: registry.Register
) -> None:
    with connect_lake(raw) as connection:
        rows = connection.execute("select * from lake.marts.pupils order by name").fetchall()
    known = len(registry.known_feeds(register))
    assert rows == [(name, NIGHT, len(register.bureau.areas), known, "1") for name in ("张三", None)]


@pytest.mark.soak
def test_a_project_is_read_anew_only_where_it_has_changed(
    raw: Lake, register: registry.Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(artifact_cache, "_folder", lambda kind: tmp_path / "kept" / kind)
    project, commands, dbt = _project(tmp_path, nodes="select {{ graph.nodes | length }} as n"), [], dbt_run._dbt

    def noted(command: str, *rest: Any) -> Any:
        commands.append(command.split(maxsplit=1)[0])
        return dbt(command, *rest)

    monkeypatch.setattr(dbt_run, "_dbt", noted)

    def night(day: date) -> tuple[date, int]:
        build.run(raw, register, day, project)
        with connect_lake(raw) as connection:
            found = connection.execute("select max(night), any_value(n) from lake.marts.pupils, lake.marts.nodes")
            return found.fetchone()  # type: ignore[return-value]

    assert night(NIGHT) == (NIGHT, 5)
    later = NIGHT + timedelta(days=1)
    assert night(later) == (later, 5)
    assert commands == ["parse", "build", "build"]
    (project / "models" / "nodes.sql").write_text("select 7 as n")
    assert night(later) == (later, 7)
    assert commands[3:] == ["parse", "build"]


def test_the_report_says_what_became_of_each_node(built: BuildReport) -> None:
    assert [(n.name, n.kind, n.status) for n in built.nodes if n.kind == "model"] == [
        ("grades", "model", "success"),
        ("pupils", "model", "success"),
    ]
    assert all(n.seconds > 0 for n in built.nodes)
    assert built.seconds >= max(n.seconds for n in built.nodes)


def test_who_follows_a_build_hears_of_each_part_and_how_many_nodes_there_are(
    built: BuildReport, events: list[BuildEvent]
) -> None:
    assert [event.nodes for event in events if event.what == "planned"] == [len(built.nodes)]
    told = [(event.what, event.kind, event.name) for event in events if event.what != "planned"]
    assert {what for what, *_ in told[::2]} == {"begun"}, "one part at a time, so that its processor can be told"
    assert [part for _, *part in told[::2]] == [part for _, *part in told[1::2]]
    nodes = {(node.kind, node.name) for node in built.nodes}
    assert {(kind, name) for _, kind, name in told if kind != PHASE} == nodes
    assert [name for what, kind, name in told if (what, kind) == ("begun", PHASE)] == [
        "read_project", "copy_from_lake", "write_manifest", "load_into_lake"
    ]  # fmt: skip


def test_a_table_is_told_with_its_rows_and_bytes(built: BuildReport) -> None:
    sizes = {node.name: (node.rows, node.bytes) for node in built.nodes}
    assert sizes["pupils"][0] == 2
    assert sizes["pupils"][1] > 0
    assert {size for name, size in sizes.items() if name not in ("pupils", "grades")} == {(None, None)}, "tests"


def test_a_warning_leads_to_its_rows(built: BuildReport, raw: Lake) -> None:
    (warning,) = built.warnings
    assert (warning.model, warning.failures) == ("pupils", 1)
    with connect_lake(raw) as connection:
        assert len(connection.execute(warning.failing_rows.read_text()).fetchall()) == 1


def test_logs_and_artefacts_stay_in_the_nights_scratch(built: BuildReport, raw: Lake) -> None:
    assert built.manifest == build.manifest_path(raw, NIGHT)
    assert built.manifest.is_relative_to(raw.work(NIGHT))
    assert "model.shuyuan.pupils" in json.loads(built.manifest.read_text())["nodes"]
    assert (raw.work(NIGHT) / "dbt" / "logs" / "dbt.log").exists()


def test_a_failed_model_is_named_with_its_reason_and_no_childs_value(
    spoiled: Callable[[str], Lake], register: registry.Register, good: Path
) -> None:
    lake = spoiled(f"insert into {RAW} (name, grade) values ('李四', 'G320102')")
    with pytest.raises(BuildFailed) as caught:
        build.run(lake, register, NIGHT, good)
    said = str(caught.value)
    assert said.startswith("The model grades failed: ")
    assert "Conversion Error" in said
    assert "G320102" not in said
    assert "\n" not in said
    with connect_lake(lake) as connection:
        found = connection.execute("select count(*) from lake.marts.pupils").fetchone()
    assert found == (2,), "the lake is as the build before left it"


def test_a_failed_test_is_named_and_leads_to_its_rows(
    spoiled: Callable[[str], Lake], register: registry.Register, good: Path
) -> None:
    lake = spoiled(f"insert into {RAW} (name) values ('张三')")
    with pytest.raises(BuildFailed, match=r"The test unique_pupils_name of pupils found 1 row\(s\): ") as caught:
        build.run(lake, register, NIGHT, good)
    sql, database = re.findall(r"run the SQL in (\S+) on (\S+) to see them", str(caught.value))[0]
    with duckdb.connect(database, read_only=True) as connection:
        assert len(connection.execute(Path(sql).read_text()).fetchall()) == 1


def test_a_unit_test_is_no_part_of_a_night(built: BuildReport) -> None:
    assert {node.kind for node in built.nodes} == {"model", "test"}


def test_a_unit_test_that_fails_shows_what_was_expected_beside_what_the_model_gives(
    register: registry.Register, good: Path, tmp_path: Path
) -> None:
    right, wrong = sorted(build.unit_tests(good, register, tmp_path), key=lambda test: test.name)
    assert right == build.UnitTest("no_grade", "grades", passed=True, message="")
    assert (wrong.name, wrong.model, wrong.passed) == ("wrong", "grades", False)
    assert wrong.message.split("\n") == ["actual differs from expected:", "", "@@ ,n", "---,7"]


def test_a_project_that_does_not_parse_is_refused_with_its_file(
    register: registry.Register, tmp_path: Path
) -> None:
    with pytest.raises(BuildFailed, match=r"dbt could not start: .*torn"):
        build.parse(_project(tmp_path, torn="select * from {{ ref('nonesuch') }}"), register)


def test_a_project_compiles_without_a_lake(register: registry.Register, tmp_path: Path) -> None:
    manifest = build.compile(_project(tmp_path), register, tmp_path / "target")
    compiled = json.loads(manifest.read_text())["nodes"]["model.shuyuan.pupils"]["compiled_code"]
    assert "'2026-01-01'::date" in compiled
