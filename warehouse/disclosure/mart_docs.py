"""The descriptions of the marts, read from dbt's manifest into typed records.

Add here: another `meta` key that a mart column may carry.
Stays out: what a policy does to a value (`policy`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import ReleaseError


@dataclass(frozen=True)
class ColumnDoc:
    """A mart column as described: `release`, `released_as` and `element` are its dbt `meta`, or None."""

    name: str
    description: str
    release: str | None = None
    released_as: str | None = None
    element: str | None = None


@dataclass(frozen=True)
class MartDoc:
    """A mart as described; `columns` by lower-case name."""

    name: str
    description: str
    columns: Mapping[str, ColumnDoc]


def read_mart_docs(dbt_manifest: Path) -> tuple[MartDoc, ...]:
    """The marts of a dbt manifest, by name. Raises ReleaseError when there is none to be read."""
    try:
        nodes = json.loads(dbt_manifest.read_text())["nodes"].values()
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(
            f"dbt's manifest {dbt_manifest} cannot be read: run the night again."
        ) from error
    marts = sorted((_mart(node) for node in nodes if _is_mart(node)), key=lambda mart: mart.name)
    if not marts:
        raise ReleaseError(f"dbt's manifest {dbt_manifest} describes no mart: is it the right project?")
    return tuple(marts)


def _is_mart(node: Mapping[str, Any]) -> bool:
    materialized = (node.get("config") or {}).get("materialized")
    return node.get("resource_type") == "model" and node["schema"] == "marts" and materialized != "ephemeral"


def _mart(node: Mapping[str, Any]) -> MartDoc:
    columns = (_column(column) for column in node["columns"].values())
    name = node.get("alias") or node["name"]
    return MartDoc(name, (node.get("description") or "").strip(), {c.name.lower(): c for c in columns})


def _column(column: Mapping[str, Any]) -> ColumnDoc:
    # dbt 1.10 moved `meta` under `config` and keeps a copy where it was
    meta = {**(column.get("meta") or {}), **((column.get("config") or {}).get("meta") or {})}
    return ColumnDoc(
        name=column["name"],
        description=(column.get("description") or "").strip(),
        release=meta.get("release"),
        released_as=meta.get("released_as"),
        element=meta.get("element"),
    )
