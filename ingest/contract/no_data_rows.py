"""Rows that are no data, each with its reason: blank and number-only rows, totals, the row that numbers the columns
(甲 乙 1 2 …), repeated headers and the titles above them, examples, notes.

Add here: another kind of row that people put between data.
Stays out: wrong data (`ingest.contract.wrong_values`, `ingest.contract.repeated_keys`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from ingest import sql
from ingest.contract.repeated_keys import key_of
from ingest.contract.slice_of_row import slice_of
from registry.codes import code_key, code_of
from registry.model import Column, Feed, Register
from registry.reading import is_one_of
from registry.types import CLEAN, CODE_KEY

_TOTAL_PATTERN = (
    "^(合计|小计|总计|共计|总和|平均|平均分|均分|平均值|最高分|最低分|及格率|优秀率|标准差|"
    "total|subtotal|grandtotal)([:：(（].*)?$"
)
_EXAMPLE_PATTERN = (
    "^[【(（\\[]?(示例|样例|范例|填写示例|填写样例|例|例子|例如|example)(数据|行)?[0-9]*[】)）\\]]?([:：、.].*)?$"
    "|^.*[【(（\\[](示例|样例|范例|example)[】)）\\]]$"
)
_NOTE_PATTERN = (
    "^(注|备注|说明|填表说明|填报说明|填表|制表|审核|打印|导出|填报|数据来源|note|notes|remarks?|source|printed|exported)"
    "(人|时间|日期)?[0-9]*[:：].*$|^共[0-9]+(人|名|条|行|条记录)[。.]?$"
)
_SPACE_PATTERN = r"[\s\x{00A0}\x{3000}]"
_HOLLOW = "hollow"
_MAX_NOTE_CELLS = 2  # a note may fill so many cells of the contract


def skip_no_data_rows(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Fill `skipped_row` with the rows that are no data."""
    columns = [sql.name(c.name) for c in feed.loaded_columns]
    filled = " + ".join(f"({c} IS NOT NULL)::INTEGER" for c in columns)
    space = sql.text(_SPACE_PATTERN)
    connection.execute(f"""
        INSERT INTO skipped_row
        SELECT _file, _row, reason FROM (
            SELECT _file, _row, CASE
                WHEN _first IS NULL THEN 'blank'
                WHEN first_text = '' THEN '{_HOLLOW}'
                WHEN regexp_matches(first_text, {sql.text(_TOTAL_PATTERN)}) THEN 'total'
                WHEN first_text = '甲' THEN 'index'
                WHEN regexp_matches(first_text, {sql.text(_EXAMPLE_PATTERN)}) OR {_is_example_name(feed)} THEN 'example'
                WHEN regexp_matches(first_text, {sql.text(_NOTE_PATTERN)}) AND {filled} <= {_MAX_NOTE_CELLS} THEN 'note'
            END AS reason
            FROM (SELECT *, regexp_replace(lower({_first_data_cell(columns)}), {space}, '', 'g') AS first_text FROM src
                  WHERE _surplus IS NULL AND (_first IS NULL OR unicode(_first) > 90 OR length(_first) < 12
                      OR length(_first) < 18 AND unicode(_first) > 57 OR _first LIKE 'E%' OR {_is_example_name(feed)}))
        ) WHERE reason IS NOT NULL""")
    _resolve_hollow_rows(connection, columns)
    repeated = connection.execute(f"""
        INSERT INTO skipped_row SELECT _file, _row, 'header' FROM src ANTI JOIN skipped_row USING (_file, _row)
        WHERE {_is_header(feed)}""").fetchone()
    no_rest = f"coalesce(cardinality({sql.name(feed.rest)}), 0) = 0" if feed.rest else "true"
    if repeated != (0,):
        _skip_titles(connection, f"_surplus IS NULL AND {filled} = 1 AND {no_rest}")
    numbered = f"{columns[0]} IS NULL AND coalesce({', '.join(columns)}, NULL) IS NULL AND {no_rest}"
    connection.execute(f"""
        INSERT INTO skipped_row SELECT _file, _row, 'numbered' FROM src ANTI JOIN skipped_row USING (_file, _row)
        WHERE _surplus IS NULL AND _first IS NOT NULL AND {numbered}""")


def _skip_titles(connection: duckdb.DuckDBPyConnection, is_title: str) -> None:
    """Skip the titles (二班, 续表) that stand right above a repeated header, one cell a row."""
    connection.execute(f"""
        INSERT INTO skipped_row
        WITH RECURSIVE heading AS (
            SELECT _file, _row FROM skipped_row WHERE _reason = 'header'
            UNION
            SELECT src._file, src._row FROM src JOIN heading
            ON src._file = heading._file AND src._row + 1 = heading._row AND {is_title})
        SELECT _file, _row, 'note' FROM heading ANTI JOIN skipped_row USING (_file, _row)""")


