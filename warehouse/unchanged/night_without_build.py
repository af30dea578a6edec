"""A night in which nothing new came: why it must build all the same, and what it leaves in the lake where it need not.

Add here: another thing of which a release is made; another table that such a night asks itself.
Stays out: the record itself (`basis`), which days fall due (dbt_project: the model due_dates), what files say that come
again (`resending`).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
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
from warehouse.unchanged import night_use, resending
from warehouse.unchanged.basis import Basis

_GATES = "the rules of the gates"
JUDGED_BY = ("the program", _GATES)  # of what a release is made, that by which the gates judge it
# What a night without a build asks itself: what was due and whether it came, the files that came again, what these say
# of the problems of files, and what falls due hereafter.
_OF_THE_NIGHT = ("marts.completeness", "marts.delivery")  # rows of the night are added
_WHOLE = ("conformed.problem_list_entries", "conformed.due_dates")  # the latter reads the former
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
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    basis: Basis | None,
    night: date,
    now: Mapping[str, str],
    resent: Collection[tuple[str, str]] = (),
) -> str | None:
    """Why a night to which nothing new came must be built, as the end of a sentence; None where the current release
    holds.

    `now`: of what its release would be made (`made_of`). `resent`: the slices that came again as the lake has them,
    each with its feed. The lake is only read.
    """
    if basis is None or not basis.counts or not has_table(connection, "lake.conformed.due_dates"):
        return "the lake holds rows that no release was made of"
    if why := _release_is_not_as_built(lake, basis, deep=night == basis.night):  # the same night again is to mend it
        return why
    if basis.undeclared:
        return f"{', '.join(basis.undeclared)} may depend on the date (no meta.night says how)"
    changed = [name for name in (*now, *basis.made_of) if now.get(name) != basis.made_of.get(name)]
    if changed:
        return f"{changed[0]} has changed"
    if due := connection.execute(_DUE, [basis.night, night]).fetchone():
        return f"something falls due on {due[0]} ({due[1]})"
    return resending.reason_to_build(connection, resent, night, basis.resent_feeds, basis.resent_undeclared)


def _release_is_not_as_built(lake: Lake, basis: Basis, *, deep: bool) -> str | None:
    current = release.current(lake)
    if current is None or current.name != basis.release:
        return f"the current release is not {basis.release}"
    if next(differences.differences(current, deep=deep), None) is not None:
        return f"the release {current.name} is damaged"
    return None


def of_build(manifest: Path, night: date, made_of: Mapping[str, str]) -> Basis:
    """The basis of what a night has built, from dbt's manifest of it."""
    content = json.loads(manifest.read_bytes())
    return Basis(
        made_of,
        {table: query_of(content, table, night) for table in (*_OF_THE_NIGHT, *_WHOLE)},
        night_use.undeclared(content),
        resending.undeclared(content),
        resending.feeds(content),
    )


def query_of(manifest: Mapping[str, Any], table: str, night: date) -> str:
    """The query of a model (`schema.table`) on the lake, from the manifest of a night's build; `$night` is the night,
    as which its date stands in the compiled SQL.
    """
    model = table.partition(".")[2]
    (node,) = (
        node for node in manifest["nodes"].values() if node["resource_type"] == "model" and node["name"] == model
    )
    return build_database.lake_sql(node["compiled_code"]).replace(f"date '{night}'", "$night")


def note_night(connection: duckdb.DuckDBPyConnection, basis: Basis, night: date) -> None:
    """Write what a night without a build asks itself, in one transaction: what was due and whether it came, which files
    came again, and what of problems and of days to come is another by it.
    """
    with transaction(connection):
        for table in _OF_THE_NIGHT:
            _write(connection, table, basis.asked[table], night, "where night = $night")
        for table in _WHOLE:
            _write(connection, table, basis.asked[table], night, "")


def _write(connection: duckdb.DuckDBPyConnection, table: str, query: str, night: date, rows: str) -> None:
    asked = f"from ({query}) as asked {rows}"
    given = {"night": night} if "$night" in asked else {}
    connection.execute(f"delete from lake.{table} {rows}", {"night": night} if rows else {})
    connection.execute(f"insert into lake.{table} by name select * {asked}", given)
