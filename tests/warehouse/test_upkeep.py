"""A lake of many nights has few files, each of which it needs, and every row that was written."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from common.lake_transaction import transaction
from warehouse.lake import Lake, connect_lake, create_lake, upkeep

ROWS = 3_000
MANY = 4


@pytest.fixture
def lake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lake:
    monkeypatch.setattr(upkeep, "MANY", MANY)
    lake = Lake(tmp_path / "lake")
    create_lake(lake)
    with connect_lake(lake) as connection:
        connection.execute(
            "create table lake.raw.roster (pupil integer, class varchar, known_from integer, known_to integer)"
        )
        connection.execute("create table lake.raw.events (night integer, event integer)")
        connection.execute("create table lake.marts.few (night integer, figure integer)")
    return lake


def live(lake: Lake, nights: range, *, tended: bool = True) -> None:
    """Nights of a roster of which some rows change, of events, and of a table that is written anew each night."""
    for night in nights:
        if tended:
            assert list(upkeep.tend(lake)) == []
        with connect_lake(lake) as connection, transaction(connection):
            changed = f"pupil % 7 = {night % 7}" if night else "true"
            connection.execute(f"update lake.raw.roster set known_to = {night} where known_to is null and {changed}")
            connection.execute(
                f"insert into lake.raw.roster select i, 'c' || {night}, {night}, null from range({ROWS}) as r(i) "
                f"where {changed.replace('pupil', 'i')}"
            )
            connection.execute(f"insert into lake.raw.events select {night}, i from range(1000) as r(i)")
            connection.execute("truncate lake.marts.few")
            connection.execute(f"insert into lake.marts.few select {night}, i from range(10) as r(i)")


def rows(lake: Lake) -> list[object]:
    with connect_lake(lake, read_only=True) as connection:
        names = ("raw.roster", "raw.events", "marts.few")
        return [connection.execute(f"from lake.{name} order by all").fetchall() for name in names]


def files(lake: Lake) -> dict[str, int]:
    """How many data and delete files each table has now."""
    with connect_lake(lake, read_only=True) as connection:
        return dict(
            connection.execute("select table_name, file_count + delete_file_count from ducklake_table_info('lake')")
            .fetchall()
        )  # fmt: skip


def on_disk(lake: Lake) -> int:
    return sum(1 for _ in lake.data.rglob("*.parquet"))


def test_many_nights_leave_the_same_rows_in_few_files(lake: Lake, tmp_path: Path) -> None:
    untended = Lake(tmp_path / "untended")
    create_lake(untended)
    with connect_lake(untended) as connection, connect_lake(lake) as like:
        for name in ("raw.roster", "raw.events", "marts.few"):
            columns = ", ".join(
                f"{column} {kind}" for column, kind, *_ in like.execute(f"describe lake.{name}").fetchall()
            )
            connection.execute(f"create table lake.{name} ({columns})")
    live(lake, range(9))
    live(untended, range(9), tended=False)
    assert rows(lake) == rows(untended)
    assert max(files(lake).values()) < 3 * MANY < max(files(untended).values())
    assert [*upkeep.tend(lake), *upkeep.tend(lake)] == []
    assert on_disk(lake) == sum(files(lake).values())  # what no snapshot needs is deleted
    with connect_lake(lake, read_only=True) as connection:
        assert len(connection.execute("from ducklake_snapshots('lake')").fetchall()) == 1


def test_a_large_file_is_written_once(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    live(lake, range(3))
    with connect_lake(lake) as connection:
        listed = "select data_file from ducklake_list_files('lake', 'events', schema => 'raw')"
        large = {name for (name,) in connection.execute(listed).fetchall()}
    monkeypatch.setattr(upkeep, "SMALL_BYTES", 1)
    live(lake, range(3, 9))
    with connect_lake(lake) as connection:
        assert large <= {name for (name,) in connection.execute(listed).fetchall()}


def test_a_merge_that_changes_a_row_is_undone_and_said(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    live(lake, range(MANY), tended=False)
    before, contents = rows(lake), iter(range(100))
    monkeypatch.setattr(upkeep, "row_sums", lambda *_: next(contents))
    said = list(upkeep.tend(lake))
    assert [sentence.partition(" could")[0] for sentence in said] == [
        "The files of raw.events",
        "The files of raw.roster",
    ]
    assert rows(lake) == before
    assert min(files(lake)[name] for name in ("events", "roster")) >= MANY


def test_an_internal_error_of_a_merge_costs_one_table_its_merge(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> None:
    live(lake, range(MANY), tended=False)
    before, merge = rows(lake), upkeep._merge

    def fail(connection: duckdb.DuckDBPyConnection, table: upkeep._Table) -> None:
        if table.name == "events":
            raise duckdb.InternalException("INTERNAL Error: expected a single output file\nStack Trace: …")
        merge(connection, table)

    monkeypatch.setattr(upkeep, "_merge", fail)
    (sentence,) = upkeep.tend(lake)
    assert sentence.endswith("left as they were: INTERNAL Error: expected a single output file")
    assert rows(lake) == before
    assert files(lake)["roster"] < MANY


def test_a_dead_file_that_is_gone_already_is_no_fault(lake: Lake) -> None:
    live(lake, range(3), tended=False)
    with connect_lake(lake) as connection:
        connection.execute("call ducklake_expire_snapshots('lake', older_than => now())")
        dead = connection.execute(
            "call ducklake_cleanup_old_files('lake', cleanup_all => true, dry_run => true)"
        ).fetchall()
    for path, *_ in dead:  # deleted by a night that was killed before it could say so
        Path(path).unlink()
    before = rows(lake)
    assert dead
    assert list(upkeep.tend(lake)) == []
    assert rows(lake) == before


def test_the_snapshot_of_the_current_release_is_kept_until_files_are_rewritten(lake: Lake) -> None:
    live(lake, range(2), tended=False)
    with connect_lake(lake) as connection:
        numbers = "select list(snapshot_id order by snapshot_id) from ducklake_snapshots('lake')"
        ((before,),) = connection.execute(numbers).fetchall()
    of_release = before[-2]
    lake.release_partitions.write_text(json.dumps({"release": "2025-10-15-0", "snapshot": [of_release, "0"]}))
    assert list(upkeep.tend(lake)) == []
    with connect_lake(lake) as connection:
        ((kept,),) = connection.execute(numbers).fetchall()
        assert kept == before[-2:]
        since = f"from ducklake_table_insertions('lake', 'raw', 'events', {of_release}, {kept[-1]})"
        assert connection.execute(since).fetchall()
    live(lake, range(2, MANY), tended=False)
    assert list(upkeep.tend(lake)) == []
    with connect_lake(lake) as connection:
        assert of_release not in connection.execute(numbers).fetchall()[0][0]
