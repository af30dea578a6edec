"""Reading one feed's arrivals of a night.

Lives here: `read_feed`, from arrivals to the files that the next steps take.
Add here: a step between landing and the contract.
Stays out: each step.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from common.night_files import FeedFiles, NightFiles
from ingest import contract
from ingest.deliveries import Arrival, Delivery
from ingest.reading.files_to_read import Part, parts_of
from ingest.reading.read_files import Reader
from ingest.tables.row_buffer import Read
from registry import types
from registry.model import Feed, Register

MEMORY_LIMIT = "700MB"  # of DuckDB while it reads; beyond, it spills to the scratch directory


def read_feed(register: Register, feed_id: str, arrivals: Sequence[Arrival], landing: Path, work: Path) -> None:
    """Land, read and check the arrivals of a feed (those of other feeds are passed over).

    Writes `work/<feed.table>/`: `accepted.parquet` (raw columns, `_delivery_id`, `_row_number`, `_slice`,
    `_row_hash`), `deleted.parquet`, `problems.parquet` (these three only if a file had to be read) and
    `deliveries.json`. Running it again writes them anew. Files that cannot be read become refused deliveries.
    Raises KeyError for an unknown feed, IngestError where rows cannot be accounted for.
    """
    feed = register.feed(feed_id)
    mine = [a for a in arrivals if a.feed == feed_id]
    files = NightFiles(work).feed(feed.table)
    shutil.rmtree(files.folder, ignore_errors=True)
    files.scratch.mkdir(parents=True, mode=0o700)
    try:
        found: list[Part | Delivery] = [
            part for a in mine if not a.unchanged for part in parts_of(feed, a, landing, files.scratch)
        ]
        read = _read(register, feed, found, files) if found else []
        unchanged = [Delivery.of(a, "", status="unchanged") for a in mine if a.unchanged]
        write_deliveries(files, [*read, *unchanged])
    finally:
        shutil.rmtree(files.scratch, ignore_errors=True)


def _read(register: Register, feed: Feed, found: Sequence[Part | Delivery], files: FeedFiles) -> list[Delivery]:
    with connected(files.scratch) as connection:
        reads = read_parts(connection, register, feed, found, files.scratch)
        contract.check(connection, register, feed, reads, files)
    return [read.delivery for read in reads]


def read_parts(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    found: Sequence[Part | Delivery],
    scratch: Path,
) -> list[Read]:
    """The rows of a feed's files, counted and not checked; what is refused comes without rows."""
    return list(Reader(register, feed, scratch, connection).read(found))


def write_deliveries(files: FeedFiles, deliveries: Sequence[Delivery]) -> None:
    """Leave the deliveries for the next steps and for the night's outcome."""
    files.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    content = [delivery.as_dict() for delivery in deliveries]
    files.deliveries.write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def read_deliveries(files: FeedFiles) -> list[Delivery]:
    """The deliveries that were left of a feed; none where it was not read."""
    path = files.deliveries
    return [Delivery(**d) for d in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def connected(scratch: Path) -> duckdb.DuckDBPyConnection:
    """A database in memory that knows the register's types, and spills to `scratch`."""
    connection = duckdb.connect(
        ":memory:", config={"memory_limit": MEMORY_LIMIT, "temp_directory": str(scratch / "spill")}
    )
    types.install(connection)
    return connection
