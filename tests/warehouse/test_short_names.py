"""Short names: keyed, apart by kind, and kept for the person in the lake."""

from __future__ import annotations

import duckdb

from warehouse.disclosure.pseudonyms import hmac_sm3
from warehouse.disclosure.short_names import TABLE, installed, short_names


def test_a_short_name_needs_the_secret_and_is_another_for_each_kind() -> None:
    one, other = short_names(bytes(32)), short_names(bytes([1] * 32))
    assert one("file_name", "张三.csv") == short_names(bytes(32))("file_name", "张三.csv")
    shown = {one("file_name", "张三.csv"), one("member", "张三.csv"), other("file_name", "张三.csv")}
    assert len(shown) == 3
    assert not any(hmac_sm3(bytes(32))("张三.csv").startswith(name) for name in shown)
    assert {len(name) for name in shown} == {16}


def test_what_a_short_name_stands_for_is_kept_once() -> None:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake; create schema lake.disclosure")
        for _ in range(2):
            with installed(connection, bytes(32)):
                files = "(values ('a.csv'), (null), ('a.csv'), ('b.csv')) as files(name)"
                rows = connection.execute(f"select short_name('file_name', name) from {files}").fetchall()
        found = [name for (name,) in rows]
        kept = connection.execute(f"select kind, value, short_name from {TABLE} order by value").fetchall()
    assert kept == [("file_name", "a.csv", found[0]), ("file_name", "b.csv", found[3])]
    assert found[1] is None
