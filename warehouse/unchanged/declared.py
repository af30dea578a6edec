"""What the models and macros of a build declare of themselves in their `meta`, beside the code that it speaks of.

Stays out: what is declared (`night_use`, `resending`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Declared:
    """A model or macro whose code asks for something, and what it declares of that."""

    name: str
    values: tuple[str, ...]


def declared(manifest: Mapping[str, Any], key: str, asks: re.Pattern[str], leave_out: str = "") -> Iterator[Declared]:
    """The models and macros of dbt's manifest whose code `asks` finds, with their `meta.<key>`; but for the macro
    `leave_out`, which is what the others ask.
    """
    models = ((node, node["raw_code"]) for node in manifest["nodes"].values() if node["resource_type"] == "model")
    macros = (
        (macro, macro["macro_sql"])
        for macro in manifest["macros"].values()
        if macro["package_name"] == manifest["metadata"]["project_name"] and macro["name"] != leave_out
    )
    for unit, code in (*models, *macros):
        if asks.search(code):
            yield Declared(unit["name"], tuple(_meta(unit).get(key, ())))


def undeclared(units: Iterator[Declared]) -> tuple[str, ...]:
    """The names of the units that declare nothing."""
    return tuple(unit.name for unit in units if not unit.values)


def _meta(unit: Mapping[str, Any]) -> Mapping[str, Any]:
    return (unit.get("config") or {}).get("meta") or unit.get("meta") or {}
