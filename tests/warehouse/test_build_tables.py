"""The night's own database: what goes on is given to it, and what it holds enters the lake whole or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from warehouse.build import build_database
from warehouse.lake import Lake, connect_lake
from warehouse.lake.table_sizes import TableSize, table_sizes


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return tmp_path / "work" / "dbt"


def build(
    lake: Lake, scratch: Path, *statements: str, going_on: tuple[str, ...] = ()
) -> dict[str, TableSize]:
    """A night's build, by hand."""
    build_database.create_build_database(lake, scratch, going_on)
    with duckdb.connect(str(build_database.place(scratch))) as connection:
        for layer in build_database.LAYERS:
            connection.execute(f"create schema if not exists {layer}")
        for statement in statements:
            connection.execute(statement)
    return build_database.load_into_lake(lake, scratch)


def ask(lake: Lake, *sql: str) -> list[list[tuple[Any, ...]]]:
    with connect_lake(lake, read_only=True) as connection:
        return [connection.execute(each).fetchall() for each in sql]


def test_what_goes_on_is_there_as_the_lake_has_it_and_nothing_else_is(lake: Lake, scratch: Path) -> None:
    going_on = ("conformed.ledger", "conformed.never_built")
    build(lake, scratch, "create table conformed.ledger as select 1 as n", "create table marts.m as select 1 as n")
    build(lake, scratch, "insert into conformed.ledger values (2)", going_on=going_on)
    ledger, mart = ask(lake, "select n from lake.conformed.ledger order by n", "select n from lake.marts.m")
    assert (ledger, mart) == ([(1,), (2,)], [(1,)])


def test_a_table_keeps_its_definition_while_its_columns_stay_and_has_tonights_rows_alone(
    lake: Lake, scratch: Path
) -> None:
    defined = "select table_id, begin_snapshot from __ducklake_metadata_lake.ducklake_table where table_name = 'm'"
    defined += " and end_snapshot is null"
    build(lake, scratch, "create table marts.m as select 1 as n, 'a' as name")
    (first,) = ask(lake, defined)
    build(lake, scratch, "create table marts.m as select 2 as n, 'b' as name")
    assert ask(lake, defined, "select * from lake.marts.m") == [first, [(2, "b")]]
    build(lake, scratch, "create table marts.m as select 3::bigint as n, 'c' as name, true as is_new")
    again, rows = ask(lake, defined, "select * from lake.marts.m")
    assert (again != first, rows) == (True, [(3, "c", True)])


def test_a_table_is_as_large_as_what_it_holds_now(lake: Lake, scratch: Path) -> None:
    build(lake, scratch, "create table marts.m as select i from range(1000) as r(i)")
    sizes = build(lake, scratch, "create table marts.m as select 1::bigint as i", "create table marts.none (i int)")
    assert (sizes["marts.m"].rows, sizes["marts.none"]) == (1, TableSize(0, 0)), "and not what older snapshots hold"
    (files,) = ask(lake, "select sum(file_size_bytes) from ducklake_table_info('lake') where table_name = 'm'")
    assert files == [(sizes["marts.m"].bytes,)]
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.t as select i from range(1000) as r(i)")
        connection.execute("delete from lake.raw.t where i % 10 = 0")
        assert table_sizes(connection)["raw.t"].rows == 900


def test_a_word_of_few_is_text_in_the_lake_and_another_nights_words_need_no_new_table(
    lake: Lake, scratch: Path
) -> None:
    defined = "select table_id from __ducklake_metadata_lake.ducklake_table where table_name = 'm'"
    build(lake, scratch, "create table marts.m as select 1 as n, 'a'::enum('a', 'b') as source")
    (first,) = ask(lake, defined)
    build(lake, scratch, "create table marts.m as select 2 as n, 'c'::enum('c') as source")
    again, rows, (kinds,) = ask(lake, defined, "from lake.marts.m", "select typeof(source) from lake.marts.m")
    assert (again, rows, kinds) == (first, [(2, "c")], ("VARCHAR",))


@pytest.mark.parametrize(
    ("rows", "is_kept"),
    [
        ("values (2, 'b'), (1, 'a'), (1, 'a')", True),  # in another order
        ("values (1, 'a'), (2, 'b'), (2, 'b')", False),  # as many rows, and as many values
        ("values (1, 'a'), (1, 'a'), (2, null)", False),
        ("values (1, 'a'), (2, 'b')", False),
        ("select 1, 'a' where false", False),
    ],
)
def test_a_table_of_the_same_rows_keeps_its_files(
    lake: Lake, scratch: Path, rows: str, *, is_kept: bool
) -> None:
    table = "create table marts.m as select n, cast(name as enum('b', 'a'{})) as name from ({}) as rows(n, name)"
    files = "select data_file from ducklake_list_files('lake', 'm', schema => 'marts')"
    build(lake, scratch, table.format("", "values (1, 'a'), (1, 'a'), (2, 'b')"))
    (before,) = ask(lake, files)
    sizes = build(lake, scratch, table.format(", 'c'", rows))
    after, there, expected = ask(lake, files, "from lake.marts.m order by all", f"from ({rows}) order by all")
    assert (after == before, there, sizes["marts.m"].rows) == (is_kept, expected, len(expected))


def test_a_view_follows_what_it_selects_from_and_may_become_a_table(lake: Lake, scratch: Path) -> None:
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.pupils as select '张三' as name")
    # the view's SQL names the lake, which the build sees beside its own database
    view = "create view staging.pupils as select name{} from lake.raw.pupils"

    def staged(more: str) -> list[tuple[Any, ...]]:
        build_database.create_build_database(lake, scratch, ())
        with connect_lake(lake, read_only=True) as connection:
            connection.execute(f"attach '{build_database.place(scratch)}' as build; use build; create schema staging")
            connection.execute(view.format(more))
            connection.execute("use memory.main; detach build")
        build_database.load_into_lake(lake, scratch)
        return ask(lake, "select * from lake.staging.pupils")[0]

    assert staged("") == [("张三",)]
    assert staged(", 1 as n") == [("张三", 1)]
    build(lake, scratch, "create table staging.pupils as select 2 as n")
    assert ask(lake, "select * from lake.staging.pupils") == [[(2,)]]
    assert staged("") == [("张三",)]


def test_a_view_selects_from_the_lakes_tables_and_views_once_it_is_there(lake: Lake, scratch: Path) -> None:
    statements = (
        "create table conformed.pupils as select '张三' as name, 'build.conformed' as said",
        "create view conformed.z_first as select * from build.conformed.pupils",
        'create view conformed.a_second as select name, said from "build"."conformed"."z_first"',
    )
    for _ in range(2):
        build(lake, scratch, *statements)
        assert ask(lake, "from lake.conformed.a_second") == [[("张三", "build.conformed")]]


def test_what_cannot_be_carried_whole_is_not_carried_at_all(
    lake: Lake, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(lake, scratch, "create table marts.a as select 1 as n", "create table marts.b as select 1 as n")
    real = build_database._load_statements
    monkeypatch.setattr(
        build_database, "_load_statements", lambda name, *rest: [*real(name, *rest)] + ["torn"] * ("b" in name)
    )
    with pytest.raises(duckdb.ParserException):
        build(lake, scratch, "create table marts.a as select 2 as n", "create table marts.b as select 2 as n")
    assert ask(lake, "select n from lake.marts.a", "select n from lake.marts.b") == [[(1,)], [(1,)]]
