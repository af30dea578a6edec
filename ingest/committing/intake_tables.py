"""The tables that say what arrived and what became of it, `lake.intake.*`.

Lives here: their shape, and what they tell about earlier nights.
Add here: a question about earlier nights.
Stays out: applying a night (`commit`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

import duckdb

from ingest.deliveries import Seen

# `known_from` is the night that found it, `placed_on` the one whose file it stands in.
_PROBLEM = """
        feed VARCHAR, slice VARCHAR, delivery_id VARCHAR, row_number BIGINT, row_key VARCHAR,
        rule VARCHAR, severity VARCHAR, column_name VARCHAR, value VARCHAR, remedy_zh VARCHAR,
        remedy_en VARCHAR, "row" MAP(VARCHAR, VARCHAR), known_from DATE, known_to DATE,
        candidate VARCHAR, placed_on DATE"""
_TABLES = {
    "arrival": """
        arrival_id VARCHAR, night DATE, source VARCHAR, feed VARCHAR, path VARCHAR, sha256 VARCHAR,
        bytes BIGINT""",
    "delivery": """
        delivery_id VARCHAR, arrival_id VARCHAR, night DATE, source VARCHAR, feed VARCHAR, file_name VARCHAR,
        member VARCHAR, file_sha256 VARCHAR, rows_read BIGINT, rows_loaded BIGINT, rows_quarantined BIGINT,
        rows_held BIGINT, rows_skipped BIGINT, skipped MAP(VARCHAR, BIGINT), status VARCHAR,
        reason VARCHAR, layout VARCHAR""",
    "problem": _PROBLEM,
    # Where a problem stood until a newer file had it elsewhere: `known_to` is the night of the newer file.
    "problem_before": _PROBLEM,
    "slice_state": """
        night DATE, feed VARCHAR, slice VARCHAR, delivery_id VARCHAR, status VARCHAR, rows BIGINT,
        rows_before BIGINT, reason VARCHAR""",
    # All deliveries that make up a slice from a night on (`slice_state` names one of them).
    "slice_part": "night DATE, feed VARCHAR, slice VARCHAR, delivery_id VARCHAR",
}
# Columns that lakes of old lack, and of which column their rows take the content; '' where they have none.
_LATER = (
    ("delivery", "layout", "VARCHAR", ""),
    ("problem", "candidate", "VARCHAR", ""),
    ("problem", "placed_on", "DATE", "known_from"),
)


def ensure(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables where they are missing, and the columns that a lake of old lacks."""
    there = set(
        connection.execute(
            "SELECT table_name, column_name FROM duckdb_columns() "
            "WHERE database_name = 'lake' AND schema_name = 'intake'"
        ).fetchall()
    )
    for table in [table for table in _TABLES if table not in {found for found, _ in there}]:
        connection.execute(f"CREATE TABLE lake.intake.{table} ({_TABLES[table]})")
        there |= {(table, column) for _, column, *_ in _LATER}
    for table, column, kind, taken in _LATER:
        if (table, column) not in there:
            connection.execute(f"ALTER TABLE lake.intake.{table} ADD COLUMN {column} {kind}")
            if taken:
                connection.execute(f"UPDATE lake.intake.{table} SET {column} = {taken}")


def committed(connection: duckdb.DuckDBPyConnection) -> Seen:
    """What the lake knows of earlier arrivals, for `find`. A new lake knows nothing."""
    if not there(connection):
        return Seen()
    arrivals = connection.execute("SELECT arrival_id FROM lake.intake.arrival").fetchall()
    made_of = connection.execute("""
        SELECT DISTINCT p.feed, p.slice, d.file_sha256
        FROM lake.intake.slice_part p JOIN lake.intake.delivery d USING (delivery_id)
        QUALIFY p.night = max(p.night) OVER (PARTITION BY p.feed, p.slice)""").fetchall()
    loaded_for = connection.execute("""
        SELECT p.feed, d.file_sha256, d.file_name, array_agg(DISTINCT p.slice), bool_or(d.rows_held > 0)
        FROM lake.intake.slice_part p JOIN lake.intake.delivery d USING (delivery_id)
        GROUP BY p.feed, d.file_sha256, d.file_name, p.night
        QUALIFY p.night = max(p.night) OVER (PARTITION BY p.feed, d.file_sha256, d.file_name)""").fetchall()
    last = connection.execute("""
        SELECT feed, file_sha256, min(file_name) FROM lake.intake.delivery WHERE feed <> ''
        GROUP BY feed, file_sha256, night
        HAVING bool_and(status IN ('loaded', 'unchanged') AND coalesce(rows_held, 0) = 0)
        QUALIFY night = max(night) OVER (PARTITION BY feed)""").fetchall()
    parts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for feed, part, sha256 in made_of:
        parts[feed, part].add(sha256)
    current: dict[tuple[str, str], dict[str, frozenset[str]]] = defaultdict(dict)
    for feed, sha256, path, slices, held in loaded_for:
        if not held and all(sha256 in parts[feed, part] for part in slices):
            current[feed, sha256][path] = frozenset(slices)
    return Seen(
        frozenset(arrival for (arrival,) in arrivals),
        dict(current),
        {which: frozenset(found) for which, found in parts.items()},
        {(feed, sha256): path for feed, sha256, path in last},
    )


@dataclass(frozen=True)
class Slice:
    """What the lake knows of a slice: the last night it was loaded, its rows as earlier nights left them, and the
    last of these.
    """

    latest: date
    rows: int | None  # None where only this night has loaded it
    before: date | None = None


def history(connection: duckdb.DuckDBPyConnection, night: date) -> dict[str, dict[str, Slice]]:
    """All slices ever loaded, by feed and slice, as seen on `night`. A new lake has none."""
    known: dict[str, dict[str, Slice]] = defaultdict(dict)
    if not there(connection):
        return known
    found = connection.execute(
        "SELECT feed, slice, max(night), arg_max(rows, night) FILTER (night < $1), max(night) FILTER (night < $1) "
        "FROM lake.intake.slice_state "
        "WHERE status IN ('loaded', 'unchanged') GROUP BY ALL",
        [night],
    ).fetchall()
    for feed, part, latest, rows, before in found:
        known[feed][part] = Slice(latest, rows, before)
    return known


def there(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the lake has these tables."""
    found = connection.execute(
        "SELECT 1 FROM duckdb_tables() "
        "WHERE database_name = 'lake' AND schema_name = 'intake' AND table_name = 'slice_part'"
    ).fetchone()
    return found is not None
