"""A night in which nothing came: why it must build all the same, and what it leaves in the lake where it need not.

Add here: another thing of which a release is made.
Stays out: the record itself (`basis`), which days fall due (dbt_project: the model due_dates).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from common.catalog import has_table
from common.lake_transaction import transaction
from registry.model import Register
from warehouse import release
from warehouse.build import build_database, dbt_inputs
from warehouse.lake import Lake
from warehouse.release import differences
from warehouse.unchanged import night_use
from warehouse.unchanged.basis import Basis

_GATES = "the rules of the gates"
JUDGED_BY = ("the program", _GATES)  # of what a release is made, that by which the gates judge it
_COMPLETENESS = "lake.marts.completeness"
_DUE = """
    select day, string_agg(reason, ', ' order by reason) from lake.conformed.due_dates
    where day > ? and day <= ? group by day order by day limit 1"""


def made_of(
    connection: duckdb.DuckDBPyConnection, register: Register, night: date, project: Path, gates: str
) -> dict[str, str]:
    """A fingerprint of each thing of which a night's release is made, beside what was delivered, by its name in a
    sentence. `gates`: that of the rules by which the doors judge it.
    """
    version = connection.execute("select version from lake.register.version").fetchone() or ("",)
    release_alone = {"the register": str(version[0]), _GATES: gates}  # its objections too
    return dbt_inputs.made_of(register, night, project) | release_alone


def reason_to_build(
    connection: duckdb.DuckDBPyConnection, lake: Lake, basis: Basis | None, night: date, now: Mapping[str, str]
) -> str | None:
    """Why a night to which nothing came must be built, as the end of a sentence; None where the current release holds.

    `now`: of what its release would be made (`made_of`). The lake is only read.
    """
    if basis is None or not basis.counts or not has_table(connection, "lake.conformed.due_dates"):
        return "the lake holds rows that no release was made of"
    current = release.current(lake)
    if current is None or current.name != basis.release:
        return f"the current release is not {basis.release}"
    # the same night again is how a person mends a release
    if next(differences.differences(current, deep=night == basis.night), None) is not None:
        return f"the release {current.name} is damaged"
    if basis.undeclared:
        return f"{', '.join(basis.undeclared)} may depend on the date (no meta.night says how)"
    changed = [name for name in (*now, *basis.made_of) if now.get(name) != basis.made_of.get(name)]
    if changed:
        return f"{changed[0]} has changed"
    due = connection.execute(_DUE, [basis.night, night]).fetchone()
    return f"something falls due on {due[0]} ({due[1]})" if due else None


def of_build(manifest: Path, night: date, made_of: Mapping[str, str]) -> Basis:
    """The basis of what a night has built, from dbt's manifest of it."""
    content = json.loads(manifest.read_bytes())
    return Basis(made_of, query_of_completeness(content, night), night_use.undeclared(content))


def query_of_completeness(manifest: Mapping[str, Any], night: date) -> str:
    """The query of the mart of completeness on the lake, from the manifest of a night's build; `$night` is the night,
    which stands in the compiled SQL as the only date.
    """
    (node,) = (node for node in manifest["nodes"].values() if node["name"] == "completeness")
    return build_database.lake_sql(node["compiled_code"]).replace(f"date '{night}'", "$night")


def note_completeness(connection: duckdb.DuckDBPyConnection, basis: Basis, night: date) -> None:
    """Write what was due on a night without a build, and whether it came, in one transaction."""
    with transaction(connection):
        connection.execute(f"delete from {_COMPLETENESS} where night = $night", {"night": night})
        connection.execute(
            f"insert into {_COMPLETENESS} by name select * from ({basis.completeness}) as tonight", {"night": night}
        )
