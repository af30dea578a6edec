"""`shuyuan responsibilities`: the responsibility list (责任清单), from the register.

Stays out: the list (`registry.responsibilities`), printing (`printing`).
"""

from __future__ import annotations

from dataclasses import astuple, fields
from datetime import date
from typing import Annotated

import typer

from shuyuan.verbs.night import RegisterOption, day
from shuyuan.verbs.sql import Format


def print_responsibilities(
    office: Annotated[str | None, typer.Option(help="Only the elements of this office.")] = None,
    on: Annotated[
        date | None, typer.Option("--date", parser=day, metavar="YYYY-MM-DD", help="As of this day; default: today.")
    ] = None,
    register_dir: RegisterOption = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print the list.")] = Format.table,
) -> None:
    """Print which office is responsible for which data element, and whether it has claimed it."""
    from common.settings import load_settings, today
    from registry import load
    from registry.responsibilities import Responsibility, responsibilities
    from shuyuan import printing

    settings = load_settings(registry=register_dir)
    register = load(settings.registry)
    offices = sorted({source.office for source in register.sources})
    if office is not None and office not in offices:
        raise typer.BadParameter(f"{office} is no office of the register: give one of {', '.join(offices)}.")
    rows = responsibilities(register, on or today(settings), office)
    columns = tuple(field.name for field in fields(Responsibility))
    printing.WRITERS[format_.value](printing.Rows(columns, map(astuple, rows)))
