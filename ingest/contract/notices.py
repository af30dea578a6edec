"""Problems of a file or sheet and not of a row: as `notice`, beside the violations of rows.

Stays out: finding them (`ingest.tables.sheets_of_feed`), problems of rows (the other modules of `ingest.contract`).
"""

from __future__ import annotations

from collections.abc import Sequence

import duckdb
import pyarrow as pa

from ingest.contract.slice_of_row import slice_of
from ingest.tables.row_buffer import FileRows
from registry.model import Feed


def enter(connection: duckdb.DuckDBPyConnection, feed: Feed, inputs: Sequence[FileRows]) -> None:
    """Create `notice` (`_file`, `_rule`, `_key`, `_value`, `_slice`) from the notices of the files.

    A file of every slice notices in the first of its night, so that the problem closes when that slice comes again.
    """
    found = [(number, notice) for number, file_rows in enumerate(inputs) for notice in file_rows.notices]
    table = pa.table(
        {
            "_file": pa.array([number for number, _ in found], pa.int32()),
            "_rule": pa.array([notice.rule for _, notice in found], pa.string()),
            "_key": pa.array([notice.key for _, notice in found], pa.string()),
            "_value": pa.array([notice.value for _, notice in found], pa.string()),
        }
    )
    connection.register("arrow_notices", table)
    first_slice = f"(SELECT min({slice_of(feed)}) FROM src JOIN files USING (_file))" if found else "''"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE notice AS
        SELECT arrow_notices.*, coalesce(_scope, {first_slice}, '') AS _slice
        FROM arrow_notices JOIN files USING (_file)""")
    connection.unregister("arrow_notices")
