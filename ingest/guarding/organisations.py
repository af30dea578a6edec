"""The guard of organisations: one that a whole list no longer holds, although the register does not say that it ended.

Where every slice is one organisation's, it is the slice that is missing (`ingest.guarding.rows`).
Stays out: rows and columns.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection
from datetime import date

import duckdb

from common.delivered_text import delivered
from common.night_files import FeedFiles
from ingest import sql
from ingest.contract.unread_cells import DAMAGED_CHARACTER
from ingest.guarding.finding import Finding
from registry.derived import words
from registry.model import Feed, Register

_COLUMNS = ("school_code", "organisation_code")
_LISTED = 5


def column_of(feed: Feed) -> str | None:
    """The column that names the organisation of each row of a list that holds several; None where there is none."""
    if feed.batch != "snapshot" or not feed.guard.by_organisation or feed.slice.by_school:
        return None
    names = [c.name for c in feed.loaded_columns if c.name in _COLUMNS and c.name != feed.slice.column]
    return names[0] if names else None


def missing(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    files: FeedFiles,
    parts: Collection[str],
    night: date,
) -> dict[str, Finding]:
    """By slice of `parts`, all loaded before, the organisations of which it had rows and has none."""
    column = column_of(feed)
    if column is None or not parts:
        return {}
    ended = {o.code for o in register.organisations if o.ended and o.ended <= night}
    rows = connection.execute(
        f"""
        SELECT DISTINCT _slice, {sql.name(column)} FROM lake.raw.{sql.name(feed.table)}
        WHERE _slice IN ({sql.texts(sorted(parts))}) AND _known_from < $1 AND coalesce(_known_to >= $1, true)
            AND {sql.name(column)} IS NOT NULL
        EXCEPT SELECT _slice, {sql.name(column)} FROM read_parquet({sql.text(files.accepted)})
        ORDER BY ALL""",
        [night],
    ).fetchall()
    gone: dict[str, list[str]] = defaultdict(list)
    for part, code in rows:
        if code not in ended:
            gone[part].append(code)
    return {part: _finding(codes, _cause(connection, feed, files, part, column, codes)) for part, codes in gone.items()}


def _finding(codes: list[str], cause: str) -> Finding:
    shown = [code if re.fullmatch(words.NUMBER, code) else delivered(code) for code in codes[:_LISTED]]
    listed = ", ".join(shown) + (f" and {len(codes) - _LISTED} more" if len(codes) > _LISTED else "")
    return Finding(
        f"it has no row of {listed}{cause}, and had: send the list with all organisations, or say in organisations.yml "
        "which of them have ended",
        codes[0] if len(codes) == 1 else "organisations",
    )


def _cause(
    connection: duckdb.DuckDBPyConnection, feed: Feed, files: FeedFiles, part: str, column: str, codes: list[str]
) -> str:
    """What is wrong in the rows that a file does have of organisations, where all of them are in quarantine."""
    number, names, is_damaged = connection.execute(
        f"""
        SELECT
            count(DISTINCT (delivery_id, row_number)) FILTER (severity = 'row'),
            list(DISTINCT column_name ORDER BY column_name) FILTER (severity = 'row'),
            bool_or(rule = {sql.text(DAMAGED_CHARACTER)})
        FROM read_parquet({sql.text(files.problems)})
        WHERE slice = $1 AND list_contains($2, "row"[{sql.text(column)}])""",
        [part, codes],
    ).fetchall()[0]
    if not number:
        return ""
    headers = ", ".join(c.headers[0] for c in feed.columns if c.name in names)
    told = f" for {headers}" if headers else ""
    why = "; a part of its file is in another encoding" if is_damaged else ""
    return f" that could be read ({number} in quarantine{told}{why})"
