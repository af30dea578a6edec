"""The disputed values of objections: the record, a seal of the value, and the nightly check for a correction.

Add here: another query that an objection needs of the lake.
Stays out: the steps of an objection (`registry.objections`), the flag on the marts (`dbt_project`).
"""

from __future__ import annotations

from datetime import date

import duckdb

from common.catalog import has_table
from common.lake_transaction import transaction
from registry.model import Objection, Register
from warehouse.disclosure.pseudonyms import hmac_sm3, record_keys
from warehouse.disclosure.secret import fingerprint
from warehouse.disclosure.value_display import Showing, ValueDisplay
from warehouse.errors import RecordError
from warehouse.records import record

CORRECTION_TABLE = "lake.disclosure.objection_seen"


def identify_value(connection: duckdb.DuckDBPyConnection, element: str, text: str, secret: bytes) -> tuple[str, str]:
    """(record, seal) of an objection to an element of the record that `text` names. Raises RecordError, QueryError.

    The record is a pseudonym, as in a release; a school is named by its code.
    """
    entity = element.partition(".")[0]
    uid = record.record_uid(connection, record.KINDS[entity], text, ValueDisplay(connection, Showing(secret=secret)))
    value_row = _current_value(connection, entity, uid, element)
    if value_row is None:
        raise RecordError(f"The lake no longer holds the {entity}: there is no value of {element} to dispute.")
    return (uid if entity == "school" else hmac_sm3(secret)(uid)), _seal(secret, element, uid, *value_row)


def note_corrections(connection: duckdb.DuckDBPyConnection, register: Register, night: date, secret: bytes) -> None:
    """Record, for each objection in state corrected, the first night on which the value differs from the disputed one.

    The record is deleted where the value returns to the disputed one.
    """
    corrected = [o for o in register.objections if o.state == "corrected"]
    if not corrected:
        return
    connection.execute(f"create table if not exists {CORRECTION_TABLE} (objection varchar, night date)")
    noted = set(correction_nights(connection))
    with transaction(connection):
        for objection in corrected:
            differs = _differs(connection, objection, secret)
            if differs and objection.id not in noted:
                connection.execute(f"insert into {CORRECTION_TABLE} values (?, ?)", [objection.id, night])
            elif not differs and objection.id in noted:
                connection.execute(f"delete from {CORRECTION_TABLE} where objection = ?", [objection.id])


def correction_nights(connection: duckdb.DuckDBPyConnection) -> dict[str, date]:
    """Objection id -> first night with a value other than the disputed one."""
    if not has_table(connection, CORRECTION_TABLE):
        return {}
    return dict(
        connection.execute(f"select objection, min(night) from {CORRECTION_TABLE} group by objection").fetchall()
    )


def record_uids(connection: duckdb.DuckDBPyConnection, register: Register) -> dict[str, str]:
    """Record of an objection -> its uid in the lake, for the records that the lake knows."""
    pseudonyms = sorted({o.record for o in register.objections if o.entity != "school"})
    uid_by_record = {o.record: o.record for o in register.objections if o.entity == "school"}
    if pseudonyms and (known := record_keys(connection)):
        uid_by_record |= dict(
            connection.execute(
                f"select pseudonym, min(value) from {known} "
                "where pseudonym in (select unnest(?)) group by pseudonym",
                [pseudonyms],
            ).fetchall()
        )
    return uid_by_record


def _differs(connection: duckdb.DuckDBPyConnection, objection: Objection, secret: bytes) -> bool:
    uid = objection.record if objection.entity == "school" else _uid(connection, objection.record, secret)
    value_row = _current_value(connection, objection.entity, uid, objection.element) if uid else None
    return value_row is not None and _seal(secret, objection.element, str(uid), *value_row) != objection.seal


def _current_value(
    connection: duckdb.DuckDBPyConnection, entity: str, uid: str, element: str
) -> tuple[str | None] | None:
    """The current value of an element of a record, as text in a row of one; None where there is no such record.

    Raises RecordError where the lake holds no such element of the entity.
    """
    kind = record.KINDS[entity]
    name = kind.uid if element == "school.code" else element.partition(".")[2]
    columns = {c[0] for c in connection.execute(f"describe lake.conformed.{kind.table}").fetchall()}
    if name not in columns:
        raise RecordError(f"The lake holds no {element}: object to an element of the record of a {entity}.")
    query = f'select cast("{name}" as varchar) from lake.conformed.{kind.table} where {kind.uid} = ?'
    return connection.execute(query, [uid]).fetchone()


def _uid(connection: duckdb.DuckDBPyConnection, record: str, secret: bytes) -> str | None:
    known = record_keys(connection)
    query = f"select value from {known} where pseudonym = ? and fingerprint = ?"
    row = connection.execute(query, [record, fingerprint(secret)]).fetchone() if known else None
    return row[0] if row else None


def _seal(secret: bytes, element: str, uid: str, value: str | None) -> str:
    return hmac_sm3(secret)(f"objection|{element}|{uid}|{'' if value is None else value}")
