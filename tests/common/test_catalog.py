"""The catalog of a lake, asked of one table: also in the middle of a transaction, which must go on."""

import duckdb
import pytest

from common import catalog
from common.lake_transaction import transaction
from warehouse.lake import Lake, connect_lake, create_lake


def test_a_table_that_is_missing_ends_no_transaction(tmp_path):
    lake = Lake(tmp_path / "lake")
    create_lake(lake)
    with connect_lake(lake) as connection:
        with transaction(connection):
            assert catalog.columns(connection, "lake.raw.t") is None
            connection.execute("create table lake.raw.t (i integer, j integer)")
            assert catalog.columns(connection, "lake.raw.t") == ["i", "j"]
        assert catalog.has_table(connection, "lake.raw.t")


def test_a_table_that_cannot_be_asked_is_not_taken_for_one_that_is_missing():
    with duckdb.connect() as connection, pytest.raises(duckdb.BinderException):
        catalog.columns(connection, "lake.raw.t")
