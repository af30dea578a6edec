"""Large csv and json-lines files, vectorised by DuckDB.

Lives here: the statements that turn a UTF-8 text of even rows into the Parquet shape of `rows`. Where a text
is not even DuckDB stops, and the caller takes the way cell by cell.
Add here: another text format that DuckDB reads.
Stays out: encodings and counting (`decode`), which happen before and apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingest import sql
from ingest.layout import Layout
from ingest.naming import Names
from ingest.readers.delimited import Dialect
from ingest.rows import FIRST, SURPLUS
from registry.model import Feed

_TEXT = "VARCHAR"
# Read once and thrown away: packing it would cost more than it saves.
_FORMAT = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1000"
_NONE = "''"


def csv_rows(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    target: Path,
    feed: Feed,
    layout: Layout,
    *,
    dialect: Dialect,
    cells: int,
) -> int:
    """Write the rows of a headerless UTF-8 csv, `cells` wide, to Parquet; how many.

    Raises duckdb.Error where the rows are uneven.
    """
    places = [f"c{n}" for n in range(cells)]
    kinds = ", ".join(f"{sql.text(c)}: 'VARCHAR'" for c in places)
    reader = (
        f"read_csv({sql.text(source)}, auto_detect=false, header=false, delim={sql.text(dialect.separator)}, "
        f"quote='\"', escape='\"', columns={{{kinds}}}, strict_mode=true, null_padding=false, "
        "ignore_errors=false)"
    )
    columns = {name: places[place] for name, place in layout.columns.items() if place < cells}
    rest = [(header, places[place]) for header, place in layout.rest if place < cells]
    return _copy(connection, reader, target, feed, columns, rest, places)


def json_rows(
    connection: duckdb.DuckDBPyConnection,
    source: Path,
    target: Path,
    feed: Feed,
    keys: Sequence[str],
    names: Names,
) -> int:
    """Write the objects of a UTF-8 json-lines file to Parquet; how many.

    `keys` are those of the first objects; a column they lack may follow later under one of its headers. A
    feed with `rest` does not come this way, since any key may follow later. Raises duckdb.Error where a line
    is no object.
    """
    found = {c: [k for k in keys if names.column(k) == c.name] or list(c.headers) for c in feed.loaded_columns}
    columns = {
        column.name: f"coalesce({', '.join(f'nullif({sql.name(k)}, {_NONE})' for k in theirs)}, NULL)"
        for column, theirs in found.items()
    }
    wanted = dict.fromkeys([*keys, *(key for theirs in found.values() for key in theirs)])
    kinds = ", ".join(f"{sql.text(key)}: 'VARCHAR'" for key in wanted)
    reader = (
        f"read_json({sql.text(source)}, format='newline_delimited', records='true', columns={{{kinds}}}, "
        "maximum_object_size=16777216)"
    )
    return _copy(
        connection,
        reader,
        target,
        feed,
        columns,
        [],
        [f"nullif({sql.name(k)}, {_NONE})" for k in wanted],
    )


def _copy(
    connection: duckdb.DuckDBPyConnection,
    reader: str,
    target: Path,
    feed: Feed,
    columns: dict[str, str],
    rest: list[tuple[str, str]],
    cells: Sequence[str],
) -> int:
    nothing = f"NULL::{_TEXT}"
    chosen = [f"{columns.get(c.name, nothing)} AS {sql.name(c.name)}" for c in feed.loaded_columns]
    if feed.rest:
        chosen.append(f"{_map(rest)} AS {sql.name(feed.rest)}")
    chosen += [f"coalesce({', '.join(cells)}, {nothing}) AS {FIRST}", f"{nothing} AS {SURPLUS}"]
    counted = connection.execute(
        f"COPY (SELECT {', '.join(chosen)} FROM {reader}) TO {sql.text(target)} ({_FORMAT})"
    ).fetchone()
    return int(counted[0]) if counted else 0


def _map(rest: list[tuple[str, str]]) -> str:
    entries = ", ".join(f"{{'key': {sql.text(header)}, 'value': {cell}}}" for header, cell in rest)
    if not entries:
        return "MAP {}::MAP(VARCHAR, VARCHAR)"
    return f"map_from_entries(list_filter([{entries}], lambda e: e.value IS NOT NULL))"
