"""The models of a compiled project, in build order, with what their YAML declares (`config: {meta: …}`).

Add here: another declaration that lineage reads.
Stays out: following columns (`graph`), holding a declaration to the register (`proof`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.build.own_project import OWN

ENTITIES = {"conformed.students": "student", "conformed.teachers": "teacher", "conformed.schools": "school",
            "conformed.classes": "class"}  # fmt: skip
IDENTITY = "identity"  # in `made_of`: whom a record is of, without saying who (a count of distinct people)


@dataclass(frozen=True)
class Declaration:
    """What the value of a column is: `element`, and `made_of`, the elements that make it, or that `element` takes too.

    A name in `made_of` is an element, an entity or event for all of its elements, or `identity`.
    """

    element: str | None = None
    made_of: tuple[str, ...] = ()
    is_key: bool = False  # released as a pseudonym, or not at all

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that may reach the column."""
        return tuple(dict.fromkeys((*self.stands_for, *self.made_of)))

    @property
    def stands_for(self) -> tuple[str, ...]:
        """What the column is to those who read it: its element, or else what it is made of."""
        if self.is_key:
            return (IDENTITY,)
        return (self.element,) if self.element else self.made_of


@dataclass(frozen=True)
class Model:
    """A model with its declarations.

    `ends`: lineage ends at this model (`identity`: the alias table; `ledger`: the ledger of differences),
    except in the columns of `values`, which repeat a copy's values. `is_ledger` (`tells` in the YAML): the model is
    itself such a ledger and may release those too. `inputs`: a Python model's columns and their input columns.
    `declared`: its declared columns. `selected_by`: the elements, entities and events that decide which rows it has;
    None where it does not say. `is_own`: it stands in a bureau's own directory.
    """

    relation: str
    sql: str | None
    ends: str | None = None
    values: tuple[str, ...] = ()
    is_ledger: bool = False
    inputs: Mapping[str, Sequence[str]] | None = None
    incremental: bool = False
    declared: Mapping[str, Declaration] = field(default_factory=dict)
    selected_by: tuple[str, ...] | None = None
    is_own: bool = False


def model_from_json(data: Mapping[str, Any]) -> Model:
    """A model from its fields as JSON has them."""
    declared = {
        name: Declaration(**{**said, "made_of": tuple(said["made_of"])}) for name, said in data["declared"].items()
    }
    selected_by = data["selected_by"]
    lists = {"values": tuple(data["values"]), "selected_by": None if selected_by is None else tuple(selected_by)}
    return Model(**{**data, **lists, "declared": declared})


def read_models(manifest: Mapping[str, Any]) -> list[Model]:
    """The models of dbt's manifest (the parsed manifest.json of a compiled project), each after those it reads."""
    nodes = {name: node for name, node in manifest["nodes"].items() if node["resource_type"] == "model"}
    ordered: dict[str, Model] = {}

    def add(name: str) -> None:
        if name in nodes and name not in ordered:
            for earlier in nodes[name]["depends_on"]["nodes"]:
                add(earlier)
            ordered[name] = _model(nodes[name])

    for name in nodes:
        add(name)
    return list(ordered.values())


def _model(node: Mapping[str, Any]) -> Model:
    meta = node["config"].get("meta", {})
    lineage = meta.get("lineage", {})
    columns = ((column["name"].lower(), _declaration(column)) for column in node["columns"].values())
    return Model(
        f"{node['schema']}.{node['alias']}".lower(),
        node.get("compiled_code") if node["language"] == "sql" else None,
        lineage.get("ends"),
        tuple(lineage.get("values", ())),
        bool(lineage.get("tells", False)),
        lineage.get("inputs"),
        node["config"]["materialized"] == "incremental",
        {name: declaration for name, declaration in columns if declaration.names},
        tuple(meta["selected_by"]) if "selected_by" in meta else None,
        node["original_file_path"].startswith(f"{OWN}/"),
    )


def _declaration(column: Mapping[str, Any]) -> Declaration:
    meta = (column.get("config") or {}).get("meta") or {}
    return Declaration(
        meta.get("element"), tuple(meta.get("made_of", ())), meta.get("release") in ("pseudonym", "drop")
    )
