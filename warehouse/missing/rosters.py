"""Rosters that did not come on a night, so that the last ones count.

Stays out: whether one was due (`lacks`), whether there is any (`entities`).
"""

from __future__ import annotations

from datetime import date

import duckdb

from registry.model import Register
from warehouse.missing.entities import PLURAL, feeds_that_create

_USED = """
    SELECT max(used_from_night), coalesce(bool_or(arrived AND NOT held), false) FROM lake.marts.completeness
    WHERE night = $night AND feed IN (SELECT unnest($feeds))"""


def earlier_rosters(connection: duckdb.DuckDBPyConnection, register: Register, night: date) -> list[str]:
    """A sentence for each entity of which no roster came on a night whose marts are built. The lake is only read."""
    sentences = []
    for entity, feeds in feeds_that_create(register).items():
        used, came = connection.execute(_USED, {"night": night, "feeds": feeds}).fetchone() or (None, False)
        if used is not None and not came:
            listed = ", ".join(feeds)
            sentences.append(f"No roster of {PLURAL[entity]} came tonight: that of {used} counts ({listed}).")
    return sentences
