"""The check of a feed's night: the order of its rules.

First rows that are no data are skipped, then files placed that only their rows place, and whole files of another slice
refused; then values are checked, deletions taken out, and duplicates found among the remaining rows.
Stays out: each rule.
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from common.night_files import FeedFiles
from ingest import row_account
from ingest.contract import (
    night_rows,
    no_data_rows,
    notices,
    outputs,
    repeated_keys,
    slice_of_row,
    unknown_columns,
    unread_cells,
    value_account,
    wrong_values,
)
from ingest.tables.row_buffer import FileRows
from registry.model import Feed, Register

_LISTED = 5  # files that a sentence names


def check(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    inputs: Sequence[FileRows],
    files: FeedFiles,
) -> None:
    """Check the rows of `inputs`, write accepted, deleted and problem rows to `files`, and settle the deliveries."""
    night_rows.prepare(connection, feed, inputs, files.scratch)
    notices.enter(connection, feed, inputs)
    no_data_rows.skip_no_data_rows(connection, feed)
    _place_unnamed_files(connection, feed, inputs)
    _refuse_files_of_other_slices(connection, feed, inputs)
    slice_of_row.find_rows_of_other_slices(connection, feed)
    columns = {name for file_rows in inputs for name in file_rows.columns}
    wrong_values.find_wrong_values(
        connection, wrong_values.rules_of(feed, register, columns), _files_without_column(feed, inputs)
    )
    unread_cells.find_unread_cells(connection, feed, columns)
    no_data_rows.skip_deletions(connection, feed)
    repeated_keys.find_repeated_keys(connection, feed)
    _say_which_lists_came_twice(connection, inputs)
    repeated_keys.skip_superseded_rows(connection, feed)
    outputs.write_accepted(connection, feed, files)
    outputs.write_deleted(connection, files)
    unknown_columns.list_unknown_columns(connection, register, feed, inputs)
    outputs.write_problems(connection, register, feed, files)
    outcomes = outputs.counts(connection, files)
    for number, file_rows in enumerate(inputs):
        if file_rows.delivery.status == "loaded":
            row_account.settle(file_rows.delivery, *outcomes.get(number, (0, 0, {})))
    value_account.settle(connection, feed, inputs, files)


def _place_unnamed_files(connection: duckdb.DuckDBPyConnection, feed: Feed, inputs: Sequence[FileRows]) -> None:
    """Give a file that only its rows place the slice that they are of: a school's list under the school's name."""
    placed = slice_of_row.slices_of_unnamed_files(connection, feed)
    for number, part in placed.items():
        inputs[number].delivery.scope, inputs[number].delivery.placed_by_rows = part, True
    if placed:
        night_rows.number_files(connection, inputs)


def _refuse_files_of_other_slices(
    connection: duckdb.DuckDBPyConnection, feed: Feed, inputs: Sequence[FileRows]
) -> None:
    """Refuse files with next to no row of the slice that sent them."""
    other_slices = slice_of_row.files_of_other_slices(connection, feed)
    if not other_slices:
        return
    for number, other_slice in other_slices.items():
        delivery = inputs[number].delivery
        delivery.status, delivery.rows_read, delivery.skipped = "refused", None, None
        delivery.reason = (
            f"{delivery.file_name} speaks for {delivery.scope} and holds rows of {other_slice}: "
            "put it into the folder of that unit, or send the right file."
        )
    night_rows.exclude_files(connection, list(other_slices))
    connection.execute(f"DELETE FROM skipped_row WHERE _file IN ({', '.join(map(str, other_slices))})")


def _say_which_lists_came_twice(connection: duckdb.DuckDBPyConnection, inputs: Sequence[FileRows]) -> None:
    for numbers, differing in repeated_keys.lists_of_one_slice(connection):
        names = sorted({inputs[number].delivery.file_name for number in numbers})
        listed = ", ".join(names[:_LISTED]) + (f" and {len(names) - _LISTED} more" if len(names) > _LISTED else "")
        for number in numbers:
            inputs[number].delivery.several_lists = (
                f"several whole lists of it came ({listed}), and {differing} rows stand in more than one of them, "
                "differently: leave only the newest in the inbox, and start again."
            )


def _files_without_column(feed: Feed, inputs: Sequence[FileRows]) -> dict[str, list[int]]:
    """By column that must be filled: the files without that column."""
    return {
        c.name: [n for n, file_rows in enumerate(inputs) if c.name not in file_rows.columns]
        for c in feed.loaded_columns
        if c.filled
    }
