"""Large json-lines files, read by DuckDB into the Parquet schema of `ingest.tables.arrow_rows`.

Where DuckDB fails, the caller reads object by object (`ingest.readers.json_rows`).
Stays out: encodings and counting (`ingest.decoding.utf8_copy`), csv (`ingest.readers.csv_columns`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from ingest import sql
from ingest.tables.arrow_rows import FIRST, SURPLUS
from ingest.tables.header_texts import Names
from registry.model import Feed

# A temporary file, read once: compression would cost more than it saves.
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
    """Write the objects of a UTF-8 json-lines file to Parquet; their number.

    `keys` are those of the first objects; a column they lack may follow later under one of its headers. A
    feed with `rest` is not read this way, since any key may follow later. Raises duckdb.Error where a line
    is no object.
    """
    keys_of = {c: [k for k in keys if names.column(k) == c.name] or list(c.headers) for c in feed.loaded_columns}
    columns = {
        column.name: f"coalesce({', '.join(f'nullif({sql.name(k)}, {_NONE})' for k in own_keys)}, NULL)"
        for column, own_keys in keys_of.items()
    }
    all_keys = dict.fromkeys([*keys, *(key for own_keys in keys_of.values() for key in own_keys)])
    kinds = ", ".join(f"{sql.text(key)}: 'VARCHAR'" for key in all_keys)
    reader = (
        f"read_json({sql.text(source)}, format='newline_delimited', records='true', columns={{{kinds}}}, "
        "maximum_object_size=16777216)"
    )
    null_text = "NULL::VARCHAR"
    expressions = [f"{columns[c.name]} AS {sql.name(c.name)}" for c in feed.loaded_columns]
    first = ", ".join(f"nullif({sql.name(k)}, {_NONE})" for k in all_keys)
    expressions += [f"coalesce({first}, {null_text}) AS {FIRST}", f"{null_text} AS {SURPLUS}"]
    result = connection.execute(
        f"COPY (SELECT {', '.join(expressions)} FROM {reader}) TO {sql.text(target)} ({_FORMAT})"
    ).fetchone()
    return int(result[0]) if result else 0


def values_by_key(connection: duckdb.DuckDBPyConnection, source: Path) -> dict[str, int]:
    """How many objects of a UTF-8 json-lines file have a value under each key, blank texts aside."""
    rows = connection.execute(f"""
        SELECT entry.key, count(*) FROM (
            SELECT unnest(map_entries(json_transform(json, '"MAP(VARCHAR, VARCHAR)"'))) AS entry
            FROM read_json_objects({sql.text(source)}, format='newline_delimited', maximum_object_size=16777216)
        ) WHERE entry.value <> '' GROUP BY ALL""").fetchall()
    return dict(rows)
