"""Explains a name: the elements, owners and export columns behind it, the marts and indicators that depend on it.

Stays out: the column graph (`lineage`), values of any record (`trace`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from registry.model import Register
from warehouse.explain import explanation, names
from warehouse.lineage import project_cache
from warehouse.report import Report

__all__ = ["explain_name"]


def explain_name(register: Register, name: str, day: date, project: Path | None = None) -> Report:
    """Where a mart, a mart's column, an indicator, an element, a feed or a feed's column comes from, and what breaks
    if it changes. The owners are those of `day`, and all others over time beside them.

    Needs no lake. Raises QueryError for a name that is unknown or means several things, BuildFailed, LineageError.
    """
    project_ = project_cache.project(register, day, project)
    item = names.resolve_name(register, project_, name)
    return explanation.Explainer(register, project_, day).report_on(item)
