"""A city's nights as far as the raw tables: found, read, guarded, committed; no marts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb

import ingest
from registry import Register
from registry.types import install


@contextmanager
def lake(place: Path | str) -> Iterator[duckdb.DuckDBPyConnection]:
    """A lake of raw tables and intake alone, under the name that the rooms know: in a file, or in `:memory:`."""
    connection = duckdb.connect()
    try:
        connection.execute(f"ATTACH '{place}' AS lake")
        for schema in ("intake", "raw"):
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS lake.{schema}")
        install(connection)
        yield connection
    finally:
        connection.close()


def take(register: Register, connection: duckdb.DuckDBPyConnection, inbox: Path, night: date, work: Path) -> list:
    """One night; its holds."""
    work.mkdir(parents=True)
    arrivals = ingest.find_arrivals(inbox, register, night, ingest.intake_history(connection))
    (work / "arrivals.json").write_text(json.dumps([a.as_dict() for a in arrivals]), encoding="utf-8")
    for feed in sorted({a.feed for a in arrivals if a.feed}):
        ingest.read_feed(register, feed, arrivals, work.parent / "landing", work)
    holds = ingest.guard(connection, register, work)
    ingest.commit(connection, register, night, work, holds)
    return holds
