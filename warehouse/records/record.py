"""Finds a record by any of its identifiers: in the alias table, among released keys, by its uid.

Add here: another place in which an identifier of a record is stored.
Stays out: what is reported of the record (`trace.record_report`). No message here repeats an identifier.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from common.catalog import has_table
from registry.written import clean
from warehouse.disclosure.pseudonyms import record_keys
from warehouse.disclosure.value_display import ValueDisplay
from warehouse.errors import QueryError

MAX_LISTED_RECORDS = 5
_SCHOOL_ALIASES = "lake.conformed.school_alias"  # every code and name by which a school is or was known


@dataclass(frozen=True)
class RecordKind:
    """A kind of record: its conformed table, the column of its uid there, and its alias table where it has one."""

    entity: str
    table: str
    uid: str
    alias: str | None


KINDS = {
    "student": RecordKind("student", "students", "student_uid", "student_alias"),
    "teacher": RecordKind("teacher", "teachers", "teacher_uid", "teacher_alias"),
    "school": RecordKind("school", "schools", "school_code", None),
}


def aliases(connection: duckdb.DuckDBPyConnection, kind: RecordKind) -> str:
    """The alias table of a kind, as a SQL table expression: without aliases that were withdrawn."""
    table = f"lake.conformed.{kind.alias}"
    columns = {name for name, *_ in connection.execute(f"describe {table}").fetchall()}
    return f"(select * from {table} where known_to is null)" if "known_to" in columns else table


def record_uid(connection: duckdb.DuckDBPyConnection, kind: RecordKind, key: str, display: ValueDisplay) -> str:
    """The uid of the record. Raises QueryError where none or several have the identifier, or nobody presents it."""
    cleaned = clean(key)
    forms = list(dict.fromkeys((key.strip(), cleaned, cleaned.upper(), cleaned.lower(), cleaned.replace(" ", ""))))
    uids = _by_alias(connection, kind, forms) if kind.alias else _by_name(connection, kind, forms)
    if not uids:
        raise QueryError(
            f"No {kind.entity} of this lake is known by that identifier: give a key of a release, or an identifier as "
            "it stands in an export."
        )
    if len(uids) > 1:
        keys = "; ".join(_key_and_school(connection, kind, uid, display) for uid in uids[:MAX_LISTED_RECORDS])
        more = f" and {len(uids) - MAX_LISTED_RECORDS} more" if len(uids) > MAX_LISTED_RECORDS else ""
        raise QueryError(
            f"That identifier belongs to {len(uids)} {kind.entity}s: ask for one by its key: {keys}{more}."
        )
    if not _is_presented(connection, kind, uids[0]):
        raise QueryError(
            f"That {kind.entity} is known, but no export that may create a {kind.entity} holds the record now: "
            "ask for a night on which one did, with --as-known-on."
        )
    return uids[0]


def _by_alias(connection: duckdb.DuckDBPyConnection, kind: RecordKind, forms: list[str]) -> list[str]:
    known = record_keys(connection)
    released = f"select value from {known} where list_contains($1, pseudonym)" if known else "select null"
    rows = connection.execute(
        f"select distinct {kind.uid} from {aliases(connection, kind)} where list_contains($1, identifier) "
        f"or list_contains($1, namespace || ':' || identifier) or list_contains($1, {kind.uid}) "
        f"or {kind.uid} in ({released}) order by all",
        [forms],
    ).fetchall()
    return [uid for (uid,) in rows]


def _by_name(connection: duckdb.DuckDBPyConnection, kind: RecordKind, forms: list[str]) -> list[str]:
    """A school: its code counts before a former one, this before its names, and these before former names."""
    select = f"select {kind.uid} from lake.conformed.{kind.table} where "
    queries = [
        f"{select} list_contains($1, {kind.uid})",
        f"{select} list_contains($1, uscc) or list_contains($1, name)",
    ]
    if has_table(connection, _SCHOOL_ALIASES):  # a lake of an older program has it from its next night on
        select_former = f"select {kind.uid} from {_SCHOOL_ALIASES} where list_contains($1, identifier) and namespace"
        queries.insert(1, f"{select_former} = 'school_code'")
        queries.append(f"{select_former} = 'school_name'")
    for query in queries:
        rows = connection.execute(f"{query} order by all", [forms]).fetchall()
        if rows:
            return [uid for (uid,) in rows]
    return []


def _is_presented(connection: duckdb.DuckDBPyConnection, kind: RecordKind, uid: str) -> bool:
    query = f"select 1 from lake.conformed.{kind.table} where {kind.uid} = ?"
    return connection.execute(query, [uid]).fetchone() is not None


def _key_and_school(connection: duckdb.DuckDBPyConnection, kind: RecordKind, uid: str, display: ValueDisplay) -> str:
    if kind.alias is None:
        return uid
    school = connection.execute(
        f"select school from lake.conformed.{kind.table} where {kind.uid} = ?", [uid]
    ).fetchone()
    place = f"school {school[0]}" if school and school[0] else "no school now"
    return f"{display.key(uid) or '(no key)'} ({place})"
