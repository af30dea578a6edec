"""Outputs of the check: accepted rows, deleted keys and problems as Parquet, and each file's row counts by outcome.

Stays out: the rules, committing (`ingest.committing`).
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from common.night_files import FeedFiles
from ingest import sql
from ingest.contract import unknown_columns
from ingest.contract.remedies import remedy
from ingest.contract.repair_candidates import candidate_of
from ingest.contract.repeated_keys import content_of, key_of
from ingest.contract.slice_of_row import slice_of
from registry.model import Feed, Register

_MAX_SHOWN_CHARACTERS = 1000  # of a value in a problem


def write_accepted(connection: duckdb.DuckDBPyConnection, feed: Feed, files: FeedFiles) -> None:
    """Write the accepted rows as delivered; rejected cells are NULL, also in the row hash."""
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE excluded_row AS
        SELECT _file, _row FROM skipped_row UNION SELECT _file, _row FROM violation WHERE _severity = 'row'""")
    connection.execute("""
        CREATE OR REPLACE TEMP TABLE rejected_cell AS
        SELECT _file, _row, list(DISTINCT _column) AS _cells FROM violation
        WHERE _severity = 'cell' AND _value IS NOT NULL AND _rule <> 'filled' GROUP BY ALL""")
    columns_with_rejects = {
        name for (name,) in connection.execute("SELECT DISTINCT unnest(_cells) FROM rejected_cell").fetchall()
    }
    columns = [
        _without_rejected_cells(c.name) if c.name in columns_with_rejects else sql.name(c.name)
        for c in feed.loaded_columns
    ]
    rest = [_without_rejected_rest(feed.rest) if columns_with_rejects else sql.name(feed.rest)] if feed.rest else []
    names = [sql.name(c.name) for c in feed.loaded_columns] + ([sql.name(feed.rest)] if feed.rest else [])
    rejected = "LEFT JOIN rejected_cell USING (_file, _row)" if columns_with_rejects else ""
    connection.execute(f"""
        COPY (
            SELECT {", ".join(names)}, _delivery_id, _row_number, _slice, md5({content_of(feed)}) AS _row_hash
            FROM (SELECT {", ".join(columns + rest)}, _delivery AS _delivery_id, _row AS _row_number,
                         {slice_of(feed)} AS _slice
                  FROM src JOIN files USING (_file) {rejected} ANTI JOIN excluded_row USING (_file, _row))
        ) TO {sql.text(files.accepted)} (FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1000)""")


def _without_rejected_cells(column: str) -> str:
    """A column with its rejected cells as NULL."""
    name = sql.name(column)
    return f"CASE WHEN list_contains(_cells, {sql.text(column)}) THEN NULL ELSE {name} END AS {name}"


def _without_rejected_rest(rest: str) -> str:
    """The columns that no contract names, without rejected cells."""
    name = sql.name(rest)
    entries = f"list_filter(map_entries({name}), lambda _e: NOT list_contains(_cells, _e.key))"
    return f"CASE WHEN _cells IS NULL THEN {name} ELSE map_from_entries({entries}) END AS {name}"


def write_deleted(connection: duckdb.DuckDBPyConnection, files: FeedFiles) -> None:
    """Write the keys that the files delete."""
    connection.execute(f"""
        COPY (SELECT _delivery AS _delivery_id, _slice, _key, _row AS _row_number
              FROM deleted_key JOIN files USING (_file))
        TO {sql.text(files.deleted)} (FORMAT parquet)""")


