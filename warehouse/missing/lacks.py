"""Feeds of which a night lacks something, although nothing was refused: a lack is an alarm.

Add here: another way in which a feed can say nothing.
Stays out: when a feed is due, and from which night its content comes (the mart of completeness).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import duckdb

from registry.derived import words
from registry.model import Feed, Register

Kind = Literal["silent", "empty", "unchanged"]
_LISTED = 5  # places that a sentence names
_RHYTHMS = {
    "school_day": "on each school day",
    "weekly": "each week",
    "monthly": "each month",
    "term": "once a term",
    "school_year": "once a school year",
}
# Places of each feed: schools where it is looked for in each, else the one bureau.
_SILENT = """
    SELECT feed, organisation_code, used_from_night FROM lake.marts.completeness
    WHERE night = $night AND expected AND NOT arrived"""
_UNCHANGED = """
    SELECT told.feed, told.organisation_code, told.content_from_night
    FROM lake.marts.completeness AS told INNER JOIN lake.register.feed AS feed ON told.feed = feed.id
    WHERE told.night = $night AND told.used_from_night > told.content_from_night
        AND NOT (told.expected AND NOT told.arrived)
        AND $night IN (SELECT day FROM lake.conformed.calendar_days WHERE day_type = 'school_day')
        AND (
            SELECT count(*) FROM lake.conformed.calendar_days AS days
            WHERE days.day_type = 'school_day' AND days.day > told.content_from_night AND days.day <= $night
        ) > feed.unchanged_school_days"""
# Slices that came without a row, loaded or held; the last night on which each had some.
_EMPTY = """
    SELECT state.feed, state.slice, max(earlier.night)
    FROM lake.intake.slice_state AS state
    INNER JOIN lake.register.feed AS feed ON state.feed = feed.id
    LEFT JOIN lake.intake.delivery AS delivery ON state.delivery_id = delivery.delivery_id
    LEFT JOIN lake.intake.slice_state AS earlier
        ON state.feed = earlier.feed AND state.slice = earlier.slice AND earlier.night < $night
        AND earlier.rows > 0 AND earlier.status IN ('loaded', 'unchanged')
    WHERE state.night = $night AND NOT feed.may_be_empty AND feed.batch IN ('snapshot', 'additive')
        AND CASE state.status
            WHEN 'held' THEN delivery.rows_loaded + delivery.rows_quarantined + delivery.rows_held = 0
            ELSE state.rows = 0
        END
    GROUP BY ALL"""
_PLACES = "SELECT feed, count(*) FROM lake.marts.completeness WHERE night = $night GROUP BY ALL"
_SLICES = "SELECT feed, count(*) FROM lake.intake.slice_state WHERE night = $night GROUP BY ALL"


_QUERIES: dict[Kind, tuple[str, str]] = {
    "silent": (_SILENT, _PLACES),
    "empty": (_EMPTY, _SLICES),
    "unchanged": (_UNCHANGED, _PLACES),
}


@dataclass(frozen=True)
class Lack:
    """What a feed lacks on a night, of which places of how many, since when; the sentence says whose it is, too.

    `places`: schools, of `empty` slices, as far as the register says them (else `…`, since a slice may be called as a
    person is); of a feed that is looked for as a whole, the bureau alone. `since`: the last night on which the first of
    them was as it should be (of `unchanged`, that of the content); None: never.
    """

    feed: str
    kind: Kind
    places: tuple[str, ...]
    places_in_all: int
    since: date | None
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        """The lack as JSON values."""
        return asdict(self)


def lacks(connection: duckdb.DuckDBPyConnection, register: Register, night: date) -> list[Lack]:
    """What each feed lacks on a night whose marts are built, in the register's order. The lake is only read."""
    found: dict[str, list[Lack]] = defaultdict(list)
    known = words.words(register)
    for kind, (query, all_places) in _QUERIES.items():
        numbers = dict(connection.execute(all_places, {"night": night}).fetchall())
        places: dict[str, list[tuple[str, date | None]]] = defaultdict(list)
        for feed, place, since in connection.execute(query, {"night": night}).fetchall():
            places[feed].append((place if place is None or words.are_said(place, known) else "…", since))
        for feed, lacking in places.items():
            found[feed].append(_lack(register, feed, kind, sorted(lacking, key=str), numbers[feed]))
    return [lack for feed in register.feeds for lack in found[feed.id]]


def _lack(register: Register, name: str, kind: Kind, lacking: list[tuple[str, date | None]], in_all: int) -> Lack:
    feed, places = register.feed(name), tuple(place for place, _ in lacking)
    nights = [night for _, night in lacking if night is not None]
    since = min(nights, default=None)
    said = _SENTENCES[kind](feed, since, _where(kind, places, in_all), len(lacking) - len(nights))
    return Lack(name, kind, places, in_all, since, f"{register.called(name)}: {said}")


def _silent(feed: Feed, since: date | None, where: str, never: int) -> str:
    came = f"nothing usable has come since {since}" if since else "nothing usable has ever come"
    also = f", of {never} of them never" if since and never else ""
    return f"{came}{where}{also}, though it is expected {_RHYTHMS[feed.expected or '']}: see whether the export ran."


def _empty(_feed: Feed, since: date | None, where: str, never: int) -> str:
    last = f"the last one with rows was that of {since}" if since else "none has ever had a row"
    also = f", of {never} of them there was none" if since and never else ""
    return f"a list without rows came{where}; {last}{also}: see what the export was asked for."


def _unchanged(feed: Feed, since: date | None, where: str, _never: int) -> str:
    return (
        f"the same bytes have come since {since}{where}, for more than {feed.unchanged_school_days} school days: see "
        "whether the export is made anew."
    )


_SENTENCES: dict[Kind, Callable[[Feed, date | None, str, int], str]] = {
    "silent": _silent,
    "empty": _empty,
    "unchanged": _unchanged,
}


def _where(kind: Kind, places: tuple[str, ...], in_all: int) -> str:
    """The places of a sentence; '' where there is but one."""
    if in_all == 1:
        return ""
    listed = ", ".join(places[:_LISTED]) + (", …" if len(places) > _LISTED else "")
    return f" from {len(places)} of {in_all} {'lists' if kind == 'empty' else 'schools'} ({listed})"
