"""Names of people inside texts that a release would show as they are: a class that is called by a pupil's name.

The lake knows the names of its people. A text that is one of them, or holds one, leaves as its short name. What counts
as holding a name is said in `registry/types.sql`, for this and for the model of the same name, which lists such texts
to whoever delivered them.
Stays out: which texts are looked at (`registry.derived.free_texts`, `policy`), numbers (`ingest.contract`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, get_args

import duckdb

from registry.model import PersonEntity, Register
from warehouse.disclosure.policy import ReleasedColumn
from warehouse.disclosure.short_names import FUNCTION

Columns = Mapping[str, tuple[ReleasedColumn, ...]]
_FOUND = "temp.text_with_name"


def hide(
    connection: duckdb.DuckDBPyConnection, columns: Columns, register: Register
) -> tuple[Columns, list[dict[str, Any]]]:
    """The released columns of the marts, with the texts hidden in which a name stands; and for the manifest, of each
    column that has any, how many texts these are, in how many rows.
    """
    texts = [_texts(mart, column) for mart, released in columns.items() for column in released if column.free_text]
    _find(connection, texts, _people(register))
    found = connection.execute(
        f"select mart, name, count(distinct text) from {_FOUND} group by mart, name order by all"
    ).fetchall()
    counts: list[dict[str, Any]] = [{"mart": mart, "column": name, "texts": texts} for mart, name, texts in found]
    named = {(mart, name) for mart, name, _ in found}
    hidden = {
        mart: tuple(_hidden(mart, column) if (mart, column.name) in named else column for column in released)
        for mart, released in columns.items()
    }
    for count in counts:
        column = next(c for c in columns[count["mart"]] if c.name == count["column"])
        rows = f'select count(*) from lake.marts."{count["mart"]}" as mart where {_is_named(count["mart"], column)}'
        count["rows"] = (connection.execute(rows).fetchone() or (0,))[0]
    return hidden, counts


def found_in(connection: duckdb.DuckDBPyConnection, mart: str) -> list[tuple[str, str, str]]:
    """What `hide` has found in a mart: column, text and place, in order."""
    return connection.execute(f"select name, text, place from {_FOUND} where mart = ? order by all", [mart]).fetchall()


def _texts(mart: str, column: ReleasedColumn) -> str:
    """SQL of the distinct texts of a column, each with its place."""
    return (
        f"select distinct '{mart}' as mart, '{column.name}' as name, {column.free_text} as text, "
        f'{column.place} as place, {column.is_public} as is_public from lake.marts."{mart}" as mart'
    )


def _people(register: Register) -> str:
    """SQL of the names of all people, as the register calls them, each with the school."""
    names = [e for e in register.elements if e.type == "name" and e.entity in get_args(PersonEntity)]
    queries = [f'select "{e.name}" as name, school from lake.conformed.{e.entity}s' for e in names]
    return " union all ".join(queries) or "select null::varchar as name, null::varchar as school where false"


def _find(connection: duckdb.DuckDBPyConnection, texts: Iterable[str], people: str) -> None:
    union = " union all ".join(texts) or "select '' as mart, '' as name, '' as text, '' as place, false as is_public"
    connection.execute(f"""
        create or replace temp table text_with_name as
        with looked_at as (
            select *, unnest(memory.main.name_grams(text)) as gram from ({union}) where length(text) > 1
        )
        select distinct looked_at.mart, looked_at.name, looked_at.text, coalesce(looked_at.place, '') as place
        from looked_at inner join ({people}) as people on left(people.name, 4) = looked_at.gram
        where memory.main.holds_name(
            looked_at.text, people.name, looked_at.is_public, coalesce(looked_at.place = people.school, true)
        )""")


def _is_named(mart: str, column: ReleasedColumn) -> str:
    found = f"select text, place from {_FOUND} where mart = '{mart}' and name = '{column.name}'"
    return f"coalesce(({column.free_text}, coalesce({column.place}, '')) in ({found}), false)"


def _hidden(mart: str, column: ReleasedColumn) -> ReleasedColumn:
    short_name = f"{FUNCTION}('{column.name}', {column.free_text})"
    return replace(column, sql=f"case when {_is_named(mart, column)} then {short_name} else {column.sql} end")
