"""`shuyuan explain`: where a number comes from, and what depends on it; what a figure of an organisation is made of.

Stays out: the explanation (`warehouse.explain`), how it is printed (`printing`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shuyuan.verbs.night import LakeOption, RegisterOption, day, directory
from shuyuan.verbs.trace import DEFAULT_LIMIT, IdentifiedOption, LimitOption, time_and_secret

if TYPE_CHECKING:
    from common.settings import Settings
    from registry.model import Register
    from warehouse.report import Report


class Format(StrEnum):
    """How an explanation is printed."""

    table = "table"
    json = "json"


def explain(
    name: Annotated[str, typer.Argument(help="A mart, mart.column, an indicator, an element, a feed, feed.column.")],
    organisation: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of an indicator: the figure of this organisation.")
    ] = None,
    period: Annotated[
        str | None, typer.Option(help="The figure's period: a month, a school year; needed where there are several.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="The people of this unit of the figure (class-day, school).")] = None,
    person: Annotated[str | None, typer.Option(metavar="KEY", help="The rows of this person of the unit.")] = None,
    limit: LimitOption = DEFAULT_LIMIT,
    lake: LakeOption = None,
    identified: IdentifiedOption = False,
    register_dir: RegisterOption = None,
    on: Annotated[
        date | None,
        typer.Option("--date", parser=day, metavar="YYYY-MM-DD", help="The day whose owners to show; default: today."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Show where a name comes from (elements, owners, stewards, exports) and what depends on it, which needs no lake;
    with --organisation, what the figure of an indicator is made of, down to the rows of exports.
    """
    import registry
    from common.settings import load_settings
    from shuyuan import printing

    if organisation is None and (period or unit or person or identified):
        raise typer.BadParameter("--period, --unit, --person and --identified are of a figure: give --organisation.")
    if person is not None and unit is None:
        raise typer.BadParameter("--person is one of the people of a unit: give --unit too.")
    settings = load_settings(registry=register_dir, lake=lake)
    directory(settings.registry)
    register = registry.load(settings.registry)
    if organisation is None:
        report = _name_report(settings, register, name, on)
    else:
        from warehouse.disclosure.value_display import Showing
        from warehouse.explain import Level, explain_figure
        from warehouse.lake import Lake

        at, secret = time_and_secret(settings)
        level, showing = Level(period, unit, person), Showing(identified, secret, limit)
        report = explain_figure(Lake(settings.lake), register, name, organisation, at, level, showing)
    printing.REPORT_WRITERS[format_.value](report)


def _name_report(settings: Settings, register: Register, name: str, on: date | None) -> Report:
    import tempfile

    from common.settings import today
    from warehouse import build
    from warehouse.explain import explain_name

    with tempfile.TemporaryDirectory() as folder:
        project = build.assemble(settings.project, settings.registry, register, Path(folder) / "project")
        return explain_name(register, name, on or today(settings), project)
