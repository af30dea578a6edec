"""Finds a student or teacher by what a clerk has: any identifier, or a name and a school; and says who one is.

Stays out: what identifiers there are (`record`), what is shown of a person (`pages`). No message here repeats a name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

import duckdb

from registry.written import clean
from warehouse.disclosure.value_display import Showing, ValueDisplay
from warehouse.errors import QueryError
from warehouse.lake import Lake, access_log, connect_lake, lake_tables
from warehouse.records import record

_MAX_LISTED = 5
# of a kind: the column of its number, and those by which people of one name are told apart
_NUMBERS = {"student": "number", "teacher": "staff_number"}
_PLACES = {"student": ("grade", "class"), "teacher": ("subject",)}


class Person(NamedTuple):
    """A person of the lake: uid, key in a release, and, only where they were asked for and logged, name and number."""

    uid: str
    key: str
    name: str | None = None
    number: str | None = None


def find_person(
    lake: Lake, entity: str, key: str, at: datetime, school: str | None = None, showing: Showing | None = None
) -> Person:
    """The student or teacher whom an identifier names, or a name: with `school` (code or name) in that school alone.

    With names shown (`showing.identified`) the access log says so before. Raises QueryError where nobody or several
    are meant, with how to choose; LakeError; NotReadable where the lake is not for this user.
    """
    showing = showing or Showing()
    with connect_lake(lake, read_only=True) as connection:
        kind = record.KINDS[entity]
        if f"conformed.{kind.table}" not in lake_tables(connection):
            raise QueryError(f"The lake {lake.root} holds no {entity} yet: run 'shuyuan night' first.")
        keys = ValueDisplay(connection, Showing(secret=showing.secret))
        named = _named(connection, kind, key, school)
        if len(named) > 1:
            raise QueryError(_several(connection, kind, named, keys, school))
        uid = named[0] if named else record.record_uid(connection, kind, key, keys)
        pseudonym = keys.key(uid)
        if pseudonym is None:
            raise QueryError(f"That {entity} is in no release yet: run 'shuyuan night', or give the secret's file.")
        if not showing.identified:
            return Person(uid, pseudonym)
        access_log.log(lake.access_log, f"file {entity}", uid, at)
        return _people(connection, kind, [uid], lambda _: pseudonym)[0]


def class_members(lake: Lake, school: str, code: str, at: datetime, secret: bytes | None) -> tuple[Person, ...]:
    """The pupils of a class as the lake has them tonight, with name and number; the access log says so before.

    Raises what `find_person` raises.
    """
    with connect_lake(lake, read_only=True) as connection:
        kind = record.KINDS["student"]
        keys = ValueDisplay(connection, Showing(secret=secret))
        access_log.log(lake.access_log, "file class", f"{school}:{code}", at)
        rows = connection.execute(
            f"select {kind.uid} from lake.conformed.{kind.table} where school = $1 and class = $2 order by all",
            [school, code],
        ).fetchall()
        return _people(connection, kind, [uid for (uid,) in rows], keys.key)


def find_school(lake: Lake, key: str) -> str:
    """The code of the school that any code or name means, also a former one. Raises what `find_person` raises."""
    with connect_lake(lake, read_only=True) as connection:
        return _school(connection, key)


def _named(connection: duckdb.DuckDBPyConnection, kind: record.RecordKind, key: str, school: str | None) -> list[str]:
    """The people of a name; none where it is nobody's, so that it may be an identifier."""
    name = clean(key)
    at_school = "" if school is None else " and school = $2"
    code = [] if school is None else [_school(connection, school)]
    rows = connection.execute(
        f"select {kind.uid} from lake.conformed.{kind.table} where name = $1{at_school} order by all", [name, *code]
    ).fetchall()
    return [uid for (uid,) in rows]


def _school(connection: duckdb.DuckDBPyConnection, school: str) -> str:
    return record.record_uid(connection, record.KINDS["school"], school, ValueDisplay(connection, Showing()))


def _several(
    connection: duckdb.DuckDBPyConnection,
    kind: record.RecordKind,
    uids: list[str],
    keys: ValueDisplay,
    school: str | None,
) -> str:
    columns = ("school", *_PLACES[kind.entity])
    rows = connection.execute(
        f"select {kind.uid}, {', '.join(columns)} from lake.conformed.{kind.table} "
        f"where list_contains($1, {kind.uid}) order by {', '.join(columns)}, {kind.uid}",
        [uids],
    ).fetchall()
    listed = [
        f"{keys.key(uid)} ({', '.join(f'{n} {v}' for n, v in zip(columns, values, strict=True) if v)})"
        for uid, *values in rows[:_MAX_LISTED]
    ]
    more = f"; and {len(uids) - _MAX_LISTED} more" if len(uids) > _MAX_LISTED else ""
    narrow = "" if school else ", or say the school with --school"
    return (
        f"{len(uids)} {kind.entity}s have that name: ask for one by its key or number{narrow}: "
        f"{'; '.join(listed)}{more}."
    )


def _people(
    connection: duckdb.DuckDBPyConnection,
    kind: record.RecordKind,
    uids: Iterable[str],
    key: Callable[[str], str | None],
) -> tuple[Person, ...]:
    rows = connection.execute(
        f"select {kind.uid}, name, {_NUMBERS[kind.entity]} from lake.conformed.{kind.table} "
        f"where list_contains($1, {kind.uid}) order by 3, 1",
        [list(uids)],
    ).fetchall()
    return tuple(Person(uid, key(uid) or "", name, number) for uid, name, number in rows)
