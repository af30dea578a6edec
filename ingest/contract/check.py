"""The check of a feed's night: the order of its rules.

First rows that are no data are skipped, then files placed that only their rows place, and whole files of another slice
refused; then values are checked, deletions taken out, and duplicates found among the remaining rows.
Stays out: each rule.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from common.delivered_text import delivered
from common.night_files import FeedFiles
from ingest import row_account
from ingest.contract import (
    foot_rows,
    further_headers,
    night_rows,
    no_data_rows,
    notices,
    older_changes,
    outputs,
    repeated_keys,
    slice_of_row,
    unknown_columns,
    unread_cells,
    unread_headers,
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
    foot_rows.skip_foot_rows(connection, feed, register)
    _refuse_files_with_other_headers(connection, register, feed, inputs)
    _refuse_files_of_other_slices(connection, feed, inputs)
    _refuse_files_without_marks(connection, register, feed, inputs)
    slice_of_row.find_rows_of_other_slices(connection, feed)
    columns = {name for file_rows in inputs for name in file_rows.columns}
    wrong_values.find_wrong_values(
        connection, wrong_values.rules_of(feed, register, columns), _files_without_column(feed, inputs)
    )
    unread_cells.name_unread_cells(connection, feed)
    older_changes.skip_older_changes(connection, feed, register)
    no_data_rows.skip_deletions(connection, feed, register)
    repeated_keys.find_repeated_keys(connection, feed)
    _say_which_lists_came_twice(connection, inputs)
    repeated_keys.skip_superseded_rows(connection, feed)
    unread_headers.find_unread_headers(connection, register, feed, inputs)
    outputs.write_accepted(connection, feed, files)
    outputs.write_deleted(connection, files)
    unknown_columns.list_unknown_columns(connection, register, feed, inputs)
    outputs.write_problems(connection, register, feed, files)
    outcomes = outputs.counts(connection, files)
    for number, file_rows in enumerate(inputs):
        if file_rows.delivery.status == "loaded":
            row_account.settle(file_rows.delivery, *outcomes.get(number, (0, 0, {})))
    value_account.settle(connection, register, feed, inputs, files)


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
    _refuse(
        connection,
        inputs,
        {
            number: f"speaks for {delivered(inputs[number].delivery.scope)} and holds rows of "
            f"{delivered(other_slice)}: put it into the folder of that unit, or send the right file."
            for number, other_slice in slice_of_row.files_of_other_slices(connection, feed).items()
        },
    )


def _refuse_files_with_other_headers(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, inputs: Sequence[FileRows]
) -> None:
    """Refuse files whose header comes again in another order: their rows would stand under wrong columns."""
    _refuse(
        connection,
        inputs,
        {
            number: f"has a further header in row {row} whose columns stand in another order ({said}): "
            "put that table on a sheet of its own, and send it again."
            for number, (row, said) in further_headers.files_with_other_headers(connection, register, feed).items()
        },
    )


def _refuse_files_without_marks(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, inputs: Sequence[FileRows]
) -> None:
    """Refuse score sheets that have pupils and not one mark: what was delivered before is no worse."""
    _refuse(
        connection,
        inputs,
        {
            number: f"has no mark in any row (its columns of marks are {said}): see whether the export was made "
            "before the marks were there, or holds formulas without values, and send it again."
            for number, said in unread_headers.files_without_marks(connection, register, feed, inputs).items()
        },
    )


def _refuse(connection: duckdb.DuckDBPyConnection, inputs: Sequence[FileRows], reasons: Mapping[int, str]) -> None:
    """Refuse files, by their number, and leave their rows out."""
    if not reasons:
        return
    for number, reason in reasons.items():
        delivery = inputs[number].delivery
        delivery.status, delivery.rows_read, delivery.skipped = "refused", None, None
        delivery.say(f"{delivered(delivery.file_name, 'The file')} {reason}")
    night_rows.exclude_files(connection, [n for n, file in enumerate(inputs) if file.delivery.status == "refused"])
    connection.execute(f"DELETE FROM skipped_row WHERE _file IN ({', '.join(map(str, reasons))})")


def _say_which_lists_came_twice(connection: duckdb.DuckDBPyConnection, inputs: Sequence[FileRows]) -> None:
    for numbers, differing in repeated_keys.lists_of_one_slice(connection):
        names = sorted({inputs[number].delivery.file_name for number in numbers})
        more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
        listed = ", ".join(map(delivered, names[:_LISTED])) + more
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
