"""Analysts' SQL reads the current release and nothing else."""

from __future__ import annotations

import os
import tempfile
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

from tests.warehouse.by_hand import NIGHT, Plain
from warehouse.errors import QueryError
from warehouse.lake import Lake
from warehouse.release import current, query


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    hand = Plain(tmp_path_factory.mktemp("query") / "lake")
    hand.publish()
    return hand.lake


def test_a_mart_is_named_with_or_without_its_schema(released: Lake) -> None:
    for name in ("completeness", "marts.completeness"):
        answer = query.run(released, f"select feed, count(*) as n from {name} group by feed")
        assert answer.columns == ("feed", "n")
        assert list(answer.rows) == [("student_registry/students", 3)]


@pytest.mark.parametrize(
    "sql",
    [
        "select * from read_csv('/etc/passwd')",
        "select * from '/etc/passwd'",
        "attach '/tmp/other.duckdb'",
        "copy completeness to '/tmp/stolen.csv'",
        "set enable_external_access = true",
        "load httpfs",
        "create table marts.mine as select 1",
        "delete from completeness",
        "copy completeness to '{release}/marts.duckdb.wal'",
        "explain analyze copy completeness to '{release}/marts.duckdb.wal'",
        "use memory; detach marts; attach '{release}/marts.duckdb' as mine",
        "",
    ],
)
def test_sql_can_neither_write_nor_reach_out(released: Lake, sql: str) -> None:
    with pytest.raises(QueryError, match="The query cannot be answered: "):
        list(query.run(released, sql.format(release=current(released))).rows)


def test_a_pivot_is_a_question(released: Lake) -> None:
    answer = query.run(released, "pivot completeness on arrived using count(*) group by feed")
    assert answer.columns == ("feed", "false", "true")
    assert list(answer.rows) == [("student_registry/students", 1, 2)]


def test_a_question_leaves_nothing_behind_and_its_folder_has_a_name_that_nobody_can_foresee(
    released: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    answer = query.run(released, "select value from duckdb_settings() where name = 'temp_directory'")
    ((folder,),) = answer.rows
    assert Path(folder).parent == tmp_path
    assert str(os.getpid()) not in folder
    with pytest.raises(QueryError):
        query.run(released, "select nonesuch")
    assert list(tmp_path.iterdir()) == []


def test_a_mistake_in_the_sql_is_one_sentence(released: Lake) -> None:
    with pytest.raises(QueryError) as caught:
        query.run(released, "select nonesuch from completeness")
    assert "\n" not in str(caught.value)
    assert "nonesuch" in str(caught.value)


def test_a_lake_without_a_release_says_so(tmp_path: Path) -> None:
    with pytest.raises(QueryError, match="has no release yet: run 'shuyuan night' first"):
        query.run(Lake(tmp_path), "select 1")


def test_an_answer_is_not_disturbed_by_the_next_release(tmp_path: Path) -> None:
    hand = Plain(tmp_path / "lake")
    hand.publish()
    hand.sql["completeness"] = "select 'f' as feed, true as expected, true as arrived from range(30000)"
    hand.publish(NIGHT + timedelta(1), keep=1)
    answer = query.run(hand.lake, "select feed from completeness")
    first = next(answer.rows)
    hand.sql["completeness"] = "select 'g' as feed, true as expected, true as arrived"
    hand.publish(NIGHT + timedelta(2), keep=1)
    assert first == ("f",)
    assert len(list(answer.rows)) == 29999
    assert [p.name[:10] for p in Path(hand.lake.releases).glob("2025*")] == ["2025-10-17"]


def test_a_release_of_the_old_layout_still_opens(tmp_path: Path) -> None:
    """Kept releases of older programs have a schema `marts` in their file."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path}/marts.duckdb' as old; create schema old.marts")
        connection.execute("create table old.marts.completeness as select 'a/b' as feed")
    for name in ("completeness", "marts.completeness"):
        assert list(query.run(Lake(tmp_path / "lake"), f"from {name}", tmp_path).rows) == [("a/b",)]


def test_a_release_opened_by_itself_names_its_marts_both_ways(released: Lake) -> None:
    file = current(released) / "marts.duckdb"  # type: ignore[operator]
    with duckdb.connect(str(file), read_only=True) as connection:
        for name in ("completeness", "marts.completeness"):
            assert connection.execute(f"select count(*) from {name}").fetchall() == [(3,)]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{file}' as anything (read_only); use anything")
        assert connection.execute("select count(*) from completeness").fetchall() == [(3,)]
