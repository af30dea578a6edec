"""Whether a night has loaded nothing although files came, or were due: such a night makes no release.

Stays out: what is missing feed by feed, which the mart of completeness says, holding a slice (`ingest.guarding`).
"""

from __future__ import annotations

from datetime import date

import duckdb

from ingest.committing.intake_tables import IS_OUTDATED
from registry import working_days
from registry.model import Register

_LISTED = 5  # feeds that a sentence names


def nothing_loaded(connection: duckdb.DuckDBPyConnection, register: Register, night: date) -> str | None:
    """The sentence of a committed night whose files were all refused or held, or to which none came though some were
    due; None for any other. The lake is only read.
    """
    counts = dict(
        connection.execute(
            "SELECT status, count(*) FROM lake.intake.delivery WHERE night = ? AND (feed <> '' OR status = 'refused') "
            f"AND NOT {IS_OUTDATED} GROUP BY ALL",
            [night],
        ).fetchall()
    )
    if counts.keys() & {"loaded", "unchanged"}:
        return None
    return _all_turned_away(connection, night, counts) if counts else _silence(register, night)


def _all_turned_away(connection: duckdb.DuckDBPyConnection, night: date, counts: dict[str, int]) -> str:
    (reason,) = connection.execute(
        "SELECT reason_for_all FROM lake.intake.delivery WHERE night = ? AND status IN ('refused', 'held') "
        "ORDER BY file_name, member LIMIT 1",
        [night],
    ).fetchone() or ("",)
    refused, held = counts.get("refused", 0), counts.get("held", 0)
    return (
        f"Nothing that came for the night {night} was loaded ({refused} files refused, {held} held), so there is no "
        f"new release: mend the files as their reasons say, and start the night again. The first reason: {reason}"
    )


def _silence(register: Register, night: date) -> str | None:
    if not working_days.is_school_day(register.calendar, night):
        return None
    due = [feed.id for feed in register.feeds if feed.expected == "school_day"]
    if not due:
        return None
    listed = ", ".join(due[:_LISTED]) + (f" and {len(due) - _LISTED} more" if len(due) > _LISTED else "")
    return (
        f"No file came for the night {night}, a school day on which {listed} are due, so there is no new release: see "
        "whether the exports ran and SHUYUAN_INBOX names their folder, and start the night again."
    )
