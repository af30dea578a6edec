"""The inbox of an earlier night, from what the lake has kept of it.

Lives here: which nights brought something, and laying their files where they lay.
Add here: another sign of a file that was seen and could not be kept.
Stays out: keeping bytes (`landing`), running nights (dags).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from ingest import landing
from ingest.committing import intake_tables

_LINK = "symbolic link"
_GONE = ("is still being written", "cannot be read", "is no plain file")


def nights(connection: duckdb.DuckDBPyConnection) -> list[date]:
    """The nights on which something arrived, in their order. A new lake has none."""
    if not intake_tables.there(connection):
        return []
    found = connection.execute("SELECT DISTINCT night FROM lake.intake.arrival ORDER BY night").fetchall()
    return [night for (night,) in found]


def restore(connection: duckdb.DuckDBPyConnection, night: date, landed: Path, inbox: Path) -> None:
    """Lay what arrived on a night below `inbox`, under the paths and with the bytes that it had.

    Of a file that was corrected within the night, the last is laid there. What was refused unopened, by its name or
    its folder, comes back as an empty file or a link of that name; what was still being written does not come back.
    Raises IngestError where the bytes of a file that was taken are missing.
    """
    found = connection.execute(
        """
        SELECT path, sha256, coalesce(reason, ''), coalesce(refused, false)
        FROM (SELECT *, rowid AS place FROM lake.intake.arrival) AS arrival
        LEFT JOIN (
            SELECT arrival_id, min(reason) AS reason, bool_and(status = 'refused') AS refused
            FROM lake.intake.delivery GROUP BY 1) AS delivery USING (arrival_id)
        WHERE night = $1 QUALIFY row_number() OVER (PARTITION BY path ORDER BY place DESC) = 1 ORDER BY path""",
        [night],
    ).fetchall()
    for path, sha256, reason, refused in found:
        target = inbox / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if sha256 and (landing.place(landed, sha256).exists() or not refused):
            landing.give_back(landed, sha256, target)
        elif not sha256 and _LINK in reason:
            target.symlink_to("nothing")
        elif not sha256 and not any(why in reason for why in _GONE):
            target.touch()
