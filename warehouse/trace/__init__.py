"""The provenance of one record: for each value its owner, file, row and load, the copies that differ, and every row of
every feed that speaks of it.

Lives here: the entry points; the tables are in `record_report`.
Add here: another kind of record that has conformed columns.
Stays out: finding the record (`records`), how a value is displayed (`disclosure.value_display`), what a name means
(`explain`), printing (`shuyuan.printing`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from registry.model import Register
from warehouse.as_known import published_releases, rebuild
from warehouse.disclosure.value_display import IN_PART, Showing, ValueDisplay
from warehouse.errors import QueryError
from warehouse.lake import Lake, access_log, connect_lake, lake_tables
from warehouse.records import record
from warehouse.report import Part, Report
from warehouse.trace import record_report

__all__ = ["ENTITIES", "trace_record", "trace_record_as_known_on"]

ENTITIES = tuple(record.KINDS)


def trace_record(lake: Lake, entity: str, key: str, at: datetime, showing: Showing = IN_PART) -> Report:
    """Every element of a student, teacher or school, where its value stands in an export, and every row of every feed
    that speaks of it, `showing.limit` of each: those that a later delivery has replaced are marked as earlier.

    `key` is any identifier of the record: its key in a release, its uid, an identifier with or without its
    namespace; of a school its code, USCC or name. Unless they are shown `identified` values are shown as their
    elements may be released, and no identifier is; else in full, and the access log says so before.
    Raises QueryError, LakeError.
    """
    return _trace(lake, record.KINDS[entity], key, _log(lake, f"trace {entity}", at, showing), showing)


def trace_record_as_known_on(
    lake: Lake, entity: str, key: str, at: datetime, day: date, present: Register, showing: Showing = IN_PART
) -> Report:
    """The same as the release that was current on a day had it: the lake of its night is built again for it.

    Raises what `trace` raises, and RegisterError, BuildFailed where that night cannot be built again.
    """
    published = published_releases.release_on(lake, day)
    log = _log(lake, f"trace {entity} as known on {day}", at, showing)
    register = rebuild.register_of(published, present)
    with rebuild.rebuild_lake(lake, register, published.night, published.register) as past_lake:
        return _trace(past_lake, record.KINDS[entity], key, log, showing)


def _log(lake: Lake, what: str, at: datetime, showing: Showing) -> Callable[[str], None]:
    """What is done before a record is shown."""

    def log(uid: str) -> None:
        if showing.identified:
            access_log.log(lake.access_log, what, uid, at)

    return log


def _trace(lake: Lake, kind: record.RecordKind, key: str, log: Callable[[str], None], showing: Showing) -> Report:
    with connect_lake(lake, read_only=True) as connection:
        tables = lake_tables(connection)
        if f"conformed.{kind.table}" not in tables:
            raise QueryError(f"The lake {lake.root} holds no {kind.entity} yet: run 'shuyuan night' first.")
        display = ValueDisplay(connection, showing)
        uid = record.record_uid(connection, kind, key, display)
        log(uid)
        return _report(record_report.RecordReport(connection, kind, uid, display, tables))


def _report(report: record_report.RecordReport) -> Report:
    tables: tuple[Callable[[], Part], ...] = (
        report.values, report.differences, report.problems, report.feeds, report.records, report.aliases,
        report.history,
    )  # fmt: skip
    return Report(report.facts(), tuple(part for part in (table() for table in tables) if part.rows))
