"""What the contracts of the feeds say of their columns: elements, types, the column that dates a row.

Lives here: the register's contracts as plain values.
Stays out: figures.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any

from tests.second_computation import cells, register

ENTITIES = {  # the columns of a feed that say of whom or of what a row speaks
    "student": ("student_number",),
    "teacher": ("staff_number",),
    "school": ("school_code",),
    "class": ("school_code", "class_code"),
}
_READERS: dict[str, Callable[[str | None], object]] = {
    "name": cells.name, "date": cells.day, "boolean": cells.yes, "integer": cells.integer, "decimal": cells.decimal,
    "identifier": cells.identifier, "student_number": cells.identifier, "school_code": cells.identifier,
    "id_number": cells.identifier, "uscc": cells.identifier,
}  # fmt: skip


@cache
def contract(feed: str) -> dict[str, Any]:
    source, _, _ = feed.partition("/")
    contracts = register.document(f"sources/{source}.yml")["feeds"]
    return next(f for f in contracts if f["id"] == feed)


@cache
def columns_of(feed: str) -> dict[str, dict[str, Any]]:
    """Element to the column of the feed that holds it."""
    return {element: c for c in contract(feed)["columns"] for element in c.get("elements", ())}


def owner_of(element: dict[str, Any], night: date) -> str:
    """The feed that owns an element on a night."""
    return [a["source"] for a in element["authority"] if a["from"] <= night][-1]


def value(column: dict[str, Any], cell: str | None) -> object:
    """What a cell of a column says; None where it says nothing."""
    if column["type"] == "code":
        return cells.code(column["code_set"], cell)
    is_name = "school.name" in column.get("elements", ())  # 'names with spaces', of 教师 and 教基 alike (F§3.6)
    told = _READERS.get("name" if is_name else column["type"], cells.text)(cell)
    return None if isinstance(told, str) and told in register.document("business_words.yml")["null_words"] else told
