"""The figures of indicators on the lake as it stands, before they are adopted.

Lives here: the models of indicators as views beside the lake, under a register that has the new ones.
Stays out: reading the file (`registry.desk_files.indicator_files`), the night's build (`warehouse.build`).

The SQL is what the night's models compile to, so a figure that is shown is the one that the next night would publish.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from registry.model import Counted, Indicator, Register
from warehouse import build
from warehouse.build import build_database
from warehouse.errors import LakeError, QueryError
from warehouse.indicators.expressions import columns_of
from warehouse.lake import Lake, connect_lake
from warehouse.release import query
from warehouse.report import Part, Report, part
from warehouse.tables import register_tables

# the models of indicators and nothing after them, and those before them that never enter the lake
_SELECTED = ("source:register.indicator+,+indicator_value", "+indicator_value,config.schema:intermediate")
_INDICATORS = "source.shuyuan.register.indicator"
_REGISTER = "register.indicator"
_FIGURE_COLUMNS = ("organisation_code", "level", "stage", "period", "numerator", "denominator", "value", "threshold",
                   "passed", "completeness", "reason")  # fmt: skip
_LEVELS = ["province", "city", "district", "school", "class"]


def try_out(
    lake: Lake, register: Register, tried: Sequence[Indicator], project: Path, folder: Path, limit: int
) -> list[Report]:
    """A report for each tried indicator of a register that has them: its figures at every level, on what the lake knows
    as of its last night, and of a counted one the rows of the current release behind it.

    Works in the empty `folder`. At most `limit` rows of each. Raises LakeError where the lake holds no night,
    BuildFailed, QueryError.
    """
    night = _last_night(lake)
    manifest = build.compile(project, register, folder / "compiled", night, _SELECTED)
    build_database.create_readable_build_database(lake, folder, ())
    with connect_lake(lake, read_only=True) as connection:
        build_database.attach(connection, folder)
        register_tables.write_indicators(connection, build_database.NAME, register)
        for name, sql in _compiled(manifest):
            build_database.replace_view(connection, name, _beside(sql))
        return [_report(connection, lake, indicator, night, limit) for indicator in tried]


def _report(connection: duckdb.DuckDBPyConnection, lake: Lake, indicator: Indicator, night: date, limit: int) -> Report:
    facts = {
        "name": indicator.id, "kind": "indicator on trial", "label_zh": indicator.label.zh,
        "label_en": indicator.label.en, "formula_zh": indicator.formula.zh, "formula_en": indicator.formula.en,
        "as_of_date": night,
    }  # fmt: skip
    figures = connection.execute(
        f"select {', '.join(_FIGURE_COLUMNS)} from {build_database.NAME}.marts.indicator_value "
        "where indicator_id = $1 order by list_position($2, level), organisation_code, stage, period",
        [indicator.id, _LEVELS],
    ).fetchall()
    parts = [part("figures", "Figures", _FIGURE_COLUMNS, figures, limit), *_rows_behind(lake, indicator, limit)]
    return Report(facts, tuple(p for p in parts if p.rows))


def _rows_behind(lake: Lake, indicator: Indicator, limit: int) -> Iterator[Part]:
    """The rows of the current release that each side counts, with what each adds; those not known first."""
    for side in ("numerator", "denominator"):
        counted = getattr(indicator, side)
        if counted is not None:
            title = f"Rows of {counted.mart} behind the {side}"
            try:
                answer = query.run(lake, _question(counted, limit))
                yield part(f"{side}_rows", title, answer.columns, answer.rows)
            except QueryError as error:
                yield part(f"{side}_rows", title, ("reason",), [[f"not shown: {error}"]])


def _question(counted: Counted, limit: int) -> str:
    shown = ", ".join(f'"{column}"' for column in columns_of(counted))
    where = f"({counted.where}) is distinct from false" if counted.where else "true"
    named = f", {shown}" if shown else ""
    return (
        f"select ({counted.organisation}) as organisation, ({counted.each}) as adds{named} from {counted.mart} "
        f"where {where} order by adds nulls first, organisation{f' limit {limit}' if limit else ''}"
    )


def _beside(sql: str) -> str:
    """A compiled query that reads the register on trial in place of the lake's."""
    schema, table = _REGISTER.split(".")
    return sql.replace(f'"lake"."{schema}"."{table}"', f'"{build_database.NAME}"."{schema}"."{table}"')


def _compiled(manifest: Path) -> Iterator[tuple[str, str]]:
    """The relations that are made anew, each after those it reads, with their SQL: what is made of the register's
    indicators, and what that reads and the lake does not hold.
    """
    nodes: dict[str, Any] = json.loads(manifest.read_text(encoding="utf-8"))["nodes"]
    compiled = {
        name: node for name, node in nodes.items() if node.get("compiled_code") and node["resource_type"] == "model"
    }
    told: set[str] = set()

    def is_of_indicators(name: str) -> bool:
        parents = compiled[name]["depends_on"]["nodes"]
        return any(p == _INDICATORS or (p in compiled and is_of_indicators(p)) for p in parents)

    def of(name: str) -> Iterator[tuple[str, str]]:
        if name in told:
            return
        told.add(name)
        node = compiled[name]
        for parent in node["depends_on"]["nodes"]:
            if parent in compiled and (is_of_indicators(parent) or compiled[parent]["schema"] == "intermediate"):
                yield from of(parent)
        yield f"{node['schema']}.{node['alias']}", node["compiled_code"]

    for name in compiled:
        if is_of_indicators(name):
            yield from of(name)


def _last_night(lake: Lake) -> date:
    with connect_lake(lake, read_only=True) as connection:
        try:
            found = connection.execute("select max(night) from lake.marts.completeness").fetchone()
        except duckdb.CatalogException:
            found = None
    if not found or found[0] is None:
        raise LakeError(f"The lake {lake.root} holds no night: run 'shuyuan night', or give another --lake.")
    night: date = found[0]
    return night