def write_problems(connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, files: FeedFiles) -> None:
    """Write the problems of rows that are not skipped, each with its row in full, so that a person can find it, and
    those of files and sheets (row 0).

    A row without a key is identified by its number; where files change rows by key, by its file as well. A column that
    is not understood stands with the row of its header, one of a score sheet at its first value.
    """
    _remedies(connection, register, feed)
    values = [f"{{'key': {sql.text(c.name)}, 'value': {sql.name(c.name)}}}" for c in feed.loaded_columns]
    full_row = f"map_from_entries(list_filter([{', '.join(values)}], lambda _e: _e.value IS NOT NULL))"
    if feed.rest:
        full_row = f"map_concat({full_row}, coalesce({_rest_by_header(feed)}, MAP {{}}::MAP(VARCHAR, VARCHAR)))"
    of_rows = f"""
        SELECT _file, {sql.text(feed.id)} AS feed, {slice_of(feed)} AS slice,
            _delivery AS delivery_id, _row AS row_number,
            coalesce({key_of(feed)}, 'row:' || _row || coalesce('@' || _place, '')) AS row_key,
            _rule AS rule, _severity AS severity, {_header_of("_column", feed)} AS column_name,
            left(_value, {_MAX_SHOWN_CHARACTERS}) AS value,
            _zh AS remedy_zh, _en AS remedy_en,
            {full_row} AS row, {candidate_of(feed)} AS candidate
        FROM violation ANTI JOIN skipped_row USING (_file, _row)
        JOIN src USING (_file, _row) JOIN files USING (_file) JOIN remedies USING (_rule, _column)"""
    of_columns = f"""
        SELECT _file, {sql.text(feed.id)}, coalesce(_scope, ''), _delivery, _head,
            'row:' || _head || coalesce('@' || _place, ''), {sql.text(unknown_columns.RULE)}, 'cell', _header, NULL,
            _zh, _en, MAP {{}}::MAP(VARCHAR, VARCHAR), _nearest
        FROM unknown_column JOIN files USING (_file)"""
    of_marks = f"""
        SELECT _file, {sql.text(feed.id)}, coalesce(_scope, ''), _delivery, _row, 'header:' || _header, _rule, 'cell',
            _header, left(_value, {_MAX_SHOWN_CHARACTERS}), _zh, _en, MAP {{_header: _cell}}, _nearest
        FROM unread_header JOIN files USING (_file)"""
    of_files = f"""
        SELECT _file, {sql.text(feed.id)}, _slice, _delivery, 0, _key, _rule, 'warn', '',
            left(_value, {_MAX_SHOWN_CHARACTERS}), _zh, _en, MAP {{}}::MAP(VARCHAR, VARCHAR), NULL
        FROM notice JOIN files USING (_file) JOIN remedies USING (_rule) WHERE _column = ''"""
    connection.execute(f"""
        COPY (
            SELECT * EXCLUDE (_file) FROM ({" UNION ALL ".join([of_rows, of_columns, of_marks, of_files])})
            ORDER BY _file, row_number, column_name, rule
        ) TO {sql.text(files.problems)} (FORMAT parquet, COMPRESSION zstd)""")


def _header_of(key: str, feed: Feed) -> str:
    """A column, or the header as delivered of the cells that a score sheet keeps under a key."""
    return f"regexp_replace({key}, '^[^|]*[|]', '')" if feed.grammar == "marks" else key


def _rest_by_header(feed: Feed) -> str:
    rest = sql.name(feed.rest or "")
    if feed.grammar != "marks":
        return rest
    entries = f"lambda _e: {{'key': {_header_of('_e.key', feed)}, 'value': _e.value}}"
    return f"map_from_entries(list_transform(map_entries({rest}), {entries}))"


def counts(connection: duckdb.DuckDBPyConnection, files: FeedFiles) -> dict[int, tuple[int, int, dict[str, int]]]:
    """By file with rows: the number of rows accepted, quarantined, and skipped by reason."""
    rows = connection.execute(f"""
        SELECT _file, what, reason, count(*) FROM (
            SELECT _file, 'accepted' AS what, '' AS reason
            FROM read_parquet({sql.text(files.accepted)}) JOIN files ON _delivery_id = _delivery
            UNION ALL
            SELECT _file, 'quarantined', ''
            FROM (SELECT DISTINCT _file, _row FROM violation WHERE _severity = 'row')
            ANTI JOIN skipped_row USING (_file, _row)
            UNION ALL
            SELECT _file, 'skipped', _reason FROM skipped_row
        ) GROUP BY ALL ORDER BY ALL""").fetchall()
    result: dict[int, tuple[int, int, dict[str, int]]] = {}
    for number, what, reason, count in rows:
        accepted, quarantined, skipped = result.get(number, (0, 0, {}))
        if what == "accepted":
            accepted = count
        elif what == "quarantined":
            quarantined = count
        else:
            skipped = skipped | {reason: count}
        result[number] = (accepted, quarantined, skipped)
    return result


def _remedies(connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed) -> None:
    kinds = connection.execute(
        "SELECT DISTINCT _rule, _column FROM violation UNION SELECT DISTINCT _rule, '' FROM notice"
    ).fetchall()
    labels = [remedy(register, feed, rule, column) for rule, column in kinds]
    table = pa.table(
        {
            "_rule": pa.array([rule for rule, _ in kinds], pa.string()),
            "_column": pa.array([column for _, column in kinds], pa.string()),
            "_zh": pa.array([label.zh for label in labels], pa.string()),
            "_en": pa.array([label.en for label in labels], pa.string()),
        }
    )
    connection.register("arrow_remedies", table)
    connection.execute("CREATE OR REPLACE TEMP TABLE remedies AS SELECT * FROM arrow_remedies")
    connection.unregister("arrow_remedies")
