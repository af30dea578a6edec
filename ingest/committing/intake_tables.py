"""The intake tables `lake.intake.*`: their columns, and queries about earlier nights.

Stays out: writing a night (`ingest.committing.intake_records`, `ingest.committing.problem_history`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import duckdb

from common import catalog
from ingest.deliveries import IntakeHistory

# `known_from`: the night that found it first; `placed_on`: the night of the file in which it stands.
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
        reason VARCHAR, reason_for_all VARCHAR, layout VARCHAR, values_delivered BIGINT, values_read BIGINT,
        values_listed BIGINT, values_passed_over BIGINT, values_lost BIGINT""",
    "problem": _PROBLEM,
    # Earlier positions of problems; `known_to` is the night of the newer file that has it elsewhere.
    "problem_before": _PROBLEM,
    "slice_state": """
        night DATE, feed VARCHAR, slice VARCHAR, delivery_id VARCHAR, status VARCHAR, rows BIGINT,
        rows_before BIGINT, reason VARCHAR, filled MAP(VARCHAR, BIGINT)""",
    # All deliveries that make up a slice from a night on (`slice_state` names one of them).
    "slice_part": "night DATE, feed VARCHAR, slice VARCHAR, delivery_id VARCHAR",
}
# Of `delivery`: the account of its values.
VALUES = ("values_delivered", "values_read", "values_listed", "values_passed_over", "values_lost")
# Columns missing in older lakes, and the column that their rows are filled from; '' where there is none.
_ADDED_COLUMNS = (
    ("delivery", "layout", "VARCHAR", ""),
    ("delivery", "reason_for_all", "VARCHAR", ""),
    *(("delivery", column, "BIGINT", "") for column in VALUES),
    ("slice_state", "filled", "MAP(VARCHAR, BIGINT)", ""),
    ("problem", "candidate", "VARCHAR", ""),
    ("problem", "placed_on", "DATE", "known_from"),
)
# Of `delivery`: an older export of a list, which was not read. Only these are unchanged for a reason.
IS_OUTDATED = "(status = 'unchanged' AND reason IS NOT NULL)"


def ensure(connection: duckdb.DuckDBPyConnection) -> None:
    """Create missing tables, and the columns that an older lake lacks."""
    present = {table: catalog.columns(connection, f"lake.intake.{table}") for table in _TABLES}
    for table in [table for table, columns in present.items() if columns is None]:
        connection.execute(f"CREATE TABLE lake.intake.{table} ({_TABLES[table]})")
    for table, column, kind, source in _ADDED_COLUMNS:
        if column not in (present[table] or (column,)):
            connection.execute(f"ALTER TABLE lake.intake.{table} ADD COLUMN {column} {kind}")
            if source:
                connection.execute(f"UPDATE lake.intake.{table} SET {column} = {source}")


def intake_history(connection: duckdb.DuckDBPyConnection) -> IntakeHistory:
    """Earlier arrivals, for `ingest.find_arrivals`. A new lake has none.

    Older exports of a list are not among them: where the newer one is taken out of the inbox, they are read.
    """
    if not exist(connection):
        return IntakeHistory()
    arrivals = connection.execute(
        "SELECT arrival_id FROM lake.intake.arrival WHERE arrival_id NOT IN "
        f"(SELECT arrival_id FROM lake.intake.delivery WHERE {IS_OUTDATED})"
    ).fetchall()
    slice_parts = connection.execute("""
        SELECT DISTINCT p.feed, p.slice, d.file_sha256
        FROM lake.intake.slice_part p JOIN lake.intake.delivery d USING (delivery_id)
        QUALIFY p.night = max(p.night) OVER (PARTITION BY p.feed, p.slice)""").fetchall()
    file_slices = connection.execute("""
        SELECT p.feed, d.file_sha256, d.file_name, array_agg(DISTINCT p.slice), bool_or(d.rows_held > 0)
        FROM lake.intake.slice_part p JOIN lake.intake.delivery d USING (delivery_id)
        GROUP BY p.feed, d.file_sha256, d.file_name, p.night
        QUALIFY p.night = max(p.night) OVER (PARTITION BY p.feed, d.file_sha256, d.file_name)""").fetchall()
    last_files = connection.execute("""
        SELECT feed, file_sha256, min(file_name) FROM lake.intake.delivery WHERE feed <> ''
        GROUP BY feed, file_sha256, night
        HAVING bool_and(status IN ('loaded', 'unchanged') AND coalesce(rows_held, 0) = 0)
        QUALIFY night = max(night) OVER (PARTITION BY feed)""").fetchall()
    parts: dict[tuple[str, str], set[str]] = defaultdict(set)
    for feed, part, sha256 in slice_parts:
        parts[feed, part].add(sha256)
    current: dict[tuple[str, str], dict[str, frozenset[str]]] = defaultdict(dict)
    for feed, sha256, path, slices, held in file_slices:
        if not held and all(sha256 in parts[feed, part] for part in slices):
            current[feed, sha256][path] = frozenset(slices)
    return IntakeHistory(
        frozenset(arrival for (arrival,) in arrivals),
        dict(current),
        {feed_and_slice: frozenset(hashes) for feed_and_slice, hashes in parts.items()},
        {(feed, sha256): path for feed, sha256, path in last_files},
    )


