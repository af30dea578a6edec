"""Of several changes of one key, the one that was made last counts, by the time that the rows themselves give.

Where the times do not tell a deletion from the row that it would delete, both are listed and nothing is guessed.
Stays out: files that change keys without such times, where the last file counts (`ingest.contract.repeated_keys`).
"""

from __future__ import annotations

import duckdb

from ingest import sql
from ingest.contract.no_data_rows import deletion_condition
from ingest.contract.repeated_keys import key_of
from registry.model import Feed
from registry.types import CLEAN, TYPE_MACROS


def skip_older_changes(connection: duckdb.DuckDBPyConnection, feed: Feed) -> None:
    """Skip the changes of a key that a later one supersedes, in the same file or another of the night."""
    if feed.modified_column is None or not connection.execute("SELECT 1 FROM files WHERE _by_key LIMIT 1").fetchone():
        return
    is_deletion = deletion_condition(feed) or "false"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE change AS
        SELECT _file, _row, _scope, {key_of(feed)} AS _key, {_moment(feed.modified_column)} AS _moment,
            coalesce({is_deletion}, false) AS _deletes
        FROM src JOIN files USING (_file) ANTI JOIN skipped_row USING (_file, _row)
        ANTI JOIN (SELECT _file, _row FROM violation WHERE _severity = 'row') AS violation USING (_file, _row)
        WHERE _by_key AND {key_of(feed)} IS NOT NULL
        QUALIFY count(*) OVER (PARTITION BY _scope, _key) > 1""")
    connection.execute("""
        INSERT INTO skipped_row SELECT _file, _row, 'superseded' FROM change
        QUALIFY _moment < max(_moment) OVER (PARTITION BY _scope, _key)""")
    connection.execute(f"""
        INSERT INTO violation SELECT _file, _row, 'duplicate_key', 'row', {sql.text(feed.key[-1])}, _key
        FROM change ANTI JOIN skipped_row USING (_file, _row)
        WINDOW same AS (PARTITION BY _file, _key) QUALIFY min(_deletes) OVER same <> max(_deletes) OVER same""")


def _moment(column: str) -> str:
    """The time in a column, in milliseconds; NULL where it is none. A time with an offset is one moment everywhere."""
    value, as_datetime = sql.name(column), TYPE_MACROS["datetime"]
    return f"coalesce(epoch_ms(try_cast({CLEAN}({value}) AS TIMESTAMPTZ)), epoch_ms({as_datetime}({value})))"
