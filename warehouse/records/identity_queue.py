"""The identity queue: the records that wait until a person says who they are, each with the line that decides.

Add here: another fact that helps a person to decide.
Stays out: who waits, and why (`dbt_project/models/conformed/identity`), the lines themselves (`registry`).
"""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from common.catalog import has_table
from warehouse.disclosure.value_display import IN_FULL, IN_PART, Showing, ValueDisplay
from warehouse.errors import QueryError
from warehouse.lake import Lake, access_log, connect_lake
from warehouse.records.export_rows import PLACE_COLUMNS, ExportRows
from warehouse.report import Part, Report, part

REVIEWED_LINES = "reviewed_matches.csv"  # of the register: where a decision is written
_QUEUE = "lake.conformed.identity_queue"
# since when: as the problem lists say it
_ENTRIES = f"""
    select
        entity, rule, feed, organisation_code, record, name, identifier, person, reason, probability, line,
        (
            select min(first_seen) from lake.conformed.problems as problem
            where problem.closed_on is null and problem.feed = queue.feed and problem.rule = queue.rule
                and problem.row_key = coalesce(queue.identifier, queue.name, queue.record)
        ) as since,
        _delivery_id, _row_number
    from {_QUEUE} as queue
    where ($1 is null or feed = $1) and ($2 is null or organisation_code = $2)
    order by since nulls last, entity, rule, feed, organisation_code, record, person"""
_COLUMNS = (
    "entity", "rule", "feed", "organisation_code", "record", "name", "identifier", "person", "reason", "probability",
    "since", *PLACE_COLUMNS, "line",
)  # fmt: skip


def identity_queue(
    lake: Lake,
    at: datetime,
    feed: str | None = None,
    organisation: str | None = None,
    showing: Showing = IN_PART,
) -> Report:
    """Who waits to be told who they are: how many by rule and feed, and each record beside the person it may be.

    `record` is the number of a record, or the key of a person who may be the same as `person`; `line` is the line that
    decides, for the register's REVIEWED_LINES, and stands with the identifiers in full alone. `feed` and `organisation`
    choose. Unless they are shown `identified` names and identifiers are masked as in `data_problem`, and people have
    their keys of a release; else the access log says so before. Raises QueryError, LakeError.
    """
    with connect_lake(lake, read_only=True) as connection:
        if not has_table(connection, _QUEUE):
            raise QueryError(f"The lake {lake.root} has no identity queue yet: run 'shuyuan night' first.")
        entries = connection.execute(_ENTRIES, [feed, organisation]).fetchall()
        display = ValueDisplay(connection, showing)
        shown = entries[: display.limit]
        if display.identified and shown:
            access_log.log(lake.access_log, "identities", f"{len(shown)} entries of the identity queue", at)
        exports = ExportRows(connection, display)
        rows = [_row(exports, display, entry) for entry in shown]
        queue = Part("queue", "Records that wait", _COLUMNS, tuple(rows), len(entries) - len(shown))
        facts = {"waiting": len(entries), "decided_in": REVIEWED_LINES}
        if entries and not display.identified:
            facts["line"] = "--identified shows the line to copy, which names the person; the access log says so"
        return Report(facts, tuple(one for one in (_counts(entries), queue) if one.rows))


def _counts(entries: list[tuple[Any, ...]]) -> Part:
    counts = Counter(entry[:3] for entry in entries)
    rows = [(*key, count) for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
    return part("counts", "Waiting by rule and feed", ("entity", "rule", "feed", "records"), rows)


def _row(exports: ExportRows, display: ValueDisplay, entry: tuple[Any, ...]) -> tuple[Any, ...]:
    entity, rule, feed, organisation, record, name, identifier, person, *rest = entry
    reason, probability, line, since, delivery, row = rest
    policy = IN_FULL if display.identified else "mask"
    return (
        entity, rule, feed, organisation,
        record if record.startswith("#") else display.key(record),
        display.by_policy(policy, name), display.by_policy(policy, identifier),
        display.key(person) if person else None,
        reason, probability, since, *exports.place(delivery, row).values(),
        line if display.identified else None,
    )  # fmt: skip
