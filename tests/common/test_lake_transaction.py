"""No commit names a file that is not on the disk."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from common.lake_transaction import transaction
from tests import disk
from tests.disk import Disk
from warehouse.lake import Lake, connect_lake, create_lake


class Watching:
    """A connection that notes at each commit which files and folders of the lake are not on the disk."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, lake: Lake, seen: Disk) -> None:
        self._connection, self.lake, self.seen = connection, lake, seen
        self.lacking: list[list[str]] = []

    def __getattr__(self, name):
        return getattr(self._connection, name)

    def commit(self) -> None:
        self.lacking.append(self.seen.lacks(self.lake.data.rglob("*")))
        self._connection.commit()


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = Lake(tmp_path_factory.mktemp("lake"))
    create_lake(made)
    return made


@pytest.fixture
def connection(lake: Lake) -> Iterator[Watching]:
    with disk.watched() as seen, connect_lake(lake) as connected:
        yield Watching(connected, lake, seen)


def test_a_commit_before_the_bytes_that_it_names(connection: Watching):
    with transaction(connection):
        connection.execute("create table lake.raw.pupil as select range as number from range(10)")
        connection.execute("create table lake.raw.parts (number bigint, part bigint)")
        connection.execute("alter table lake.raw.parts set partitioned by (part)")
        connection.execute("insert into lake.raw.parts select range, range % 3 from range(10)")
    with transaction(connection):
        connection.execute("update lake.raw.pupil set number = 100 where number = 1")
        connection.execute("delete from lake.raw.parts where number = 2")
    assert connection.lacking == [[], []]
    assert len(list(connection.lake.data.rglob("*-delete.parquet"))) == 2


def test_a_statement_outside_would_be_seen(connection: Watching):
    connection.execute("create table lake.raw.outside as select range as number from range(10)")
    lacking = connection.seen.lacks(connection.lake.data.glob("raw/outside/*"))
    assert len(lacking) == 1


def test_what_raises_leaves_the_lake_as_it_was(connection: Watching):
    with pytest.raises(ZeroDivisionError):
        _fail(connection)
    assert connection.execute("select 1 from duckdb_tables() where table_name = 'failed'").fetchall() == []


def _fail(connection: Watching) -> None:
    with transaction(connection):
        connection.execute("create table lake.raw.failed as select 1 as number")
        raise ZeroDivisionError


def test_a_plain_database_needs_no_folder(tmp_path: Path):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path / 'plain.duckdb'}' as lake")
        with transaction(connection):
            connection.execute("create table lake.main.pupil as select 1 as number")
        assert connection.execute("from lake.main.pupil").fetchall() == [(1,)]
