"""The value that the lake shows of an element of a record.

Lives here: one value as text, with whose it is.
Add here: another question about a single value of the conformed layer.
Stays out: finding the record (`trace.record`), what a person may see of it (`trace.shown`).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse.errors import RecordError
from warehouse.trace.record import KINDS


@dataclass(frozen=True)
class Shown:
    """What the lake shows of an element of a record: the value as text, and whose it is."""

    value: str | None
    source: str | None


def shown(connection: duckdb.DuckDBPyConnection, entity: str, uid: str, element: str) -> Shown | None:
    """The value of an element (`student.birth_date`) that the lake shows of a record; None where it has no such record.

    Raises RecordError where the lake holds no such element of the entity.
    """
    table, key = KINDS[entity].table, KINDS[entity].uid
    name = key if element == "school.code" else element.split(".")[1]
    columns = {c[0] for c in connection.execute(f"describe lake.conformed.{table}").fetchall()}
    if name not in columns:
        raise RecordError(f"The lake shows no {element}: object to an element that a file of one {entity} is made of.")
    source = f'"{name}_source"' if f"{name}_source" in columns else "null"
    row = connection.execute(
        f'select cast("{name}" as varchar), {source} from lake.conformed.{table} where {key} = ?', [uid]
    ).fetchone()
    return Shown(*row) if row else None


def exists(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Whether a table (`database.schema.table`) is there."""
    database, schema, name = table.split(".")
    found = connection.execute(
        "select 1 from duckdb_tables() where database_name = ? and schema_name = ? and table_name = ?",
        [database, schema, name],
    ).fetchone()
    return found is not None
