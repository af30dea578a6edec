"""Rows of a table that are no data.

Lives here: blank rows, rows with nothing but a number, total rows, the row that numbers the columns (甲 乙 1 2 …),
the header where it stands again, example rows and notes, each by its reason.
Add here: another kind of row that people put between data.
Stays out: rows that are data and wrong (`wrong_values`, `repeated_keys`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ingest import sql
from ingest.contract.repeated_keys import key_of
from ingest.contract.slice_of_row import slice_of
from registry.model import Column, Feed
from registry.types import CLEAN

_TOTAL = (
    "^(合计|小计|总计|共计|总和|平均|平均分|均分|平均值|最高分|最低分|及格率|优秀率|标准差|"
    "total|subtotal|grandtotal)([:：(（].*)?$"
)
_EXAMPLE = (
    "^[【(（\\[]?(示例|样例|范例|填写示例|填写样例|例|例子|例如|example)(数据|行)?[0-9]*[】)）\\]]?([:：、.].*)?$"
    "|^.*[【(（\\[](示例|样例|范例|example)[】)）\\]]$"
)
_NOTE = (
    "^(注|备注|说明|填表说明|填报说明|填表|制表|审核|打印|导出|填报|数据来源|note|notes|remarks?|source|printed|exported)"
    "(人|时间|日期)?[0-9]*[:：].*$|^共[0-9]+(人|名|条|行|条记录)[。.]?$"
)
_SPACE = r"[\s\x{00A0}\x{3000}]"
_HOLLOW = "hollow"
_FEW = 2  # cells of the contract that a note may fill


def find(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Fill `skipped`."""
    columns = [sql.name(c.name) for c in feed.loaded_columns]
    filled = " + ".join(f"({c} IS NOT NULL)::INTEGER" for c in columns)
    connection.execute(f"""
        INSERT INTO skipped
        SELECT _file, _row, reason FROM (
            SELECT _file, _row, CASE
                WHEN _first IS NULL THEN 'blank'
                WHEN said = '' THEN '{_HOLLOW}'
                WHEN regexp_matches(said, {sql.text(_TOTAL)}) THEN 'total'
                WHEN said = '甲' THEN 'index'
                WHEN regexp_matches(said, {sql.text(_EXAMPLE)}) OR {_named(feed)} THEN 'example'
                WHEN regexp_matches(said, {sql.text(_NOTE)}) AND {filled} <= {_FEW} THEN 'note'
            END AS reason
            FROM (SELECT *, regexp_replace(lower({_begins(columns)}), {sql.text(_SPACE)}, '', 'g') AS said FROM src
                  WHERE _surplus IS NULL AND (_first IS NULL OR unicode(_first) > 90 OR length(_first) < 12
                      OR length(_first) < 18 AND unicode(_first) > 57 OR _first LIKE 'E%' OR {_named(feed)}))
        ) WHERE reason IS NOT NULL""")
    _settle_hollow(connection, columns)
    connection.execute(f"""
        INSERT INTO skipped SELECT _file, _row, 'header' FROM src ANTI JOIN skipped USING (_file, _row)
        WHERE {_header_again(feed)}""")
    numbered = f"{columns[0]} IS NULL AND coalesce({', '.join(columns)}, NULL) IS NULL"
    if feed.rest:
        numbered += f" AND coalesce(cardinality({sql.name(feed.rest)}), 0) = 0"
    connection.execute(f"""
        INSERT INTO skipped SELECT _file, _row, 'numbered' FROM src ANTI JOIN skipped USING (_file, _row)
        WHERE _surplus IS NULL AND _first IS NOT NULL AND {numbered}""")


def _begins(columns: Sequence[str]) -> str:
    """The cell that a row begins with; what stands behind a row number, if a column has it."""
    return (
        f"CASE WHEN regexp_full_match(_first, '[0-9]{{1,5}}') THEN coalesce({', '.join(columns)}, _first) "
        "ELSE _first END"
    )


def _header_again(feed: Feed) -> str:
    """Whether a row is the header once more, as on the second page of a print: its certain columns hold their names."""
    said = {c.name: f"{sql.name(c.name)} IN ({sql.texts(_written(c))})" for c in feed.loaded_columns}
    certain = [name for name in said if name in feed.key or next(c for c in feed.columns if c.name == name).required]
    names = " + ".join(f"coalesce({condition}, false)::INTEGER" for condition in said.values())
    return " AND ".join([*(said[name] for name in certain), f"({names}) >= {min(2, len(said))}"])


def _written(column: Column) -> list[str]:
    """A column's names as they stand in a file, with the star that says that it must be filled."""
    return [star + header for header in column.headers for star in ("", "*")]


def _named(feed: Feed) -> str:
    """Whether the name of a row's person says that it is an example."""
    name = next((sql.name(c.name) for c in feed.loaded_columns if c.type == "name"), None)
    if name is None:
        return "false"
    said = f"regexp_replace(lower({name}), {sql.text(_SPACE)}, '', 'g')"
    likely = f"contains({name}, '例') OR contains({name}, 'xample')"
    return f"CASE WHEN {likely} THEN regexp_matches({said}, {sql.text(_EXAMPLE)}) ELSE false END"


def _settle_hollow(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Rows whose first cell holds only spaces are blank if all others do too, and data if not."""
    if not connection.execute(f"SELECT 1 FROM skipped WHERE _reason = '{_HOLLOW}' LIMIT 1").fetchone():
        return
    ink = f"coalesce({', '.join(f'{CLEAN}({c})' for c in columns)}, NULL) IS NOT NULL"
    connection.execute(f"""
        DELETE FROM skipped WHERE _reason = '{_HOLLOW}' AND (_file, _row) IN (
            SELECT (_file, _row) FROM src SEMI JOIN skipped USING (_file, _row) WHERE {ink})""")
    connection.execute(f"UPDATE skipped SET _reason = 'blank' WHERE _reason = '{_HOLLOW}'")


def deleted(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Skip the rows that say what is gone, by their status or all of them; `deleted` keeps their keys, which were
    checked.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE deleted (_file INTEGER, _row BIGINT, _slice VARCHAR, _key VARCHAR)"
    )
    if feed.batch == "delete":
        gone = f"{key_of(feed)} IS NOT NULL"
    elif feed.status_column is None or not feed.deleted_values:
        return
    else:
        told = sql.texts(v.lower() for v in feed.deleted_values)
        gone = f"lower({CLEAN}({sql.name(feed.status_column)})) IN ({told})"
    connection.execute(f"""
        INSERT INTO deleted
        SELECT _file, _row, {slice_of(feed)}, {key_of(feed)} FROM src JOIN files USING (_file)
        ANTI JOIN (SELECT _file, _row FROM skipped UNION ALL SELECT _file, _row FROM found
                   WHERE _severity = 'row' AND _column IN ({sql.texts(["", *feed.key])})) AS wrong
        USING (_file, _row)
        WHERE {gone}""")
    connection.execute("INSERT INTO skipped SELECT _file, _row, 'deleted' FROM deleted")