def _first_data_cell(columns: Sequence[str]) -> str:
    """The first cell of a row, or the one after its row number, if that is a column's."""
    return (
        f"CASE WHEN regexp_full_match(_first, '[0-9]{{1,5}}') THEN coalesce({', '.join(columns)}, _first) "
        "ELSE _first END"
    )


def _is_header(feed: Feed) -> str:
    """Whether a row repeats the header, as on the second page of a print: its mandatory columns hold their headers."""
    holds_header = {c.name: is_one_of(sql.name(c.name), _header_forms(c)) for c in feed.loaded_columns}
    mandatory = [
        name for name in holds_header if name in feed.key or next(c for c in feed.columns if c.name == name).required
    ]
    header_count = " + ".join(f"{condition}::INTEGER" for condition in holds_header.values())
    return " AND ".join(
        [*(holds_header[name] for name in mandatory), f"({header_count}) >= {min(2, len(holds_header))}"]
    )


def _header_forms(column: Column) -> list[str]:
    """A column's headers as written in a file, with and without the star of a mandatory column."""
    return [star + header for header in column.headers for star in ("", "*")]


def _is_example_name(feed: Feed) -> str:
    """Whether the name of a row's person marks it as an example."""
    name = next((sql.name(c.name) for c in feed.loaded_columns if c.type == "name"), None)
    if name is None:
        return "false"
    text = f"regexp_replace(lower({name}), {sql.text(_SPACE_PATTERN)}, '', 'g')"
    likely = f"contains({name}, '例') OR contains({name}, 'xample')"
    return f"CASE WHEN {likely} THEN regexp_matches({text}, {sql.text(_EXAMPLE_PATTERN)}) ELSE false END"


def _resolve_hollow_rows(connection: duckdb.DuckDBPyConnection, columns: Sequence[str]) -> None:
    """Rows whose first cell holds only spaces are blank if all others do too, and data if not."""
    if not connection.execute(f"SELECT 1 FROM skipped_row WHERE _reason = '{_HOLLOW}' LIMIT 1").fetchone():
        return
    has_text = f"coalesce({', '.join(f'{CLEAN}({c})' for c in columns)}, NULL) IS NOT NULL"
    connection.execute(f"""
        DELETE FROM skipped_row WHERE _reason = '{_HOLLOW}' AND (_file, _row) IN (
            SELECT (_file, _row) FROM src SEMI JOIN skipped_row USING (_file, _row) WHERE {has_text})""")
    connection.execute(f"UPDATE skipped_row SET _reason = 'blank' WHERE _reason = '{_HOLLOW}'")


def deletion_condition(feed: Feed, register: Register) -> str | None:
    """SQL condition on a row that deletes its key, whichever name of the code its status has; None where no row of
    the feed does.
    """
    if feed.batch == "delete":
        return f"{key_of(feed)} IS NOT NULL"
    if feed.status_column is None or not feed.deleted_values:
        return None
    column = next(c for c in feed.columns if c.name == feed.status_column)
    codes = code_of(register, column.code_set, feed.source) if column.code_set else {}
    deleting = {code_key(value) for value in feed.deleted_values}
    deleting |= {written for written, code in codes.items() if code_key(code) in deleting}
    return f"{CODE_KEY}({sql.name(column.name)}) IN ({sql.texts(sorted(deleting))})"


def skip_deletions(connection: duckdb.DuckDBPyConnection, feed: Feed, register: Register) -> None:
    """Skip the rows that delete a key (by their status, or all of the feed's), and enter their keys, checked like
    others, in `deleted_key`.
    """
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE deleted_key (_file INTEGER, _row BIGINT, _slice VARCHAR, _key VARCHAR)"
    )
    is_deletion = deletion_condition(feed, register)
    if is_deletion is None:
        return
    connection.execute(f"""
        INSERT INTO deleted_key
        SELECT _file, _row, {slice_of(feed)}, {key_of(feed)} FROM src JOIN files USING (_file)
        ANTI JOIN (SELECT _file, _row FROM skipped_row UNION ALL SELECT _file, _row FROM violation
                   WHERE _severity = 'row' AND _column IN ({sql.texts(["", *feed.key])})) AS violation
        USING (_file, _row)
        WHERE {is_deletion}""")
    connection.execute("INSERT INTO skipped_row SELECT _file, _row, 'deleted' FROM deleted_key")
