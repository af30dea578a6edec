"""From a record of the register to a row of a table: column names, SQL types and values.

The columns are the fields of `registry.model`, computed ones last. A nested record is flattened with its name as prefix
(label_zh, scope_stages), a tuple is a list, a dictionary a map; a tuple of records is a table of its own and left
out here.
Add here: a Python type that records have begun to use.
Stays out: which records are tables (`register_tables`).
"""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin

from registry.model import Record

Row = dict[str, Any]
_SQL = {str: "varchar", int: "bigint", float: "double", bool: "boolean", date: "date"}


def columns_of(record: type[Record], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Column names and SQL types of a kind of record, in the order of its fields."""
    fields = {name: field.annotation for name, field in record.model_fields.items()}
    fields |= {name: field.return_type for name, field in record.model_computed_fields.items()}
    for name, annotation in fields.items():
        kind = _without_none(annotation)
        if isinstance(kind, type) and issubclass(kind, Record):
            yield from columns_of(kind, f"{prefix}{name}_")
        elif (sql := _sql_type(kind)) is not None:
            yield prefix + name, sql


def row_of(record: Record, prefix: str = "") -> Row:
    """The values of a record under the names of `columns_of` (and of what that leaves out)."""
    row: Row = {}
    for name in (*type(record).model_fields, *type(record).model_computed_fields):
        value = getattr(record, name)
        if isinstance(value, Record):
            row |= row_of(value, f"{prefix}{name}_")
        else:
            row[prefix + name] = list(value) if isinstance(value, tuple) else value
    return row


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return next(k for k in get_args(kind) if k is not type(None))
    return kind


def _sql_type(kind: Any) -> str | None:
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return "varchar"
    if origin is tuple:
        inner = _sql_type(arguments[0])
        return f"{inner}[]" if inner else None
    if origin is dict:
        return f"map({_sql_type(arguments[0])}, {_sql_type(arguments[1])})"
    return _SQL.get(kind)
