"""Files that come again with the bytes that the lake has: which models they change, as each says in its `meta.resent`.

Lives here: what a model may say of it, and whether a night of such files must be built.
Stays out: which files are unchanged (`ingest.finding`), recording them (`ingest.committing`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

import duckdb

from warehouse.unchanged import declared
from warehouse.unchanged.declared import Declared

SAME = "same"  # it says the same of a slice however often that comes
ASKED = "asked"  # a night without a build asks it itself
SUCCESSION = "succession"  # whether a school that has a successor, or that successor, has sent since
_ASKS = re.compile(r"source\(\s*['\"]intake['\"]\s*,\s*['\"](?:arrival|delivery|slice_part|slice_state)['\"]")
# of a slice that is called by a school: the first that came of it since the school became another
_FIRST_SINCE = """
    select tonight.feed
    from resent as tonight
    inner join lake.register.succession as succession
        on list_has_any(string_split(tonight.slice, '/'), [succession.code, succession.successor])
    where succession.since <= $night and (succession.until is null or succession.until > $night)
        and not exists (
            select 1 from lake.intake.slice_state as before
            where before.feed = tonight.feed and before.slice = tonight.slice
                and before.status in ('loaded', 'unchanged')
                and before.night >= succession.since and before.night < $night
        )
    order by all limit 1"""


def resent_uses(manifest: Mapping[str, Any]) -> Iterator[Declared]:
    """The models and macros of dbt's manifest that read what has come, and what they say of slices that come again:
    `SAME`, `ASKED`, `SUCCESSION`, or the feeds whose slices say something else by it.
    """
    return declared.declared(manifest, "resent", _ASKS)


def undeclared(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The models and macros that read what has come and say nothing of slices that come again."""
    return declared.undeclared(resent_uses(manifest))


def feeds(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The feeds of which something else is said by slices that come again."""
    said = {value for use in resent_uses(manifest) for value in use.values}
    return tuple(sorted(said - {SAME, ASKED, SUCCESSION}))


def reason_to_build(
    connection: duckdb.DuckDBPyConnection,
    resent: Collection[tuple[str, str]],
    night: date,
    feeds: Collection[str],
    undeclared: Collection[str],
) -> str | None:
    """Why a night to which nothing came but slices that the lake has (`resent`: feed and slice) must be built, as the
    end of a sentence; None where it need not.

    `feeds`, `undeclared`: those of the last build's manifest. The lake is only read.
    """
    if resent and undeclared:
        return f"{', '.join(undeclared)} may depend on files that come again (no meta.resent says how)"
    if changing := sorted({feed for feed, _ in resent} & {*feeds}):
        return f"{changing[0]} says by coming again until when it holds"
    if not resent:
        return None
    connection.execute("create or replace temp table resent (feed varchar, slice varchar)")
    connection.executemany("insert into resent values (?, ?)", sorted(resent))
    first = connection.execute(_FIRST_SINCE, {"night": night}).fetchone()
    return f"{first[0]} comes for the first time from a school that became another" if first else None
