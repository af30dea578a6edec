"""How the models and macros of a build depend on the date of its night: what each says of it in its `meta.night`.

Stays out: the days that they name (dbt_project: the model due_dates).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

STAMP = "stamp"  # it only says which night wrote a row
ASKED = "asked"  # a night without a build asks it itself
_ASKS = re.compile(r"\b(?:night|in_force)\(\)|\bvar\(\s*['\"]night['\"]\s*\)")


@dataclass(frozen=True)
class NightUse:
    """A model or macro that asks for the night, and how it depends on it: `STAMP`, `ASKED`, reasons of `due_dates`."""

    name: str
    depends: tuple[str, ...]


def night_uses(manifest: Mapping[str, Any]) -> Iterator[NightUse]:
    """The models and macros of dbt's manifest that ask for the night; `night` itself is what they ask."""
    models = ((node, node["raw_code"]) for node in manifest["nodes"].values() if node["resource_type"] == "model")
    macros = (
        (macro, macro["macro_sql"])
        for macro in manifest["macros"].values()
        if macro["package_name"] == manifest["metadata"]["project_name"] and macro["name"] != "night"
    )
    for unit, code in (*models, *macros):
        if _ASKS.search(code):
            yield NightUse(unit["name"], tuple(_meta(unit).get("night", ())))


def undeclared(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The models and macros that ask for the night and do not say how they depend on it."""
    return tuple(use.name for use in night_uses(manifest) if not use.depends)


def _meta(unit: Mapping[str, Any]) -> Mapping[str, Any]:
    return (unit.get("config") or {}).get("meta") or unit.get("meta") or {}
