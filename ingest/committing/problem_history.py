"""The history of problems in `lake.intake.problem`: one that is delivered again stays open, others are closed.

Stays out: finding problems (`ingest.contract`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest import sql

_TABLE, _EARLIER_TABLE = "lake.intake.problem", "lake.intake.problem_before"
_IDENTITY_COLUMNS = ("feed", "slice", "row_key", "rule", "column_name", "value")  # equal for the same problem
_IS_COVERED = """((feed, slice) IN (SELECT (feed, slice) FROM replaced_slice)
        OR ((feed, slice) IN (SELECT (feed, slice) FROM changed_slice)
            AND (feed, row_key) IN (SELECT (feed, _key) FROM changed_key))
        OR (feed, if(row_key LIKE 'row:%@%', split_part(row_key, '@', 2), NULL))
            IN (SELECT (feed, slice) FROM corrected_file))"""
_NTH = f"row_number() OVER (PARTITION BY {', '.join(_IDENTITY_COLUMNS)} ORDER BY row_number, delivery_id)"


def apply(
    connection: duckdb.DuckDBPyConnection,
    night: date,
    files: Sequence[Path],
    *,
    replaced: Iterable[tuple[str, str]],
    changed: Iterable[tuple[str, str]],
    corrected: Iterable[tuple[str, str]],
    held: Iterable[tuple[str, str]],
    is_rerun: bool,
) -> None:
    """Apply a night's problems, those in the Parquet `files`.

    In `replaced` slices (feed and slice), problems not found again are closed; in `changed` ones (a delta) only those
    of rows whose keys are in the temp table `changed_key`, and of rows without a key in the `corrected` files (feed and
    path id); in `held` ones only those of an earlier held file. `is_rerun`: some feed was loaded this night already.
    """
    night_date = f"DATE {sql.text(night.isoformat())}"
    _table(connection, "replaced_slice", replaced)
    _table(connection, "changed_slice", changed)
    _table(connection, "corrected_file", corrected)
    _table(connection, "held_slice", held)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE delivered_problem AS
        SELECT *, {_NTH} AS nth FROM read_parquet([{sql.texts(files)}])""")
    if is_rerun:
        _reopen(connection, night_date)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE open_problem AS
        SELECT {", ".join(_IDENTITY_COLUMNS)}, delivery_id, row_number, {_NTH} AS nth
        FROM {_TABLE} WHERE known_to IS NULL""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE resolved_problem AS
        SELECT o.* FROM open_problem o ANTI JOIN delivered_problem s ON {_is_same("o", "s")} AND o.nth = s.nth
        WHERE {_IS_COVERED} OR ((feed, slice) IN (SELECT (feed, slice) FROM held_slice) AND delivery_id IN (
            SELECT delivery_id FROM lake.intake.delivery WHERE status = 'held'))""")
    _close(connection, night_date, is_rerun=is_rerun)
    _move(connection, night_date)
    connection.execute(f"""
        INSERT INTO {_TABLE} BY NAME
        SELECT s.* EXCLUDE (nth), {night_date} AS known_from, NULL::DATE AS known_to, {night_date} AS placed_on
        FROM delivered_problem s ANTI JOIN open_problem o ON {_is_same("s", "o")} AND o.nth = s.nth""")


def _reopen(connection: duckdb.DuckDBPyConnection, night_date: str) -> None:
    """Reopen problems that an earlier run of the night has closed, in the slices that are now loaded again."""
    connection.execute(f"UPDATE {_TABLE} SET known_to = NULL WHERE known_to = {night_date} AND {_IS_COVERED}")


def _close(connection: duckdb.DuckDBPyConnection, night_date: str, *, is_rerun: bool) -> None:
    """Close the problems of `resolved_problem`; those known only since this night are deleted instead."""
    if not connection.execute("SELECT 1 FROM resolved_problem LIMIT 1").fetchone():
        return
    is_closed = (
        f"known_to IS NULL AND EXISTS (SELECT 1 FROM resolved_problem g WHERE {_is_same('p', 'g')} "
        "AND p.delivery_id = g.delivery_id AND p.row_number = g.row_number)"
    )
    if is_rerun:
        connection.execute(f"DELETE FROM {_TABLE} p WHERE known_from = {night_date} AND {is_closed}")
    connection.execute(f"UPDATE {_TABLE} p SET known_to = {night_date} WHERE {is_closed}")


def _move(connection: duckdb.DuckDBPyConnection, night_date: str) -> None:
    """Move problems that were delivered again to their position in the newest file; earlier positions are recorded.

    Not in a held slice, whose last good file counts; problems of a held file are closed by the next one.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE moved_problem AS
        SELECT s.*, o.delivery_id AS _old_delivery, o.row_number AS _old_row
        FROM delivered_problem s JOIN open_problem o ON {_is_same("s", "o")} AND o.nth = s.nth
        WHERE o.delivery_id <> s.delivery_id AND (s.feed, s.slice) NOT IN (SELECT (feed, slice) FROM held_slice)""")
    if not connection.execute("SELECT 1 FROM moved_problem LIMIT 1").fetchone():
        return
    is_moved = (
        f"p.known_to IS NULL AND {_is_same('p', 'm')} AND p.delivery_id = m._old_delivery AND p.row_number = m._old_row"
    )
    connection.execute(f"""
        INSERT INTO {_EARLIER_TABLE} BY NAME
        SELECT p.* REPLACE ({night_date} AS known_to) FROM {_TABLE} p SEMI JOIN moved_problem m ON {is_moved}
        WHERE p.placed_on < {night_date}""")
    connection.execute(f"""
        UPDATE {_TABLE} p SET delivery_id = m.delivery_id, row_number = m.row_number,
            "row" = m."row", candidate = m.candidate, placed_on = {night_date}
        FROM moved_problem m WHERE {is_moved}""")


def _table(connection: duckdb.DuckDBPyConnection, name: str, slices: Iterable[tuple[str, str]]) -> None:
    pairs = list(slices)
    table = pa.table(
        {
            "feed": pa.array([feed for feed, _ in pairs], pa.string()),
            "slice": pa.array([part for _, part in pairs], pa.string()),
        }
    )
    connection.register("arrow_slices", table)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arrow_slices")
    connection.unregister("arrow_slices")


def _is_same(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{c} IS NOT DISTINCT FROM {right}.{c}" for c in _IDENTITY_COLUMNS)
