"""The check of a feed's night, from rows to accepted rows and problems.

Lives here: the order of the rules. Skips come first (what is no data breaks no rule), then whole files of
another slice, values, deletions, and rows said twice among those that are still there.
Add here: a further step between these.
Stays out: each rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from common.night_files import FeedFiles
from ingest import row_account
from ingest.contract import night_rows, no_data_rows, outputs, repeated_keys, slice_of_row, wrong_values
from ingest.tables.row_buffer import Read
from registry.model import Feed, Register


def check(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    reads: Sequence[Read],
    files: FeedFiles,
) -> None:
    """Check the rows of `reads`, write accepted, deleted and problem rows to `files`, and settle the deliveries."""
    night_rows.prepare(connection, feed, reads, files.scratch)
    no_data_rows.find(connection, feed)
    _refuse_foreign(connection, feed, reads)
    slice_of_row.find(connection, feed)
    columns = {name for read in reads for name in read.columns}
    wrong_values.find(connection, wrong_values.rules_of(feed, register, columns), _absent(feed, reads))
    no_data_rows.deleted(connection, feed)
    repeated_keys.find(connection, feed)
    repeated_keys.later(connection, feed)
    outputs.write_accepted(connection, feed, files)
    outputs.write_deleted(connection, files)
    outputs.write_problems(connection, register, feed, files)
    became = outputs.counts(connection, files)
    for number, read in enumerate(reads):
        if read.delivery.status == "loaded":
            row_account.settle(read.delivery, *became.get(number, (0, 0, {})))


def _refuse_foreign(connection: duckdb.DuckDBPyConnection, feed: Feed, reads: Sequence[Read]) -> None:
    """Refuse files of which no row is of the slice that sent them."""
    found = slice_of_row.foreign(connection, feed)
    if not found:
        return
    for number, other in found.items():
        delivery = reads[number].delivery
        delivery.status, delivery.rows_read, delivery.skipped = "refused", None, None
        delivery.reason = (
            f"{delivery.file_name} speaks for {delivery.scope} and holds rows of {other}: "
            "put it where that unit's files lie, or send the right file."
        )
    night_rows.leave_out(connection, list(found))
    connection.execute(f"DELETE FROM skipped WHERE _file IN ({', '.join(map(str, found))})")


def _absent(feed: Feed, reads: Sequence[Read]) -> dict[str, list[int]]:
    """Columns that must be filled where a file has them, and the files that have not."""
    return {
        c.name: [n for n, read in enumerate(reads) if c.name not in read.columns]
        for c in feed.loaded_columns
        if c.filled
    }
