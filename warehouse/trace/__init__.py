"""The provenance of one record: for each value its owner, file, row and load, and the copies that differ.

Lives here: the entry points; the tables are in `record_report`.
Add here: another kind of record that has conformed columns.
Stays out: finding the record (`records`), how a value is displayed (`disclosure.value_display`), what a name means
(`explain`), printing (`shuyuan.printing`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import duckdb

from registry.model import Register
from warehouse.as_known import published_releases, rebuild
from warehouse.disclosure.value_display import ValueDisplay
from warehouse.errors import QueryError
from warehouse.lake import Lake, access_log, connect_lake, lake_tables
from warehouse.records import record
from warehouse.report import Report
from warehouse.trace import record_report

__all__ = ["ENTITIES", "trace_record", "trace_record_as_known_on"]

ENTITIES = tuple(record.KINDS)


def trace_record(
    lake: Lake, entity: str, key: str, at: datetime, *, identified: bool = False, secret: bytes | None = None
) -> Report:
    """Every element of a student, teacher or school, and where its value stands in an export.

    `key` is any identifier of the record: its key in a release, its uid, an identifier with or without its
    namespace; of a school its code, USCC or name. Without `identified` values are shown as their elements may be
    released, and no identifier is; with it they are shown in full, and the access log says so before. `secret` makes
    pseudonyms that no release has needed yet. Raises QueryError, LakeError.
    """
    kind = record.KINDS[entity]
    def log(uid: str) -> None:
        if identified:
            access_log.log(lake.access_log, f"trace {entity}", uid, at)

    return _trace(lake, kind, key, log, identified=identified, secret=secret)


def trace_record_as_known_on(
    lake: Lake,
    entity: str,
    key: str,
    at: datetime,
    day: date,
    present: Register,
    *,
    identified: bool = False,
    secret: bytes | None = None,
) -> Report:
    """The same as the release that was current on a day had it: the lake of its night is built again for it.

    Raises what `trace` raises, and RegisterError, BuildFailed where that night cannot be built again.
    """
    published = published_releases.release_on(lake, day)

    def log(uid: str) -> None:
        if identified:
            access_log.log(lake.access_log, f"trace {entity} as known on {day}", uid, at)

    register = rebuild.register_of(published, present)
    with rebuild.rebuild_lake(lake, register, published.night, published.register) as past_lake:
        return _trace(past_lake, record.KINDS[entity], key, log, identified=identified, secret=secret)


def _trace(
    lake: Lake,
    kind: record.RecordKind,
    key: str,
    log: Callable[[str], None],
    *,
    identified: bool,
    secret: bytes | None,
) -> Report:
    with connect_lake(lake, read_only=True) as connection:
        tables = lake_tables(connection)
        if f"conformed.{kind.table}" not in tables:
            raise QueryError(f"The lake {lake.root} holds no {kind.entity} yet: run 'shuyuan night' first.")
        display = ValueDisplay(connection, identified=identified, secret=secret)
        uid = record.record_uid(connection, kind, key, display)
        log(uid)
        return _report(connection, kind, uid, display, tables)


def _report(
    connection: duckdb.DuckDBPyConnection,
    kind: record.RecordKind,
    uid: str,
    display: ValueDisplay,
    tables: dict[str, list[str]],
) -> Report:
    report = record_report.RecordReport(connection, kind, uid, display, tables)
    tables_of: tuple[Callable[[], record_report.Part], ...] = (
        report.values, report.differences, report.problems, report.records, report.aliases, report.history,
    )  # fmt: skip
    return Report(report.facts(), tuple(part for part in (table() for table in tables_of) if part.rows))
