"""Problems over time: one that is delivered again stays open, one that is not is closed.

Lives here: applying a night's problems to `lake.intake.problem`.
Add here: a fact of a problem that changes from night to night.
Stays out: finding problems (`contract`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from pathlib import Path

import duckdb

from ingest import sql
from ingest.contract.outputs import PROBLEMS
from registry.model import Feed

_TABLE = "lake.intake.problem"
_SAME = ("slice", "row_key", "rule", "column_name", "value")     # what makes two problems one
_NTH = f"row_number() OVER (PARTITION BY {', '.join(_SAME)} ORDER BY row_number, delivery_id)"


def apply(
    connection: duckdb.DuckDBPyConnection, feed: Feed, night: date, folder: Path, *, replaced: Collection[str],
    changed: Collection[str], again: bool,
) -> None:
    """Enter a night's problems of a feed.

    In `replaced` slices what was not found again is closed; in `changed` ones (a delta) only of the rows whose keys
    are in `changed_key`; in others (held) nothing is closed. `again`: the feed was loaded this night already.
    """
    tonight = f"DATE {sql.text(night.isoformat())}"
    mine = f"feed = {sql.text(feed.id)}"
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE seen_problem AS
        SELECT *, {_NTH} AS nth FROM read_parquet({sql.text(folder / PROBLEMS)})""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE open_problem AS
        SELECT {', '.join(_SAME)}, known_from, delivery_id, row_number, {_NTH} AS nth
        FROM {_TABLE} WHERE {mine} AND known_to IS NULL""")
    connection.execute(f"""
        CREATE OR REPLACE TEMP TABLE gone_problem AS
        SELECT o.* FROM open_problem o ANTI JOIN seen_problem s ON {_matched("o", "s")} AND o.nth = s.nth
        WHERE {_one_of("o.slice", replaced)} OR ({_one_of("o.slice", changed)} AND o.row_key IN (SELECT _key FROM changed_key))""")
    gone = f"EXISTS (SELECT 1 FROM gone_problem g WHERE {_matched('p', 'g')} AND p.delivery_id = g.delivery_id " \
           "AND p.row_number = g.row_number)"
    if connection.execute("SELECT 1 FROM gone_problem LIMIT 1").fetchone():
        if again:
            connection.execute(
                f"DELETE FROM {_TABLE} p WHERE {mine} AND known_to IS NULL AND known_from = {tonight} AND {gone}"
            )
        connection.execute(f"UPDATE {_TABLE} p SET known_to = {tonight} WHERE {mine} AND known_to IS NULL AND {gone}")
    connection.execute(f"""
        INSERT INTO {_TABLE} BY NAME
        SELECT s.* EXCLUDE (nth), {tonight} AS known_from, NULL::DATE AS known_to
        FROM seen_problem s ANTI JOIN open_problem o ON {_matched("s", "o")} AND o.nth = s.nth""")


def _matched(left: str, right: str) -> str:
    return " AND ".join(f"{left}.{c} IS NOT DISTINCT FROM {right}.{c}" for c in _SAME)


def _one_of(column: str, values: Collection[str]) -> str:
    return f"{column} IN ({sql.texts(sorted(values))})" if values else "false"
