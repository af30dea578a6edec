"""Where each value of one record comes from: owner, file, row, load, and the copies that differ.

Lives here: the door; finding the record by any identifier (`record`), how a value may be shown (`shown`), the tables
that are told of it (`told`).
Add here: another kind of record that has conformed columns.
Stays out: the access log (`access`), printing (the desk's), what a name means (`explain`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import duckdb

from registry.model import Register
from warehouse.as_known import published_releases, rebuild
from warehouse.disclosure.shown_value import Shown
from warehouse.errors import QueryError
from warehouse.lake import Lake, access_log, connect_lake, lake_tables
from warehouse.records import record
from warehouse.report import Report
from warehouse.trace import record_report

__all__ = ["ENTITIES", "trace", "trace_as_known_on"]

ENTITIES = tuple(record.KINDS)


def trace(
    lake_: Lake, entity: str, key: str, at: datetime, *, identified: bool = False, secret: bytes | None = None
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
            access_log.log(lake_.access_log, f"trace {entity}", uid, at)

    return _trace(lake_, kind, key, log, identified=identified, secret=secret)


def trace_as_known_on(
    lake_: Lake,
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
    found = published_releases.as_known_on(lake_, day)

    def log(uid: str) -> None:
        if identified:
            access_log.log(lake_.access_log, f"trace {entity} as known on {day}", uid, at)

    with rebuild.lake_of(lake_, rebuild.register_of(found, present), found.night) as then:
        return _trace(then, record.KINDS[entity], key, log, identified=identified, secret=secret)


def _trace(
    lake_: Lake,
    kind: record.Kind,
    key: str,
    log: Callable[[str], None],
    *,
    identified: bool,
    secret: bytes | None,
) -> Report:
    with connect_lake(lake_, read_only=True) as connection:
        tables = lake_tables(connection)
        if f"conformed.{kind.table}" not in tables:
            raise QueryError(f"The lake {lake_.root} holds no {kind.entity} yet: run 'shuyuan night' first.")
        shown = Shown(connection, identified=identified, secret=secret)
        uid = record.find(connection, kind, key, shown)
        log(uid)
        return _told(connection, kind, uid, shown, tables)


def _told(
    connection: duckdb.DuckDBPyConnection, kind: record.Kind, uid: str, shown: Shown, tables: dict[str, list[str]]
) -> Report:
    teller = record_report.Teller(connection, kind, uid, shown, tables)
    steps: tuple[Callable[[], record_report.Part], ...] = (
        teller.values, teller.differences, teller.problems, teller.records, teller.aliases, teller.history,
    )  # fmt: skip
    return Report(teller.said(), tuple(part for part in (step() for step in steps) if part.rows))
