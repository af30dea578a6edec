"""Rows said twice.

Lives here: the key of a row as text, exact repetitions (skipped) and second rows of a key (quarantined).
Add here: another way in which two rows can be one.
Stays out: the same person in two slices; the staging models choose between those.
"""

from __future__ import annotations

import duckdb

from ingest import sql
from registry.model import Column, Feed
from registry.types import CLEAN

_PLAIN = "[0-9A-Za-z_-]+"
_UPPER = ("id_number", "student_number", "uscc")


def key_of(feed: Feed) -> str:
    """The key of a row: its cleaned key columns, joined by |. NULL where one of them is blank, but for columns that
    need not be `filled` beside others that must: those are '' in the key.
    """
    columns = [next(c for c in feed.columns if c.name == name) for name in feed.key]
    certain = any(c.filled for c in columns)
    return " || '|' || ".join(f"coalesce({_part(c)}, '')" if certain and not c.filled else _part(c) for c in columns)


def content_of(feed: Feed) -> str:
    """All that a row says, as text: equal where two rows are equal, in whatever order their file had the
    columns.
    """
    parts = [f"coalesce({sql.name(c.name)}, '')" for c in feed.loaded_columns]
    if feed.rest:
        parts.append(f"to_json({sql.name(feed.rest)})::VARCHAR")
    return f"concat({', chr(31), '.join(parts)})"


def find(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Skip exact repetitions (`skipped`) and add second rows of a key to `found`.

    Rows are compared within a slice's file or files of the night, and within all files that speak for every
    slice; files that change rows by key each alone. The first row stays. Rows that are skipped or already
    quarantined do not count.
    """
    key = key_of(feed)  # compared by its hash first: a collision only costs a look
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE out AS
        SELECT _file, _row FROM skipped UNION SELECT _file, _row FROM found WHERE _severity = 'row'""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE twice AS
        SELECT hash(_pool, {key}) AS _twin FROM src JOIN files USING (_file) ANTI JOIN out USING (_file, _row)
        GROUP BY ALL HAVING count(*) > 1""")
    connection.execute("DELETE FROM twice WHERE _twin IN (SELECT hash(_pool, NULL::VARCHAR) FROM files)")  # no key
    if not connection.execute("SELECT 1 FROM twice LIMIT 1").fetchone():
        return
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE repeated AS
        SELECT _file, _row, _key,
            row_number() OVER (PARTITION BY _pool, _key ORDER BY _file, _row) AS nth,
            row_number() OVER (PARTITION BY _pool, _key, _said ORDER BY _file, _row) AS nth_said
        FROM (SELECT _file, _row, _pool, {key} AS _key, md5({content_of(feed)}) AS _said
              FROM src JOIN files USING (_file) ANTI JOIN out USING (_file, _row))
        SEMI JOIN twice ON hash(_pool, _key) = _twin WHERE _key IS NOT NULL""")
    connection.execute("INSERT INTO skipped SELECT _file, _row, 'duplicate_row' FROM repeated WHERE nth_said > 1")
    connection.execute(f"""
        INSERT INTO found SELECT _file, _row, 'duplicate_key', 'row', {sql.text(feed.key[-1])}, _key
        FROM repeated WHERE nth > 1 AND nth_said = 1""")


def later(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Of files that change rows by key, the last that names a key counts: what others say of it is skipped."""
    several = connection.execute("SELECT count(*) FROM files WHERE _by_key").fetchone()
    if several is None or several[0] < 2:
        return
    connection.execute(f"""
        INSERT INTO skipped
        SELECT _file, _row, if(_said = last_said, 'duplicate_row', 'superseded') FROM (
            SELECT *, max(_file) OVER same AS last, arg_max(coalesce(_said, ''), _file) OVER same AS last_said
            FROM (
                SELECT _file, _row, _scope, {key_of(feed)} AS _key, md5({content_of(feed)}) AS _said
                FROM src JOIN files USING (_file) ANTI JOIN skipped USING (_file, _row)
                ANTI JOIN (SELECT _file, _row FROM found WHERE _severity = 'row') AS wrong USING (_file, _row)
                WHERE _by_key
                UNION ALL
                SELECT _file, _row, _scope, _key, NULL FROM deleted JOIN files USING (_file)
            ) WHERE _key IS NOT NULL WINDOW same AS (PARTITION BY _scope, _key)
        ) WHERE _file < last AND _said IS NOT NULL""")


def _part(column: Column) -> str:
    value = sql.name(column.name)
    clean = f"CASE WHEN regexp_full_match({value}, '{_PLAIN}') THEN {value} ELSE {CLEAN}({value}) END"
    return f"upper({clean})" if column.type in _UPPER else clean