@dataclass(frozen=True)
class SliceHistory:
    """A slice in the lake: the last night that loaded it; its rows after earlier nights, and the last of those.

    `filled`: the rows (`ingest.contract.value_account.ROWS`) and values by column that it was last loaded with as a
    whole; none where only this night has.
    """

    latest: date
    rows: int | None  # None where only this night has loaded it
    before: date | None = None
    filled: Mapping[str, int] = field(default_factory=dict)


def slice_history(connection: duckdb.DuckDBPyConnection, night: date) -> dict[str, dict[str, SliceHistory]]:
    """All slices ever loaded, by feed and slice, as of `night`. A new lake has none."""
    history: dict[str, dict[str, SliceHistory]] = defaultdict(dict)
    if not exist(connection):
        return history
    filled = "filled" if has_column(connection, "slice_state", "filled") else "NULL::MAP(VARCHAR, BIGINT)"
    slices = connection.execute(
        "SELECT feed, slice, max(night), arg_max(rows, night) FILTER (night < $1), max(night) FILTER (night < $1), "
        f"arg_max({filled}, night) FILTER (night < $1 AND {filled} IS NOT NULL) FROM lake.intake.slice_state "
        "WHERE status IN ('loaded', 'unchanged') GROUP BY ALL",
        [night],
    ).fetchall()
    for feed, part, latest, rows, before, filled_by_column in slices:
        history[feed][part] = SliceHistory(latest, rows, before, filled_by_column or {})
    return history


def last_loaded(connection: duckdb.DuckDBPyConnection, night: date) -> dict[str, date]:
    """By feed, the last night before `night` that brought something good. A new lake has none."""
    if not exist(connection):
        return {}
    nights = connection.execute(
        "SELECT feed, max(night) FROM lake.intake.slice_state "
        "WHERE night < ? AND status IN ('loaded', 'unchanged') GROUP BY ALL",
        [night],
    ).fetchall()
    return dict(nights)


def has_column(connection: duckdb.DuckDBPyConnection, table: str, column: str) -> bool:
    """Whether one of these tables has a column, which an older lake may lack until its next commit."""
    return column in (catalog.columns(connection, f"lake.intake.{table}") or ())


def slices_of_list(connection: duckdb.DuckDBPyConnection, feed: str, file_name: str, night: str) -> list[str]:
    """The slices that a file had before a night, on its last: one whose name differs in digits alone is the same."""
    rows = connection.execute(
        """
        SELECT DISTINCT p.slice FROM lake.intake.slice_part p JOIN lake.intake.delivery d USING (delivery_id)
        WHERE d.feed = $1 AND d.night < $3
            AND regexp_replace(d.file_name, '[0-9]+', '#', 'g') = regexp_replace($2, '[0-9]+', '#', 'g')
        QUALIFY d.night = max(d.night) OVER () ORDER BY ALL""",
        [feed, file_name, night],
    ).fetchall()
    return [part for (part,) in rows]


def exist(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the lake has these tables."""
    return catalog.has_table(connection, "lake.intake.slice_part")
