"""The storage of the lake against a plain table: what is updated, deleted, compacted and expired in any order stays the
same rows.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from warehouse.lake import Lake, connect_lake, create_lake

Step = Callable[[duckdb.DuckDBPyConnection, random.Random], None]
LAKE, PLAIN = "lake.raw.t", "memory.main.t"


def _both(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    for table in (LAKE, PLAIN):
        connection.execute(sql.format(t=table))


def _insert(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    first, rows = draw.randrange(1_000_000), draw.choice([1, 3, 9, 10, 11, 400])
    _both(connection, f"insert into {{t}} select i, 'v' || (i % 7) from range({first}, {first + rows}) as r(i)")


def _update(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    _both(connection, f"update {{t}} set v = 'u{draw.randrange(100)}' where i % {draw.randrange(2, 60)} = 0")


def _delete(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    _both(connection, f"delete from {{t}} where i % {draw.randrange(3, 90)} = {draw.randrange(3)}")


def _few(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    """Delete one to five rows: the change that the catalog would take in by itself."""
    rows = connection.execute(f"select distinct i from {PLAIN} order by i").fetchall()
    chosen = draw.sample(rows, min(len(rows), draw.randrange(1, 6)))
    if chosen:
        _both(connection, f"delete from {{t}} where i in ({', '.join(str(i) for (i,) in chosen)})")


def _torn(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    connection.execute("begin")
    connection.execute(f"delete from {LAKE} where i % 2 = 0; insert into {LAKE} values (-1, 'torn')")
    connection.execute("rollback")


def _merge(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    connection.execute("call ducklake_merge_adjacent_files('lake')")


def _rewrite(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    connection.execute("call ducklake_rewrite_data_files('lake')")


def _expire(connection: duckdb.DuckDBPyConnection, draw: random.Random) -> None:
    connection.execute("call ducklake_expire_snapshots('lake', older_than => now())")
    connection.execute("call ducklake_cleanup_old_files('lake', cleanup_all => true)")


STEPS: tuple[Step, ...] = (_insert, _insert, _update, _delete, _few, _few, _torn, _merge, _rewrite, _expire)


def _live(root: Path, seed: int, steps: int) -> None:
    """A table's life in random order. Each step compares the lake's rows with the plain table's."""
    draw, lake = random.Random(seed), Lake(root / f"lake-{seed}")
    create_lake(lake)
    plain = root / f"plain-{seed}.parquet"
    names: list[str] = []
    with connect_lake(lake) as connection:
        _both(connection, "create or replace table {t} as select i, 'v' || (i % 7) as v from range(50) as r(i)")
        for _ in range(steps):
            step = draw.choice(STEPS)
            names.append(step.__name__)
            step(connection, draw)
            lost = connection.execute(f"from {PLAIN} except all from {LAKE}").fetchall()
            more = connection.execute(f"from {LAKE} except all from {PLAIN}").fetchall()
            assert (lost[:3], more[:3]) == ([], []), f"seed {seed} after {names[-12:]}"
        connection.execute(f"copy {PLAIN} to '{plain}'; drop table {PLAIN}")
    with connect_lake(lake, read_only=True) as connection:
        again = f"(from '{plain}' except all from {LAKE}) union all (from {LAKE} except all from '{plain}')"
        assert connection.execute(again).fetchall() == [], f"seed {seed}, opened again"


def test_a_table_that_is_changed_compacted_and_expired_stays_the_same_rows(tmp_path: Path) -> None:
    _live(tmp_path, seed=1, steps=40)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(2, 42))
def test_many_lives_of_a_table_stay_the_same_rows(tmp_path: Path, seed: int) -> None:
    _live(tmp_path, seed, steps=150)
