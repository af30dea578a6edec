"""Rows of a table that are no data.

Lives here: blank rows, rows with nothing but a number, total rows, example rows and notes, each by its reason.
Add here: another kind of row that people put between data.
Stays out: rows that are data and wrong (`values`, `keys`).
"""

from __future__ import annotations

import duckdb

from ingest import sql
from ingest.contract.keys import key_of
from ingest.contract.slices import slice_of
from registry.model import Feed
from registry.types import CLEAN

_TOTAL = (
    "^(合计|小计|总计|共计|总和|平均|平均分|均分|平均值|最高分|最低分|及格率|优秀率|标准差|"
    "total|subtotal|grandtotal)([:：(（].*)?$"
)
_EXAMPLE = "^[【(（\\[]?(示例|样例|范例|填写示例|例)[0-9]*[】)）\\]]?([:：、.].*)?$"
_NOTE = "^(注|备注|说明|填表说明|填报说明|填表|制表|审核|打印|导出)(人|时间|日期)?[:：].*$"
_FEW = 2                                # cells of the contract that a note may fill


def find(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Fill `skipped`."""
    columns = [sql.name(c.name) for c in feed.loaded_columns]
    filled = " + ".join(f"({c} IS NOT NULL)::INTEGER" for c in columns)
    hollow = f"coalesce({', '.join(f'{CLEAN}({c})' for c in columns)}, NULL) IS NULL"
    connection.execute(f"""
        INSERT INTO skipped
        SELECT _file, _row, reason FROM (
            SELECT _file, _row, CASE
                WHEN _first IS NULL OR (said = '' AND {hollow}) THEN 'blank'
                WHEN regexp_matches(said, {sql.text(_TOTAL)}) THEN 'total'
                WHEN regexp_matches(said, {sql.text(_EXAMPLE)}) THEN 'example'
                WHEN regexp_matches(said, {sql.text(_NOTE)}) AND {filled} <= {_FEW} THEN 'note'
            END AS reason
            FROM (SELECT *, regexp_replace(lower(_first), '[\\s\\x{{00A0}}\\x{{3000}}]', '', 'g') AS said FROM src
                  WHERE _surplus IS NULL AND (_first IS NULL OR unicode(_first) > 90 OR length(_first) < 12))
        ) WHERE reason IS NOT NULL""")
    numbered = f"{columns[0]} IS NULL AND coalesce({', '.join(columns)}, NULL) IS NULL"
    if feed.rest:
        numbered += f" AND coalesce(cardinality({sql.name(feed.rest)}), 0) = 0"
    connection.execute(f"""
        INSERT INTO skipped SELECT _file, _row, 'numbered' FROM src ANTI JOIN skipped USING (_file, _row)
        WHERE _surplus IS NULL AND _first IS NOT NULL AND {numbered}""")


def deleted(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Skip the rows whose status says that they are gone; `deleted` keeps their keys. Run when the keys are checked."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE deleted (_file INTEGER, _row BIGINT, _slice VARCHAR, _key VARCHAR)"
    )
    if feed.status_column is None or not feed.deleted_values:
        return
    status = f"lower({CLEAN}({sql.name(feed.status_column)}))"
    connection.execute(f"""
        INSERT INTO deleted
        SELECT _file, _row, {slice_of(feed)}, {key_of(feed)} FROM src JOIN files USING (_file)
        ANTI JOIN (SELECT _file, _row FROM skipped UNION ALL SELECT _file, _row FROM found
                   WHERE _severity = 'row' AND _column IN ({sql.texts(["", *feed.key])})) AS wrong
        USING (_file, _row)
        WHERE {status} IN ({sql.texts(v.lower() for v in feed.deleted_values)})""")
    connection.execute("INSERT INTO skipped SELECT _file, _row, 'deleted' FROM deleted")
