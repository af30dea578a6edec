"""Which record is meant: any identifier in, one record's uid out.

Lives here: the kinds of records, and finding one in the alias table, among released keys and by its uid.
Add here: another place in which an identifier of a record stands.
Stays out: what is told of the record (`record_report`). No sentence here repeats an identifier.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from registry.written import clean
from warehouse.disclosure.pseudonyms import TABLE as PSEUDONYMS
from warehouse.disclosure.shown_value import Shown
from warehouse.errors import QueryError
from warehouse.lake import has_table

_LISTED = 5
_FORMER = "lake.conformed.school_alias"  # every code and name by which a school is or was known


@dataclass(frozen=True)
class Kind:
    """A kind of record: its conformed table, the column of its uid there, and its alias table where it has one."""

    entity: str
    table: str
    uid: str
    alias: str | None


KINDS = {
    "student": Kind("student", "students", "student_uid", "student_alias"),
    "teacher": Kind("teacher", "teachers", "teacher_uid", "teacher_alias"),
    "school": Kind("school", "schools", "school_code", None),
}


def aliases(connection: duckdb.DuckDBPyConnection, kind: Kind) -> str:
    """The alias table of a kind as SQL names it in a `from`: without what turned out not to be the person's."""
    table = f"lake.conformed.{kind.alias}"
    columns = {name for name, *_ in connection.execute(f"describe {table}").fetchall()}
    return f"(select * from {table} where known_to is null)" if "known_to" in columns else table


def find(connection: duckdb.DuckDBPyConnection, kind: Kind, key: str, shown: Shown) -> str:
    """The uid of the record. Raises QueryError where none or several have the identifier, or nobody presents it."""
    meant = clean(key)
    forms = list(dict.fromkeys((key.strip(), meant, meant.upper(), meant.lower(), meant.replace(" ", ""))))
    found = _by_alias(connection, kind, forms) if kind.alias else _by_name(connection, kind, forms)
    if not found:
        raise QueryError(
            f"No {kind.entity} of this lake is known by that identifier: give a key of a release, or an identifier as "
            "it stands in an export."
        )
    if len(found) > 1:
        listed = "; ".join(_described(connection, kind, uid, shown) for uid in found[:_LISTED])
        more = f" and {len(found) - _LISTED} more" if len(found) > _LISTED else ""
        raise QueryError(f"That identifier is of {len(found)} {kind.entity}s: ask for one by its key: {listed}{more}.")
    if not _presented(connection, kind, found[0]):
        raise QueryError(
            f"That {kind.entity} is known, but no export that may create a {kind.entity} holds the record now: "
            "ask for a night on which one did, with --as-known-on."
        )
    return found[0]


def _by_alias(connection: duckdb.DuckDBPyConnection, kind: Kind, forms: list[str]) -> list[str]:
    released = f"select value from {PSEUDONYMS} where list_contains($1, pseudonym)"
    released = released if has_table(connection, PSEUDONYMS) else "select null"
    rows = connection.execute(
        f"select distinct {kind.uid} from {aliases(connection, kind)} where list_contains($1, identifier) "
        f"or list_contains($1, namespace || ':' || identifier) or list_contains($1, {kind.uid}) "
        f"or {kind.uid} in ({released}) order by all",
        [forms],
    ).fetchall()
    return [uid for (uid,) in rows]


def _by_name(connection: duckdb.DuckDBPyConnection, kind: Kind, forms: list[str]) -> list[str]:
    """A school: its code counts before a former one, this before its names, and these before former names."""
    known = f"select {kind.uid} from lake.conformed.{kind.table} where "
    asked = [f"{known} list_contains($1, {kind.uid})", f"{known} list_contains($1, uscc) or list_contains($1, name)"]
    if has_table(connection, _FORMER):  # a lake of an older program has it from its next night on
        former = f"select {kind.uid} from {_FORMER} where list_contains($1, identifier) and namespace"
        asked.insert(1, f"{former} = 'school_code'")
        asked.append(f"{former} = 'school_name'")
    for ask in asked:
        rows = connection.execute(f"{ask} order by all", [forms]).fetchall()
        if rows:
            return [uid for (uid,) in rows]
    return []


def _presented(connection: duckdb.DuckDBPyConnection, kind: Kind, uid: str) -> bool:
    ask = f"select 1 from lake.conformed.{kind.table} where {kind.uid} = ?"
    return connection.execute(ask, [uid]).fetchone() is not None


def _described(connection: duckdb.DuckDBPyConnection, kind: Kind, uid: str, shown: Shown) -> str:
    if kind.alias is None:
        return uid
    school = connection.execute(
        f"select school from lake.conformed.{kind.table} where {kind.uid} = ?", [uid]
    ).fetchone()
    where = f"school {school[0]}" if school and school[0] else "of no school now"
    return f"{shown.key(uid) or '(no key)'} ({where})"
