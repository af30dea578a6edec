"""Of several changes of one key, the one that was made last counts, by the time that the rows themselves give.

Where the times do not tell a deletion from the row that it would delete, both are listed and nothing is guessed; in a
whole list the row stays then, and the deletion is listed.
Stays out: files that change keys without such times, where the last file counts (`ingest.contract.repeated_keys`).
"""

from __future__ import annotations

import duckdb

from ingest import sql
from ingest.contract.no_data_rows import deletion_condition
from ingest.contract.repeated_keys import key_of
from registry.model import Feed, Register
from registry.types import CLEAN, TYPE_MACROS

_ISO_TIME = (
    r"^(\d{4})-?(\d{2})-?(\d{2})[T ]+(\d{1,2}):?(\d{2})(?::?(\d{2}(?:\.\d+)?))?\s*(Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"
)
_ZONE = r"[T ]\d{1,2}:?\d{2}\S*\s*(?:Z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)$"


def skip_older_changes(connection: duckdb.DuckDBPyConnection, feed: Feed, register: Register) -> None:
    """Skip the changes of a key that a later one supersedes, in the same file or another of the night; of a whole list
    the rows of the keys that it deletes as well.
    """
    if feed.modified_column is None:
        return
    key, is_deletion = key_of(feed), deletion_condition(feed, register) or "false"
    has_changes = "EXISTS (SELECT 1 FROM files WHERE _by_key)"
    has_deletions = f"EXISTS (SELECT 1 FROM src WHERE {is_deletion})"
    if connection.execute(f"SELECT {has_changes} OR {has_deletions}").fetchone() == (False,):
        return
    moment, is_zoned = _moment(feed.modified_column)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE change AS
        SELECT _file, _row, _scope, _by_key, {key} AS _key, {moment} AS _moment, {is_zoned} AS _zoned,
            coalesce({is_deletion}, false) AS _deletes
        FROM src JOIN files USING (_file) ANTI JOIN skipped_row USING (_file, _row)
        ANTI JOIN (SELECT _file, _row FROM violation WHERE _severity = 'row') AS violation USING (_file, _row)
        WHERE (_by_key OR {key} IN (SELECT {key} FROM src WHERE {is_deletion})) AND {key} IS NOT NULL
        QUALIFY count(*) OVER (PARTITION BY _scope, _key) > 1""")
    connection.execute("""
        INSERT INTO skipped_row SELECT _file, _row, 'superseded' FROM change
        WINDOW same AS (PARTITION BY _scope, _key)
        QUALIFY _moment < max(_moment) OVER same AND min(_zoned) OVER same = max(_zoned) OVER same""")
    connection.execute(f"""
        INSERT INTO violation SELECT _file, _row, 'duplicate_key', 'row', {sql.text(feed.key[-1])}, _key
        FROM change ANTI JOIN skipped_row USING (_file, _row)
        WINDOW same AS (PARTITION BY _file, _key)
        QUALIFY min(_deletes) OVER same <> max(_deletes) OVER same AND (_by_key OR _deletes)""")


def _moment(column: str) -> tuple[str, str]:
    """SQL of the time in a column, in microseconds, NULL where it is none; and whether it says its zone: a time with
    one is one moment everywhere, and cannot be compared with a time without.
    """
    said, as_datetime = f"upper({CLEAN}({sql.name(column)}))", TYPE_MACROS["datetime"]
    full = f"regexp_replace({said}, '{_ISO_TIME}', '\\1-\\2-\\3 \\4:\\5:\\6\\7')"
    with_seconds = f"regexp_replace(regexp_replace({full}, ':([Z+-])', ':00\\1'), '(?:UTC|GMT)$', 'Z')"
    is_zoned = f"coalesce(regexp_matches({said}, '{_ZONE}'), false)"
    moment = f"epoch_us(CASE WHEN {is_zoned} THEN try_cast({with_seconds} AS TIMESTAMPTZ) END)"
    return f"coalesce({moment}, epoch_us({as_datetime}({sql.name(column)})))", is_zoned
