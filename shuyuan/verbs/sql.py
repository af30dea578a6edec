"""`shuyuan sql`: a question to the current release.

Lives here: the verb's options.
Add here: another output format (its printing in `printing`).
Stays out: opening the release (`warehouse.query`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def sql(
    question: Annotated[str, typer.Argument(metavar="SQL", help="SQL over the marts of the release.")],
    lake: Annotated[Path | None, typer.Option(help="The lake; else SHUYUAN_LAKE.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print the answer.")] = Format.table,
) -> None:
    """Ask the current release: read-only, and able to reach nothing else."""
    from shuyuan import printing
    from shuyuan.settings import load
    from warehouse import query
    from warehouse.lake import Lake

    answer = query.run(Lake(load(lake=lake).lake), question)
    printing.WRITERS[format_.value](answer)
