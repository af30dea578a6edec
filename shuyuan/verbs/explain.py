"""`shuyuan explain`: where a number comes from, and what depends on it.

Stays out: the explanation (`warehouse.explain`), how it is printed (`printing`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from shuyuan.verbs.night import RegisterOption, day, directory


class Format(StrEnum):
    """How an explanation is printed."""

    table = "table"
    json = "json"


def explain(
    name: Annotated[str, typer.Argument(help="A mart, mart.column, an indicator, an element, a feed, feed.column.")],
    register_dir: RegisterOption = None,
    on: Annotated[
        date | None,
        typer.Option("--date", parser=day, metavar="YYYY-MM-DD", help="The day whose owners to show; default: today."),
    ] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Show where a name comes from (elements, owners, stewards, exports) and what depends on it; needs no lake."""
    import tempfile
    from datetime import datetime
    from pathlib import Path
    from zoneinfo import ZoneInfo

    import registry
    from common.settings import load_settings
    from shuyuan import printing
    from warehouse import build
    from warehouse.explain import explain_name

    settings = load_settings(registry=register_dir)
    directory(settings.registry)
    today = on or datetime.now(ZoneInfo(settings.timezone)).date()
    register = registry.load(settings.registry)
    with tempfile.TemporaryDirectory() as folder:
        project = build.assemble(settings.project, settings.registry, register, Path(folder) / "project")
        report = explain_name(register, name, today, project)
    printing.REPORT_WRITERS[format_.value](report)
