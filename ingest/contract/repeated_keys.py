"""Repeated keys: the key of a row, exact duplicates (skipped), further rows of a key (quarantined), and whole
lists that came twice.

Stays out: the same person in two slices; staging models choose between those.
"""

from __future__ import annotations

import duckdb

from ingest import sql
from registry.mark_sheets import SUBJECT
from registry.model import Column, Feed
from registry.types import CLEAN

_ONE_SHARED_ROW_IN = 2
_CLEAN_PATTERN = "[0-9A-Za-z_-]+"
_UPPER_CASE_TYPES = ("id_number", "student_number", "uscc")


def key_of(feed: Feed) -> str:
    """SQL expression of a row's key: its cleaned key columns, joined by |. NULL where one of them is blank; columns
    that need not be `filled`, beside others that must, are '' in the key instead. In a score sheet of one row per pupil
    and subject the subject is part of the key.
    """
    columns = [next(c for c in feed.columns if c.name == name) for name in feed.key]
    has_mandatory = any(c.filled for c in columns)
    key = " || '|' || ".join(
        f"coalesce({_key_part(c)}, '')" if has_mandatory and not c.filled else _key_part(c) for c in columns
    )
    if feed.grammar != "marks":
        return key
    return f"{key} || coalesce('|' || {CLEAN}({sql.name(feed.rest or '')}['{SUBJECT}']), '')"


def content_of(feed: Feed) -> str:
    """SQL expression of a row's content as text: equal for equal rows, whatever the column order of their files."""
    parts = [f"coalesce({sql.name(c.name)}, '')" for c in feed.loaded_columns]
    if feed.rest:
        parts.append(f"to_json({sql.name(feed.rest)})::VARCHAR")
    return f"concat({', chr(31), '.join(parts)})"


def find_repeated_keys(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Skip exact duplicates (`skipped_row`) and enter further rows of a key in `violation`.

    Rows are compared within the night's files of a slice, within all files that cover every slice, and within each
    file that changes rows by key. The first row stays. Whole lists of the same things are each compared within
    themselves alone. Rows that are skipped or already
    quarantined do not count.
    """
    key = key_of(feed)  # compared by its hash first; a collision costs only time
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE excluded_row AS
        SELECT _file, _row FROM skipped_row UNION SELECT _file, _row FROM violation WHERE _severity = 'row'""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE repeated_key AS
        SELECT hash(_pool, {key}) AS _key_hash
        FROM src JOIN files USING (_file) ANTI JOIN excluded_row USING (_file, _row)
        GROUP BY ALL HAVING count(*) > 1""")
    no_key = "SELECT hash(_pool, NULL::VARCHAR) FROM files"
    connection.execute(f"DELETE FROM repeated_key WHERE _key_hash IN ({no_key})")
    connection.execute("CREATE OR REPLACE TEMP TABLE list_file (_file INTEGER, _pool INTEGER, differing BIGINT)")
    if not connection.execute("SELECT 1 FROM repeated_key LIMIT 1").fetchone():
        return
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE key_row AS
        SELECT _file, _row, _pool, _key, _content
        FROM (SELECT _file, _row, _pool, {key} AS _key, md5({content_of(feed)}) AS _content
              FROM src JOIN files USING (_file) ANTI JOIN excluded_row USING (_file, _row))
        SEMI JOIN repeated_key ON hash(_pool, _key) = _key_hash WHERE _key IS NOT NULL""")
    _find_lists(connection)
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE nth_row AS
        SELECT _file, _row, _key,
            row_number() OVER (PARTITION BY _pool, _list, _key ORDER BY _file, _row) AS nth,
            row_number() OVER (PARTITION BY _pool, _list, _key, _content ORDER BY _file, _row) AS nth_content
        FROM (SELECT key_row.*, list_file._file AS _list FROM key_row LEFT JOIN list_file USING (_file, _pool))""")
    connection.execute("INSERT INTO skipped_row SELECT _file, _row, 'duplicate_row' FROM nth_row WHERE nth_content > 1")
    connection.execute(f"""
        INSERT INTO violation SELECT _file, _row, 'duplicate_key', 'row', {sql.text(feed.key[-1])}, _key
        FROM nth_row WHERE nth > 1 AND nth_content = 1""")


def _find_lists(connection: duckdb.DuckDBPyConnection) -> None:
    """Enter in `list_file` the files that are whole lists of the same things, and how many of these differ: more than
    half of the rows of each stand in another one, some with other content. Nobody can say here which of them counts.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE list_file AS
        WITH shared_key AS (
            SELECT _pool, _key, (count(DISTINCT _content) > 1)::INTEGER AS differs
            FROM key_row GROUP BY ALL HAVING count(DISTINCT _file) > 1
        ), file_rows AS (
            SELECT _file, count(*) AS rows FROM src ANTI JOIN excluded_row USING (_file, _row)
            WHERE _file IN (SELECT _file FROM key_row) GROUP BY _file
        ), sharing_file AS (
            SELECT _file, _pool, sum(differs)::BIGINT AS differing
            FROM key_row JOIN shared_key USING (_pool, _key) JOIN file_rows USING (_file)
            GROUP BY _file, _pool, rows HAVING count(*) * {_ONE_SHARED_ROW_IN} > rows
        )
        SELECT * FROM sharing_file
        QUALIFY count(*) OVER (PARTITION BY _pool) > 1 AND max(differing) OVER (PARTITION BY _pool) > 0""")


def lists_of_one_slice(connection: duckdb.DuckDBPyConnection) -> list[tuple[list[int], int]]:
    """The files that are whole lists of the same things, and in how many rows; `find_repeated_keys` has found them."""
    rows = connection.execute(
        "SELECT list(_file ORDER BY _file), max(differing) FROM list_file GROUP BY _pool ORDER BY _pool"
    ).fetchall()
    return [(list(numbers), int(differing)) for numbers, differing in rows]


def skip_superseded_rows(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Of files that change rows by key, the last one with a key counts: earlier rows of that key are skipped."""
    file_count = connection.execute("SELECT count(*) FROM files WHERE _by_key").fetchone()
    if file_count is None or file_count[0] < 2:
        return
    connection.execute(f"""
        INSERT INTO skipped_row
        SELECT _file, _row, if(_content = last_content, 'duplicate_row', 'superseded') FROM (
            SELECT *, max(_file) OVER same AS last, arg_max(coalesce(_content, ''), _file) OVER same AS last_content
            FROM (
                SELECT _file, _row, _scope, {key_of(feed)} AS _key, md5({content_of(feed)}) AS _content
                FROM src JOIN files USING (_file) ANTI JOIN skipped_row USING (_file, _row)
                ANTI JOIN (SELECT _file, _row FROM violation WHERE _severity = 'row') AS violation USING (_file, _row)
                WHERE _by_key
                UNION ALL
                SELECT _file, _row, _scope, _key, NULL FROM deleted_key JOIN files USING (_file)
            ) WHERE _key IS NOT NULL WINDOW same AS (PARTITION BY _scope, _key)
        ) WHERE _file < last AND _content IS NOT NULL""")


def _key_part(column: Column) -> str:
    value = sql.name(column.name)
    clean = f"CASE WHEN regexp_full_match({value}, '{_CLEAN_PATTERN}') THEN {value} ELSE {CLEAN}({value}) END"
    return f"upper({clean})" if column.type in _UPPER_CASE_TYPES else clean
