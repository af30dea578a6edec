"""A lake against the planted truth, row for row: what three nights and a month of them must both hold."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from datetime import date
from typing import Any

from tests.end_to_end.conftest import Nights

Rows = Counter[tuple[Any, ...]]


def nothing_but(found: Rows, planted: Rows) -> None:
    """Both are the same; what differs is shown from each side."""
    invented, missing = sorted(found - planted, key=str), sorted(planted - found, key=str)
    assert not invented, {"invented": invented[:20], "missing": missing[:20]}
    assert not missing, {"missing": missing[:20]}


def accounts(nights: Nights, last: date) -> None:
    """Every file, sheet and member of every night: rows read, and what became of them."""
    found = nights.restricted(
        "select night, coalesce(feed, ''), file_name, coalesce(member, ''), status, "
        "rows_read, rows_loaded, rows_quarantined, rows_held, "
        f"rows_skipped, skipped_by_reason from lake.marts.delivery where night <= date '{last}'",
    )
    planted = [
        (
            date.fromisoformat(r["night"]), r["feed"], r["file_name"], r["member"], r["status"],
            *(_count(r[c]) for c in ("rows_read", "rows_loaded", "rows_quarantined", "rows_held")),
            _reasons(r["skipped"]),
        )
        for r in nights.truth("files")
    ]  # fmt: skip
    nothing_but(Counter((*r[:-2], _reasons(r[-1])) for r in found), Counter(planted))
    for *_, read, loaded, quarantined, held, skipped, _ in found:
        assert read is None or read == loaded + quarantined + held + skipped


def quarantine(nights: Nights) -> None:
    """Every bad row of a file, from the delivery that shows it to the one that mends it."""
    found = nights.restricted(
        "select feed, slice, row_key, rule, severity, coalesce(column_name, ''), coalesce(value, ''), "
        "known_from::varchar, coalesce(known_to::varchar, ''), coalesce(candidate, '') from lake.intake.problem"
    )
    columns = (
        "feed", "slice", "row_key", "rule", "severity", "column_name", "value", "known_from", "known_to", "candidate",
    )  # fmt: skip
    nothing_but(Counter(found), Counter(tuple(r[c] for c in columns) for r in nights.truth("problems")))


def problem_ledger(nights: Nights, last: date) -> None:
    """The ledger of problems: when each was opened, last seen and closed; and the mart shows as many."""
    found = nights.restricted(
        "select feed, coalesce(organisation_code, ''), rule, severity, coalesce(column_name, ''), row_key, "
        "coalesce(value, ''), first_seen::varchar, last_seen::varchar, coalesce(closed_on::varchar, '') "
        "from lake.conformed.problems"
    )
    columns = (
        "feed", "organisation_code", "rule", "severity", "column_name", "row_key", "value", "first_seen", "last_seen",
        "closed_on",
    )  # fmt: skip
    planted = Counter(tuple(r[c] for c in columns) for r in nights.truth("problem_ledger"))
    of_city = {feed for feed, school, *_ in planted if not school}  # their files speak for every school
    planted = Counter((feed, "" if feed in of_city else school, *rest) for feed, school, *rest in planted.elements())
    found = [(feed, "" if feed in of_city else school, *rest) for feed, school, *rest in found]
    nothing_but(Counter(found), planted)
    shown = nights.published(
        last,
        "select feed, coalesce(organisation_code, ''), rule, opened::varchar, last_seen::varchar, "
        "coalesce(closed::varchar, '') from marts.data_problem",
    )
    shown = [(feed, "" if feed in of_city else school, *rest) for feed, school, *rest in shown]
    nothing_but(Counter(shown), Counter((r[0], r[1], r[2], r[7], r[8], r[9]) for r in planted.elements()))


def difference_ledger(nights: Nights) -> None:
    """The ledger of differences between the owner and its copies: opened in the first slice that has it, last seen, and
    resolved in all.
    """
    found = nights.restricted(
        "select element_id, split_part(record_uid, ':', 2), owner_source, owner_value, copy_source, copy_value, "
        "min(first_seen)::varchar, max(last_seen)::varchar, "
        "case when bool_and(closed_on is not null) then max(closed_on)::varchar else '' end "
        "from lake.conformed.discrepancies "
        "group by element_id, record_uid, owner_source, owner_value, copy_source, copy_value"
    )
    columns = (
        "element_id", "student_number", "owner_source", "owner_value", "copy_source", "copy_value", "first_seen",
        "last_seen", "resolved_on",
    )  # fmt: skip
    planted = Counter(tuple(r[c] for c in columns) for r in nights.truth("difference_ledger"))
    assert len(planted) > 5
    nothing_but(Counter(found), planted)


def silence(nights: Nights, last: date) -> None:
    """An alarm is sounded only where all files of a feed were refused, or one that was due did not come; homework is
    expected on school days alone, and missed where it did not come.
    """
    alarms = {path.stem for path in (nights.lake.outbox / "alerts").glob("*.txt")}
    refused = {night for night, statuses in _statuses(nights).items() if {"refused"} in statuses.values()}
    due = "select distinct night::varchar from marts.completeness where expected and not arrived"
    assert alarms == refused | {night for (night,) in nights.published(last, due)}
    came = {(r["feed"], r["night"]) for r in nights.truth("files")}
    found = nights.published(
        last,
        "select feed, night::varchar, expected, arrived from marts.completeness where feed like 'homework%'",
    )
    assert {(feed, night) for feed, night, _, arrived in found if arrived} == {c for c in came if c[0][:4] == "home"}
    off = {night for _, night, expected, _ in found if not expected}
    assert off == {d.isoformat() for d in nights.outcomes if not _taught(d)}


def _statuses(nights: Nights) -> dict[str, dict[str, set[str]]]:
    """What became of the files of each feed on each night."""
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for r in nights.truth("files"):
        if r["feed"]:
            found[r["night"]][r["feed"]].add(r["status"])
    return found


def _taught(day: date) -> bool:
    from samples.world.calendar import is_school_day

    return is_school_day(day)


def _count(told: str) -> int | None:
    return int(told) if told else None


def _reasons(told: str | None) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((k, n) for k, n in (json.loads(told or "null") or {}).items() if n))
