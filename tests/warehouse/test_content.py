"""Equal content, equal fingerprint; any other content, another."""

from __future__ import annotations

import duckdb
import pytest

from warehouse.release.fingerprint import fingerprint

SELECT = """
    select i, 'x' || i as name, i / 7 as share, date '2025-10-15' + i::int as day, [i, null] as list,
           map {'a': i} as marks, {'b': i} as record, i % 2 = 0 as even, (i / 3)::decimal(10, 2) as money,
           timestamp '2025-10-15 01:02:03.5' as seen, if(i = 3, null, 'n') as hole
    from range(10) as r(i)
"""


def _of(sql: str) -> tuple[int, str]:
    with duckdb.connect() as connection:
        connection.execute(f"create table t as {sql}")
        return fingerprint(connection, "t")


def test_the_order_of_rows_does_not_matter() -> None:
    assert _of(SELECT) == _of(f"{SELECT} order by i desc")


@pytest.mark.parametrize(
    "other",
    [
        f"select * from ({SELECT}) where i > 0",
        f"select * from ({SELECT}) union all select * from ({SELECT}) where i = 1",
        f"select * replace (if(i = 4, share + 1e-13, share) as share) from ({SELECT})",
        f"select * replace (if(hole is null, '', hole) as hole) from ({SELECT})",
        f"select * replace (if(i = 2, [null, i], list) as list) from ({SELECT})",
        f"select * replace (if(i = 2, map {{'b': i}}, marks) as marks) from ({SELECT})",
        f"select * replace (seen + interval 1 microsecond as seen) from ({SELECT})",
        f"select * rename (name as title) from ({SELECT})",
        f"select * replace (i::varchar as i) from ({SELECT})",
    ],
)
def test_any_difference_shows(other: str) -> None:
    assert _of(other)[1] != _of(SELECT)[1]


def test_a_duplicate_row_shows_even_twice() -> None:
    """Sums, not exclusive or: a pair of equal rows must not cancel."""
    assert len({_of(f"select 1 as a from range({n})")[1] for n in (1, 2, 3)}) == 3


def test_the_fingerprint_does_not_move_with_a_version_of_duckdb() -> None:
    """The value is pinned: when it moves, every release id of an unchanged city moves with it."""
    assert _of(SELECT) == (10, "b4cafe3a649d08be179f0757de8d6159fa99590a2c80cb257da7d930f16566e3")


def test_minus_zero_is_zero() -> None:
    assert _of("select 0.0::double as a") == _of("select -0.0::double as a")


def test_an_empty_table_has_a_fingerprint() -> None:
    assert _of("select 1 as a where false")[0] == 0
