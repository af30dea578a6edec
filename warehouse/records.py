"""A record found by any identifier, and the value that it shows of an element.

Lives here: from what a person types (a key of a release, a number, an account) to the lake's own key.
Add here: another entity whose records can be asked for by name.
Stays out: where a value came from, and what a person may see of it (their callers).
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from warehouse.errors import RecordError
from warehouse.pseudonyms import TABLE as PSEUDONYMS

_TABLES = {  # entity -> (conformed table, its key, its alias table)
    "student": ("students", "student_uid", "student_alias"),
    "teacher": ("teachers", "teacher_uid", "teacher_alias"),
    "school": ("schools", "school_code", None),
}


@dataclass(frozen=True)
class Shown:
    """What the lake shows of an element of a record: the value as text, and whose it is."""

    value: str | None
    source: str | None


def find(connection: duckdb.DuckDBPyConnection, entity: str, text: str) -> str:
    """The key of the one record that `text` names: its pseudonym, its key, or any identifier it was ever known by.

    An identifier may be written `namespace:identifier`. `connection` is to the lake. Raises RecordError where
    no record or more than one is meant; the sentence repeats nothing of what was typed.
    """
    table, key, alias = _TABLES[entity]
    asked = [f"select {key} as uid from lake.conformed.{table} where {key} in (select form from typed)"]
    if alias:
        asked.append(
            f"select {key} from lake.conformed.{alias} "
            "where identifier in (select form from typed) or namespace || ':' || identifier in (select form from typed)"
        )
        if exists(connection, PSEUDONYMS):
            asked.append(
                f"select {key} from lake.conformed.{table} inner join {PSEUDONYMS} as hidden on {key} = hidden.value "
                "where hidden.pseudonym in (select form from typed)"
            )
    found = connection.execute(
        "with typed as (select unnest([?, memory.main.clean(?), memory.main.as_identifier(?), upper(?)]) as form) "
        f"select distinct uid from ({' union all '.join(asked)}) order by uid",
        [text.strip()] * 4,
    ).fetchall()
    if len(found) == 1:
        return str(found[0][0])
    if not found:
        raise RecordError(
            f"The lake knows no {entity} by what was typed: give a number of it, or its key of a release."
        )
    raise RecordError(
        f"What was typed names {len(found)} records of a {entity}: write namespace:identifier, or the key in a release."
    )


def shown(connection: duckdb.DuckDBPyConnection, entity: str, uid: str, element: str) -> Shown | None:
    """The value of an element (`student.birth_date`) that the lake shows of a record; None where it has no such record.

    Raises RecordError where the lake holds no such element of the entity.
    """
    table, key, _ = _TABLES[entity]
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
