"""The descriptions of the marts, read from dbt's manifest into typed records.

Add here: another `meta` key that a mart column may carry.
Stays out: what a policy does to a value (`policy`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.errors import ReleaseError


@dataclass(frozen=True)
class ColumnDoc:
    """A mart column as described: `release`, `released_as`, `element`, `discloses` and `made_of` are its dbt `meta`.

    `discloses`: an element that the column gives away although its value is another (the name of the school: its code).
    `made_of`: what it is made of, where it is not the value of one element.
    """

    name: str
    description: str
    release: str | None = None
    released_as: str | None = None
    element: str | None = None
    discloses: str | None = None
    made_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class MartDoc:
    """A mart as described; `columns` by lower-case name. `grain`: the columns that name a row, as they are released.

    `partition`: of what its partitions in a release are, its dbt `meta.release_partition`; None: it is one table.
    `code`: dbt's checksum of the model.
    """

    name: str
    description: str
    columns: Mapping[str, ColumnDoc]
    grain: tuple[str, ...] = ()
    partition: str | None = None
    code: str = ""


def read_mart_docs(dbt_manifest: Path) -> tuple[MartDoc, ...]:
    """The marts of a dbt manifest, by name. Raises ReleaseError when there is none to be read."""
    try:
        nodes = json.loads(dbt_manifest.read_text())["nodes"]
    except (OSError, ValueError, KeyError) as error:
        raise ReleaseError(
            f"dbt's manifest {dbt_manifest} cannot be read: run the night again."
        ) from error
    grains = dict(_grains(nodes.values()))
    found = (_mart(node, grains.get(name, ())) for name, node in nodes.items() if _is_mart(node))
    marts = sorted(found, key=lambda mart: mart.name)
    if not marts:
        raise ReleaseError(f"dbt's manifest {dbt_manifest} describes no mart: is it the right project?")
    return tuple(marts)


def _is_mart(node: Mapping[str, Any]) -> bool:
    materialized = (node.get("config") or {}).get("materialized")
    return node.get("resource_type") == "model" and node["schema"] == "marts" and materialized != "ephemeral"


def _grains(nodes: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The grain of each model that dbt tests for one, by the model's unique id."""
    for node in nodes:
        test = node.get("test_metadata") or {}
        if test.get("name") == "grain" and node.get("attached_node"):
            yield node["attached_node"], tuple(test["kwargs"]["columns"])


def _mart(node: Mapping[str, Any], grain: Iterable[str]) -> MartDoc:
    columns = {c.name.lower(): c for c in map(_column, node["columns"].values())}
    name = node.get("alias") or node["name"]
    released = tuple(columns[c.lower()].released_as or c for c in grain)
    return MartDoc(
        name,
        (node.get("description") or "").strip(),
        columns,
        released,
        partition=_meta(node).get("release_partition"),
        code=(node.get("checksum") or {}).get("checksum") or "",
    )


def _column(column: Mapping[str, Any]) -> ColumnDoc:
    meta = _meta(column)
    return ColumnDoc(
        name=column["name"],
        description=(column.get("description") or "").strip(),
        release=meta.get("release"),
        released_as=meta.get("released_as"),
        element=meta.get("element"),
        discloses=meta.get("discloses"),
        made_of=tuple(meta.get("made_of") or ()),
    )


def _meta(described: Mapping[str, Any]) -> dict[str, Any]:
    """The `meta` of a model or column: dbt 1.10 moved it under `config` and keeps a copy where it was."""
    return {**(described.get("meta") or {}), **((described.get("config") or {}).get("meta") or {})}
