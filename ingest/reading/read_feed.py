"""Reading one feed's arrivals of a night: land, read, check, and write the files for the next steps."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb

from common import machine_share
from common.files import make_folder, sync_all, write_json
from common.night_files import FeedFiles, NightFiles
from ingest import contract
from ingest.deliveries import Arrival, Delivery
from ingest.reading.files_to_read import Part, parts_of
from ingest.reading.read_files import Reader
from ingest.tables.row_buffer import FileRows
from ingest.tables.small_files import SmallFiles
from registry import types
from registry.model import Feed, Register


def read_feed(register: Register, feed_id: str, arrivals: Sequence[Arrival], landing: Path, work: Path) -> None:
    """Land, read and check the arrivals of a feed (those of other feeds are ignored).

    Writes `work/<feed.table>/`: `accepted.parquet` (raw columns, `_delivery_id`, `_row_number`, `_slice`,
    `_row_hash`), `deleted.parquet`, `problems.parquet` (these three only if a file had to be read) and
    `deliveries.json`. A rerun overwrites them. Files that cannot be read become refused deliveries.
    Raises KeyError for an unknown feed, IngestError where rows cannot be accounted for.
    """
    feed = register.feed(feed_id)
    own_arrivals = [a for a in arrivals if a.feed == feed_id]
    files = NightFiles(work).feed(feed.table)
    shutil.rmtree(files.folder, ignore_errors=True)
    make_folder(files.scratch, 0o700)
    try:
        read = [a for a in own_arrivals if not a.unchanged and a.newer is None]
        with ThreadPoolExecutor(machine_share.processors()) as pool:  # a landing waits for the disk
            of_each = pool.map(lambda a: list(parts_of(feed, a, landing, files.scratch)), read)
            parts: list[Part | Delivery] = [part for of_arrival in of_each for part in of_arrival]
        deliveries = _read_and_check(register, feed, parts, files) if parts else []
        unchanged = [Delivery.of(a, "", status="unchanged") for a in own_arrivals if a.unchanged]
        outdated = [Delivery.outdated(a) for a in own_arrivals if a.newer is not None]
        write_deliveries(files, [*deliveries, *unchanged, *outdated])
    finally:
        shutil.rmtree(files.scratch, ignore_errors=True)


def _read_and_check(
    register: Register, feed: Feed, parts: Sequence[Part | Delivery], files: FeedFiles
) -> list[Delivery]:
    with connect_in_memory(files.scratch) as connection:
        inputs = read_parts(connection, register, feed, parts, files.scratch)
        contract.check(connection, register, feed, inputs, files)
    return [file_rows.delivery for file_rows in inputs]


def read_parts(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    parts: Sequence[Part | Delivery],
    scratch: Path,
) -> list[FileRows]:
    """The rows of a feed's files, counted and not checked; a refused file has none. Those of small files are gathered
    in `scratch`.
    """
    inputs: list[FileRows] = []
    with SmallFiles(feed, scratch) as small_files:
        for file_rows in Reader(register, feed, scratch, connection).read(parts):
            small_files.take(len(inputs), file_rows)
            inputs.append(file_rows)
    return inputs


def write_deliveries(files: FeedFiles, deliveries: Sequence[Delivery]) -> None:
    """Write the deliveries for the next steps and for the night's outcome."""
    make_folder(files.folder, 0o700)
    sync_all(files.folder.glob("*.parquet"))  # the tables that the deliveries speak of
    write_json(files.deliveries, [delivery.as_dict() for delivery in deliveries])


def read_deliveries(files: FeedFiles) -> list[Delivery]:
    """The deliveries of a feed; none where it was not read."""
    path = files.deliveries
    return [Delivery(**d) for d in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def connect_in_memory(scratch: Path) -> duckdb.DuckDBPyConnection:
    """An in-memory database with the register's type macros, which spills to `scratch`."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "memory_limit": machine_share.READING_MEMORY,
            "threads": machine_share.processors(),
            "temp_directory": str(scratch / "spill"),
        },
    )
    types.install(connection)
    return connection
