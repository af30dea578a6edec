"""Score sheets by what their headers say: files whose marks are none are refused, and each column that the grammar
cannot explain is listed once, with how many values it holds.

Stays out: the grammar (`registry.mark_sheets`), reading headers (`ingest.tables.mark_columns`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from common.delivered_text import delivered
from ingest import sql
from ingest.tables.mark_columns import header_of
from ingest.tables.row_buffer import FileRows
from registry.model import Feed, Register
from registry.types import CLEAN, TYPE_MACROS

_SHOWN_VALUES = 3
_SHOWN_HEADERS = 8


def files_without_marks(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, inputs: Sequence[FileRows]
) -> dict[int, str]:
    """By number, the files of score sheets that have pupils and not one mark or word why there is none; with the
    headers under which none is, and what stands there.
    """
    keys = {n: sorted(r.marks.marks) for n, r in enumerate(inputs) if r.marks is not None}
    if not keys:
        return {}
    table = pa.table(
        {"_file": pa.array(list(keys), pa.int32()), "_keys": pa.array(list(keys.values()), pa.list_(pa.string()))}
    )
    connection.register("arrow_keys", table)
    no_mark = f"{CLEAN}(mark) IN ({sql.texts(register.business_words.no_mark)})"
    is_mark = f"TRY_CAST(mark AS DOUBLE) IS NOT NULL OR {TYPE_MACROS['decimal']}(mark) IS NOT NULL OR {no_mark}"
    rows = connection.execute(f"""
        SELECT _file, coalesce(min(mark), '')
        FROM (SELECT _file, unnest(CASE WHEN _keys = [] THEN [NULL]
                  ELSE list_transform(_keys, lambda _key: {sql.name(feed.rest or "")}[_key]) END) AS mark
              FROM src ANTI JOIN skipped_row USING (_file, _row) JOIN arrow_keys USING (_file))
        GROUP BY _file HAVING NOT bool_or(CASE WHEN mark IS NULL THEN false ELSE {is_mark} END)""").fetchall()
    connection.unregister("arrow_keys")
    return {number: _said(inputs[number], keys[number], mark) for number, mark in rows}


def _said(file_rows: FileRows, keys: Sequence[str], mark: str) -> str:
    """The headers under which no mark is, and what stands there; of a list whose subjects are not known, these."""
    if keys:
        headers = ", ".join(delivered(header_of(key)) for key in keys)
        return headers + (f", and hold such as {delivered(mark)}" if mark else ", and are blank")
    unread = sorted(file_rows.marks.unread) if file_rows.marks else []
    return f"none, for not understood are {', '.join(delivered(header_of(key)) for key in unread[:_SHOWN_HEADERS])}"


def find_unread_headers(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, inputs: Sequence[FileRows]
) -> None:
    """Fill `unread_header` with the columns that hold values and are not read, each with its remedy."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE unread_header (_file INTEGER, _row BIGINT, _rule VARCHAR, _header VARCHAR, "
        "_value VARCHAR, _cell VARCHAR, _nearest VARCHAR, _zh VARCHAR, _en VARCHAR)"
    )
    unread = [
        (number, key, header_of(key), rule, nearest, register.remedy(rule))
        for number, file_rows in enumerate(inputs)
        if file_rows.marks is not None
        for key, (rule, nearest) in sorted(file_rows.marks.unread.items())
    ]
    if not unread:
        return
    names = ("_file", "_key", "_header", "_rule", "_nearest")
    columns = {name: pa.array([line[i] for line in unread]) for i, name in enumerate(names)}
    columns |= {
        "_zh": pa.array([line[5].zh for line in unread]),
        "_en": pa.array([line[5].en for line in unread]),
    }
    connection.register("arrow_unread", pa.table(columns))
    connection.execute(f"""
        INSERT INTO unread_header
        SELECT _file, min(_row), _rule, _header,
            count(*) || ' × ' || array_to_string(list(DISTINCT value ORDER BY value)[1:{_SHOWN_VALUES}], ', '),
            min(value), nullif(_nearest, ''), _zh, _en
        FROM (SELECT _file, _row, unnest(map_keys(cells)) AS _key, unnest(map_values(cells)) AS value
              FROM (SELECT _file, _row, {sql.name(feed.rest or "")} AS cells FROM src
                    ANTI JOIN skipped_row USING (_file, _row)
                    WHERE _file IN (SELECT _file FROM arrow_unread)))
        JOIN arrow_unread USING (_file, _key) GROUP BY ALL""")
    connection.unregister("arrow_unread")
