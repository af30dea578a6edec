"""Quoting of names and string literals in SQL: names come from the register, texts from file names and values.

Stays out: statements.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


def name(identifier: str) -> str:
    """A quoted identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def names(identifiers: Iterable[str]) -> str:
    """Quoted identifiers, separated by commas."""
    return ", ".join(name(i) for i in identifiers)


def text(value: str | Path) -> str:
    """A quoted string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def texts(values: Iterable[str | Path]) -> str:
    """Quoted string literals, separated by commas."""
    return ", ".join(text(v) for v in values)
