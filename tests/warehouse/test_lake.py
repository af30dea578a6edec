"""A lake is one directory: made once, moved or copied whole, closed to whoever lacks its catalog."""

from __future__ import annotations

import shutil
import stat
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from warehouse.errors import LakeError
from warehouse.lake import Lake, check_lake, connect_lake, create_lake, extensions, write_empty_statistics


def _write(lake: Lake) -> None:
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.t as select '王小明' || i as name from range(5000) as r(i)")


def _count(lake: Lake) -> int:
    with connect_lake(lake, read_only=True) as connection:
        row = connection.execute("select count(*) from lake.raw.t").fetchone()
    return row[0] if row else -1


def test_making_a_lake_again_loses_nothing(lake: Lake) -> None:
    _write(lake)
    create_lake(lake)
    assert _count(lake) == 5000


def test_a_lake_that_was_moved_opens_and_can_be_written(lake: Lake, tmp_path: Path) -> None:
    _write(lake)
    moved = Lake(Path(shutil.move(lake.root, tmp_path / "elsewhere's lake")))
    assert _count(moved) == 5000
    with connect_lake(moved) as connection:
        connection.execute("insert into lake.raw.t select 'x' from range(1000)")
    assert _count(moved) == 6000
    assert not lake.root.exists()


def test_a_copy_of_a_lake_goes_its_own_way(lake: Lake, tmp_path: Path) -> None:
    _write(lake)
    copy = Lake(Path(shutil.copytree(lake.root, tmp_path / "copy", symlinks=True)))
    with connect_lake(copy) as connection:
        connection.execute("delete from lake.raw.t where name <= '王小明2'")
    assert _count(copy) < _count(lake) == 5000


def test_the_parquet_of_a_lake_is_no_use_without_its_catalog(lake: Lake) -> None:
    _write(lake)
    files = list(lake.data.rglob("*.parquet"))
    assert files
    assert all("王小明".encode() not in file.read_bytes() for file in files)
    with pytest.raises(duckdb.Error, match=r"(?i)encrypt"):
        duckdb.read_parquet([str(f) for f in files]).fetchall()


def test_only_the_nights_own_user_enters_the_restricted_zone(lake: Lake) -> None:
    assert [stat.S_IMODE(p.stat().st_mode) for p in (lake.restricted, lake.outbox)] == [0o700, 0o700]


def test_a_lake_of_a_newer_program_is_refused(lake: Lake) -> None:
    lake.layout.write_text("99\n")
    with pytest.raises(LakeError, match="has layout 99, and this program knows up to 1: a newer Shuyuan"):
        create_lake(lake)
    with pytest.raises(LakeError, match="layout 99"), connect_lake(lake):
        pass


def test_a_directory_without_a_lake_is_named(tmp_path: Path) -> None:
    with pytest.raises(LakeError, match=f"There is no lake at {tmp_path}"), connect_lake(Lake(tmp_path)):
        pass


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(LakeError, match="cannot be written"):
        create_lake(Lake(tmp_path / "file" / "lake"))


def test_a_second_connection_is_told_to_wait(lake: Lake) -> None:
    with (
        connect_lake(lake),
        pytest.raises(LakeError, match="is open in this process: close it first"),
        connect_lake(lake),
    ):
        pass


def test_a_reader_cannot_write(lake: Lake) -> None:
    with connect_lake(lake, read_only=True) as connection, pytest.raises(duckdb.Error, match="read-only"):
        connection.execute("create table lake.raw.x as select 1")


def test_the_types_of_the_register_are_at_hand(lake: Lake) -> None:
    with connect_lake(lake) as connection:
        assert connection.execute("select memory.main.as_integer(' 12 ')").fetchone() == (12,)


def test_limits_of_threads_and_memory_are_kept(lake: Lake) -> None:
    with connect_lake(lake, threads=1, memory_limit="512MB") as connection:
        found = connection.execute("select current_setting('threads'), current_setting('memory_limit')").fetchone()
    assert found == (1, "488.2 MiB")


def test_a_lake_is_opened_with_its_own_limit_of_memory_and_never_with_that_of_the_machine(lake: Lake) -> None:
    for opened, limit in {lake: "1.8 GiB", replace(lake, memory_limit="512MB"): "488.2 MiB"}.items():
        with connect_lake(opened) as connection:
            assert connection.execute("select current_setting('memory_limit')").fetchone() == (limit,)


def test_what_does_not_fit_into_memory_is_written_beside_the_lake(lake: Lake) -> None:
    with connect_lake(replace(lake, memory_limit="60MB"), threads=1) as connection:
        connection.execute("create temp table numbers as select hash(range) as number from range(8000000)")
        spilled = connection.execute("select sum(size) from duckdb_temporary_files()").fetchone()
        assert spilled > (0,)
        assert list(lake.spill.iterdir())
        assert connection.execute("select count(distinct number) from numbers").fetchone() == (8000000,)


