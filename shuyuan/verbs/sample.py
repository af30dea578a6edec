"""`shuyuan sample`: the exports of a made-up city.

Stays out: the generator (`samples`).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from shuyuan.progress import clock


class Dirt(StrEnum):
    """How dirty the files are."""

    usual = "usual"
    all = "all"
    odd = "odd"


def sample(
    out: Annotated[Path, typer.Option(help="Directory to write DIR/<yyyy-mm-dd>/<source>/... into.")],
    students: Annotated[int, typer.Option(min=1, help="Number of students of the city.")],
    seed: Annotated[int, typer.Option(help="The same seed makes the same city.")] = 7,
    nights: Annotated[int, typer.Option(min=1, help="Number of nights to write.")] = 1,
    dirt: Annotated[
        Dirt, typer.Option(help="usual; all: every dirt that an export may carry; odd: and files in odd forms.")
    ] = Dirt.usual,
) -> None:
    """Write the exports of a made-up city, and beside them the planted truth."""
    from samples import write_city

    target = out.expanduser().absolute()
    if target.exists() and not target.is_dir():
        raise typer.BadParameter(f"{target} is a file: give a directory.", param_hint="--out")
    try:
        with clock("Writing the city") as say:
            write_city(target, students, seed, nights, progress=say, dirt=dirt.value)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    typer.echo(f"The exports of {students:,} students for {nights} night(s) are in {target}.")
