"""Explains a name: the elements, owners and export columns behind it, the marts and indicators that depend on it; and a
figure: what it is made of, down to the rows of exports.

Stays out: the column graph (`lineage`), values of any record (`trace`).
"""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from common.catalog import has_table
from registry.model import Register
from warehouse.disclosure.value_display import IN_PART, Showing, ValueDisplay
from warehouse.errors import QueryError
from warehouse.explain import explanation, names
from warehouse.explain.figure import Figure, Level
from warehouse.lake import Lake, access_log, connect_lake
from warehouse.lineage import project_cache
from warehouse.report import Report

__all__ = ["Level", "explain_figure", "explain_name"]


def explain_name(register: Register, name: str, day: date, project: Path | None = None) -> Report:
    """Where a mart, a mart's column, an indicator, an element, a feed or a feed's column comes from, and what breaks
    if it changes. The owners are those of `day`, and all others over time beside them.

    Needs no lake. Raises QueryError for a name that is unknown or means several things, BuildFailed, LineageError.
    """
    project_ = project_cache.project(register, day, project)
    item = names.resolve_name(register, project_, name)
    return explanation.Explainer(register, project_, day).report_on(item)


def explain_figure(
    lake: Lake,
    register: Register,
    name: str,
    organisation: str,
    at: datetime,
    level: Level,
    showing: Showing = IN_PART,
) -> Report:
    """What the figure of an indicator and an organisation is made of, at a level of it.

    The figure with its verdict, the figures one level below, and its units (class-days, schools), whose sums are held
    against it; of a unit its people, by their keys in a release; of a person the rows of exports: file, sheet, row, and
    what was read. Where people and values are shown `identified` the access log says so before.
    Raises QueryError for anything that is not there, with the nearest that is, and LakeError.
    """
    indicator = names.resolve_indicator(register, name)
    with connect_lake(lake, read_only=True) as connection:
        if not has_table(connection, "lake.conformed.indicator_units"):
            raise QueryError(f"The lake {lake.root} holds no units of figures yet: run 'shuyuan night' first.")

        def log(uid: str) -> None:
            access_log.log(lake.access_log, f"explain {indicator.id}", uid, at)

        display = ValueDisplay(connection, showing)
        return Figure(connection, indicator, display, log).report(organisation, level)