def test_an_empty_table_has_statistics_and_is_filtered_right_when_it_is_filled(lake: Lake) -> None:
    _write(lake)
    ask = "select record_count from __ducklake_metadata_lake.ducklake_table_stats order by table_id"
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.silent (name varchar, day date, marks map(varchar, varchar))")
        assert connection.execute(ask).fetchall() == [(5000,)]
        write_empty_statistics(connection)
        assert connection.execute(ask).fetchall() == [(5000,), (0,)]
        write_empty_statistics(connection)
        assert connection.execute(ask).fetchall() == [(5000,), (0,)]
        assert connection.execute("select count(*) from lake.raw.silent").fetchall() == [(0,)]
        connection.execute("insert into lake.raw.silent values ('b', date '2025-10-15', null), ('d', null, null)")
        for where, rows in {"name = 'b'": 1, "day > date '2025-01-01'": 1, "day is null": 1, "name is null": 0}.items():
            assert connection.execute(f"select count(*) from lake.raw.silent where {where}").fetchall() == [(rows,)]
    assert _count(lake) == 5000


def test_no_row_of_the_lake_lies_in_its_catalog(lake: Lake) -> None:
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.few as select 1 as i")
        connection.execute("insert into lake.raw.few values (2), (3)")
        connection.execute("delete from lake.raw.few where i = 2")
        assert _inlined(connection) == 0
        assert connection.execute("select i from lake.raw.few order by i").fetchall() == [(1,), (3,)]
    assert len(list(lake.data.rglob("few/*.parquet"))) >= 2


def test_rows_that_an_older_program_left_in_the_catalog_go_into_files(tmp_path: Path) -> None:
    old = Lake(tmp_path / "lake")
    old.restricted.mkdir(parents=True)
    with duckdb.connect(":memory:", config=extensions.config()) as connection:
        for name in extensions.NAMES:
            connection.execute(f"load {name}")
        options = f"data_path '{old.data}/', override_data_path true, encrypted true"
        connection.execute(f"attach 'ducklake:{old.catalog}' as lake ({options})")
        connection.execute("create schema lake.raw; create table lake.raw.few as select 1 as i")
        connection.execute("insert into lake.raw.few values (2)")
        assert _inlined(connection) > 0
    create_lake(old)
    with connect_lake(old) as connection:
        assert _inlined(connection) == 0
        assert connection.execute("select i from lake.raw.few order by i").fetchall() == [(1,), (2,)]


def _inlined(connection: duckdb.DuckDBPyConnection) -> int:
    """Rows of the lake that lie in its catalog."""
    catalog = "__ducklake_metadata_lake"
    tables = connection.execute(f"select table_name from {catalog}.ducklake_inlined_data_tables").fetchall()
    counted = [connection.execute(f"select count(*) from {catalog}.{name}").fetchone() for (name,) in tables]
    return sum(row[0] for row in counted if row)


@pytest.mark.parametrize(
    "left", ["restricted/layout", "restricted/data/a.parquet", "releases/2025-10-15-x/manifest.json"]
)
def test_a_catalog_that_is_gone_is_not_made_anew(tmp_path: Path, left: str) -> None:
    lake = Lake(tmp_path / "lake")
    (lake.root / left).parent.mkdir(parents=True)
    (lake.root / left).write_text("1")
    for opened in (create_lake, check_lake):
        with pytest.raises(LakeError, match=r"catalog.ducklake is missing.*shuyuan restore BACKUP"):
            opened(lake)
        assert not lake.catalog.exists()


@pytest.mark.parametrize("content", [b"", None], ids=["emptied", "another database"])
def test_a_catalog_without_the_lake_in_it_is_not_filled_anew(lake: Lake, content: bytes | None) -> None:
    lake.catalog.unlink()
    if content is None:
        duckdb.connect(lake.catalog).close()
    else:
        lake.catalog.write_bytes(content)
    size = lake.catalog.stat().st_size
    with pytest.raises(LakeError):
        create_lake(lake)
    with pytest.raises(LakeError), connect_lake(lake):
        pass
    assert lake.catalog.stat().st_size == size


def test_a_creation_that_was_cut_short_is_finished(tmp_path: Path) -> None:
    lake = Lake(tmp_path / "lake")
    lake.restricted.mkdir(parents=True)
    duckdb.connect(lake.catalog).close()
    create_lake(lake)
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.t as select 1 as i")


def test_a_damaged_layout_is_no_newer_one(lake: Lake) -> None:
    lake.layout.write_bytes(b"\xff")
    with pytest.raises(LakeError, match=r"layout is damaged.*write 1 into it"):
        check_lake(lake)
