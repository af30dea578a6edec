"""Problems over time: one that is delivered again stays open, one that is not is closed.

Lives here: applying a night's problems to `lake.intake.problem`, and where they stood before.
Add here: a fact of a problem that changes from night to night.
Stays out: finding problems (`contract`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from ingest import sql

_TABLE, _BEFORE = "lake.intake.problem", "lake.intake.problem_before"
_SAME = ("feed", "slice", "row_key", "rule", "column_name", "value")  # what makes two problems one
_SPOKEN_OF = """((feed, slice) IN (SELECT (feed, slice) FROM replaced_slice)
        OR ((feed, slice) IN (SELECT (feed, slice) FROM changed_slice)
            AND (feed, row_key) IN (SELECT (feed, _key) FROM changed_key))
        OR (feed, if(row_key LIKE 'row:%@%', split_part(row_key, '@', 2), NULL))
            IN (SELECT (feed, slice) FROM corrected_file))"""
_NTH = f"row_number() OVER (PARTITION BY {', '.join(_SAME)} ORDER BY row_number, delivery_id)"


def apply(
    connection: duckdb.DuckDBPyConnection,
    night: date,
    files: Sequence[Path],
    *,
    replaced: Iterable[tuple[str, str]],
    changed: Iterable[tuple[str, str]],
    corrected: Iterable[tuple[str, str]],
    held: Iterable[tuple[str, str]],
    again: bool,
) -> None:
    """Enter a night's problems, those of the Parquet `files`.

    In `replaced` slices (feed and slice) what was not found again is closed; in `changed` ones (a delta) only
    of the rows whose keys are in the temp table `changed_key`, and of rows without a key in the `corrected` files
    (feed and place); in `held` ones only what an earlier held file had. `again`: some feed was loaded this night
    already.
    """
    tonight = f"DATE {sql.text(night.isoformat())}"
    _table(connection, "replaced_slice", replaced)
    _table(connection, "changed_slice", changed)
    _table(connection, "corrected_file", corrected)
    _table(connection, "held_slice", held)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE seen_problem AS
        SELECT *, {_NTH} AS nth FROM read_parquet([{sql.texts(files)}])""")
    if again:
        _reopen(connection, tonight)
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE open_problem AS
        SELECT {", ".join(_SAME)}, delivery_id, row_number, {_NTH} AS nth
        FROM {_TABLE} WHERE known_to IS NULL""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE gone_problem AS
        SELECT o.* FROM open_problem o ANTI JOIN seen_problem s ON {_matched("o", "s")} AND o.nth = s.nth
        WHERE {_SPOKEN_OF} OR ((feed, slice) IN (SELECT (feed, slice) FROM held_slice) AND delivery_id IN (
            SELECT delivery_id FROM lake.intake.delivery WHERE status = 'held'))""")
    _close(connection, tonight, again=again)
    _follow(connection, tonight)
    connection.execute(f"""
        INSERT INTO {_TABLE} BY NAME
        SELECT s.* EXCLUDE (nth), {tonight} AS known_from, NULL::DATE AS known_to, {tonight} AS placed_on
        FROM seen_problem s ANTI JOIN open_problem o ON {_matched("s", "o")} AND o.nth = s.nth""")


def _reopen(connection: duckdb.DuckDBPyConnection, tonight: str) -> None:
    """Take back what an earlier run of the night has closed in the slices that are now loaded anew."""
    connection.execute(f"UPDATE {_TABLE} SET known_to = NULL WHERE known_to = {tonight} AND {_SPOKEN_OF}")


def _close(connection: duckdb.DuckDBPyConnection, tonight: str, *, again: bool) -> None:
    """Close the problems of `gone_problem`; those known only since this night are taken out instead."""
    if not connection.execute("SELECT 1 FROM gone_problem LIMIT 1").fetchone():
        return
    gone = (
        f"known_to IS NULL AND EXISTS (SELECT 1 FROM gone_problem g WHERE {_matched('p', 'g')} "
        "AND p.delivery_id = g.delivery_id AND p.row_number = g.row_number)"
    )
    if again:
        connection.execute(f"DELETE FROM {_TABLE} p WHERE known_from = {tonight} AND {gone}")
    connection.execute(f"UPDATE {_TABLE} p SET known_to = {tonight} WHERE {gone}")


def _follow(connection: duckdb.DuckDBPyConnection, tonight: str) -> None:
    """A problem that was delivered again stands where the newest file has it; where it stood before is kept.

    Not in a held slice, whose last good file counts: what a held file had is closed by the next one.
    """
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE moved_problem AS
        SELECT s.*, o.delivery_id AS _was_in, o.row_number AS _was_at
        FROM seen_problem s JOIN open_problem o ON {_matched("s", "o")} AND o.nth = s.nth
        WHERE o.delivery_id <> s.delivery_id AND (s.feed, s.slice) NOT IN (SELECT (feed, slice) FROM held_slice)""")
    if not connection.execute("SELECT 1 FROM moved_problem LIMIT 1").fetchone():
        return
    this = f"p.known_to IS NULL AND {_matched('p', 'm')} AND p.delivery_id = m._was_in AND p.row_number = m._was_at"
    connection.execute(f"""
        INSERT INTO {_BEFORE} BY NAME
        SELECT p.* REPLACE ({tonight} AS known_to) FROM {_TABLE} p SEMI JOIN moved_problem m ON {this}
        WHERE p.placed_on < {tonight}""")
    connection.execute(f"""
        UPDATE {_TABLE} p SET delivery_id = m.delivery_id, row_number = m.row_number,
            "row" = m."row", candidate = m.candidate, placed_on = {tonight}
        FROM moved_problem m WHERE {this}""")


def _table(connection: duckdb.DuckDBPyConnection, name: str, slices: Iterable[tuple[str, str]]) -> None:
    found = list(slices)
    told = pa.table(
        {
            "feed": pa.array([feed for feed, _ in found], pa.string()),
            "slice": pa.array([part for _, part in found], pa.string()),
        }
    )
    connection.register("arrow_slices", told)
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS SELECT * FROM arrow_slices")
    connection.unregister("arrow_slices")


def _matched(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{c} IS NOT DISTINCT FROM {right}.{c}" for c in _SAME)
