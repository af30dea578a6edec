"""Objections and the lake: which record is meant, which value is disputed, and whether the owner has sent another.

Lives here: naming a record without an identifier, sealing the disputed value, and looking at it every night.
Add here: another question that an objection asks of the lake.
Stays out: the steps of an objection (`registry.objections`), the flag on the marts (dbt_project).
"""

from __future__ import annotations

from datetime import date

import duckdb

from registry.model import Objection, Register
from warehouse.disclosure.pseudonyms import TABLE as PSEUDONYMS
from warehouse.disclosure.pseudonyms import hmac_sm3
from warehouse.disclosure.secret import fingerprint
from warehouse.disclosure.shown_value import Shown
from warehouse.errors import RecordError
from warehouse.lake import has_table
from warehouse.records import record

SEEN = "lake.disclosure.objection_seen"


def named(connection: duckdb.DuckDBPyConnection, element: str, text: str, secret: bytes) -> tuple[str, str]:
    """(record, seal) of an objection to an element of the record that `text` names. Raises RecordError, QueryError.

    The record is a pseudonym, as in a release; a school is named by its code.
    """
    entity = element.partition(".")[0]
    uid = record.find(connection, record.KINDS[entity], text, Shown(connection, secret=secret))
    shown = _shown(connection, entity, uid, element)
    if shown is None:
        raise RecordError(f"The lake does not show the {entity} any more: there is no value of {element} to dispute.")
    return (uid if entity == "school" else hmac_sm3(secret)(uid)), _seal(secret, element, uid, *shown)


def settle(connection: duckdb.DuckDBPyConnection, register: Register, night: date, secret: bytes) -> None:
    """Note for each corrected objection the first night on which the lake shows another value than the disputed one.

    A value that returns to the disputed one is waited for again.
    """
    waiting = [o for o in register.objections if o.state == "corrected"]
    if not waiting:
        return
    connection.execute(f"create table if not exists {SEEN} (objection varchar, night date)")
    known = set(seen(connection))
    for objection in waiting:
        differs = _differs(connection, objection, secret)
        if differs and objection.id not in known:
            connection.execute(f"insert into {SEEN} values (?, ?)", [objection.id, night])
        elif not differs and objection.id in known:
            connection.execute(f"delete from {SEEN} where objection = ?", [objection.id])


def seen(connection: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """Objection -> first night on which the owner's delivery showed another value."""
    if not has_table(connection, SEEN):
        return {}
    return dict(connection.execute(f"select objection, min(night) from {SEEN} group by objection").fetchall())


def uids(connection: duckdb.DuckDBPyConnection, register: Register) -> dict[str, str]:
    """Record of an objection -> the lake's own key, for those that the lake knows."""
    wanted = sorted({o.record for o in register.objections if o.entity != "school"})
    found = {o.record: o.record for o in register.objections if o.entity == "school"}
    if wanted and has_table(connection, PSEUDONYMS):
        found |= dict(
            connection.execute(
                f"select pseudonym, min(value) from {PSEUDONYMS} "
                "where pseudonym in (select unnest(?)) group by pseudonym",
                [wanted],
            ).fetchall()
        )
    return found


def _differs(connection: duckdb.DuckDBPyConnection, objection: Objection, secret: bytes) -> bool:
    uid = objection.record if objection.entity == "school" else _uid(connection, objection.record, secret)
    shown = _shown(connection, objection.entity, uid, objection.element) if uid else None
    return shown is not None and _seal(secret, objection.element, str(uid), *shown) != objection.seal


def _shown(connection: duckdb.DuckDBPyConnection, entity: str, uid: str, element: str) -> tuple[str | None] | None:
    """The value of an element that the lake shows of a record, as text, alone in a row; None without such a record.

    Raises RecordError where the lake holds no such element of the entity.
    """
    kind = record.KINDS[entity]
    name = kind.uid if element == "school.code" else element.partition(".")[2]
    columns = {c[0] for c in connection.execute(f"describe lake.conformed.{kind.table}").fetchall()}
    if name not in columns:
        raise RecordError(f"The lake shows no {element}: object to an element that a file of one {entity} is made of.")
    ask = f'select cast("{name}" as varchar) from lake.conformed.{kind.table} where {kind.uid} = ?'
    return connection.execute(ask, [uid]).fetchone()


def _uid(connection: duckdb.DuckDBPyConnection, record: str, secret: bytes) -> str | None:
    row = connection.execute(
        f"select value from {PSEUDONYMS} where pseudonym = ? and fingerprint = ?", [record, fingerprint(secret)]
    ).fetchone()
    return row[0] if row else None


def _seal(secret: bytes, element: str, uid: str, value: str | None) -> str:
    return hmac_sm3(secret)(f"objection|{element}|{uid}|{'' if value is None else value}")
