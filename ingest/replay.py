"""Replay: the inbox of an earlier night, restored from its landed files.

Stays out: landing (`ingest.landing`), running nights (`dags.backfill`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb

from common.damage import Damage
from ingest import landing
from ingest.committing import intake_tables
from ingest.finding.inbox import UNREAD_FOLDER

_LINK_REASON = "symbolic link"
_UNRESTORABLE_REASONS = ("is still being written", "cannot be read", "is no plain file", UNREAD_FOLDER)


def nights(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """The nights with arrivals, in order. A new lake has none."""
    if not intake_tables.exist(connection):
        return []
    rows = connection.execute("SELECT DISTINCT night FROM lake.intake.arrival ORDER BY night").fetchall()
    return [night for (night,) in rows]


def missing_bytes(connection: duckdb.DuckDBPyConnection, landing_root: Path) -> Iterator[Damage]:
    """The landed files that the lake's arrivals name and that are not there. A refused file need not be kept."""
    if not intake_tables.exist(connection):
        return
    rows = connection.execute(
        """
        SELECT sha256, min(night) FROM lake.intake.arrival LEFT JOIN (
            SELECT arrival_id, bool_and(status = 'refused') AS refused FROM lake.intake.delivery GROUP BY 1
        ) AS delivery USING (arrival_id)
        WHERE sha256 <> '' AND NOT coalesce(refused, false) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    for sha256, night in rows:
        landed = landing.path_of(landing_root, sha256)
        if not landed.exists():
            yield Damage(landed, f"(of a file of the night {night}) is missing", landing.REMEDY)


def restore(connection: duckdb.DuckDBPyConnection, night: date, landing_root: Path, inbox: Path) -> None:
    """Restore the files of a night below `inbox`, with the paths and bytes that they had.

    Of a file that was corrected within the night, the last version is restored. A file that was refused unopened, for
    its name or folder, is restored as an empty file or a link of that name; a half-written one is not restored.
    Raises IngestError where the bytes of an accepted file are missing.
    """
    files = connection.execute(
        """
        SELECT path, sha256, coalesce(reason, ''), coalesce(refused, false)
        FROM (SELECT *, rowid AS row_id FROM lake.intake.arrival) AS arrival
        LEFT JOIN (
            SELECT arrival_id, min(reason) AS reason, bool_and(status = 'refused') AS refused
            FROM lake.intake.delivery GROUP BY 1) AS delivery USING (arrival_id)
        WHERE night = $1 QUALIFY row_number() OVER (PARTITION BY path ORDER BY row_id DESC) = 1 ORDER BY path""",
        [night],
    ).fetchall()
    for path, sha256, reason, refused in files:
        target = inbox / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sha256 and (landing.path_of(landing_root, sha256).exists() or not refused):
            landing.restore_bytes(landing_root, sha256, target)
        elif not sha256 and _LINK_REASON in reason:
            target.symlink_to("nothing")
        elif not sha256 and not any(why in reason for why in _UNRESTORABLE_REASONS):
            target.touch()
