"""Large json-lines files, vectorised by DuckDB.

Lives here: the statement that turns a UTF-8 text with an object on every line into the Parquet shape of `arrow_rows`.
Where it stops, the caller takes the way object by object.
Add here: another text format that DuckDB reads.
Stays out: encodings and counting (`utf8_copy`), which happen before and apart; csv (`csv_columns`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingest import sql
from ingest.tables.arrow_rows import FIRST, SURPLUS
from ingest.tables.header_texts import Names
from registry.model import Feed

# Read once and thrown away: packing it would cost more than it saves.
_FORMAT = "FORMAT parquet, COMPRESSION uncompressed, DICTIONARY_SIZE_LIMIT 1000"
_NONE = "''"


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
    nothing = "NULL::VARCHAR"
    chosen = [f"{columns[c.name]} AS {sql.name(c.name)}" for c in feed.loaded_columns]
    first = ", ".join(f"nullif({sql.name(k)}, {_NONE})" for k in wanted)
    chosen += [f"coalesce({first}, {nothing}) AS {FIRST}", f"{nothing} AS {SURPLUS}"]
    counted = connection.execute(
        f"COPY (SELECT {', '.join(chosen)} FROM {reader}) TO {sql.text(target)} ({_FORMAT})"
    ).fetchone()
    return int(counted[0]) if counted else 0
