"""`shuyuan verify`: whether the files of a lake are as they were written, and what to do where not.

Stays out: the checks (`dags.damage.lake_check`), making a release again (`dags.damage.release_mending`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from shuyuan import exit_codes
from shuyuan.verbs.night import LakeOption


def verify(
    deep: Annotated[
        bool, typer.Option("--deep", help="Read every byte; else existence, sizes and the heads of files.")
    ] = False,
    mend: Annotated[
        bool, typer.Option("--mend", help="Make damaged releases again from the lake first; nothing else is changed.")
    ] = False,
    lake: LakeOption = None,
) -> None:
    """Check the files of a lake: data against the catalog, releases against their checksums, landed files, state."""
    from common.settings import load_settings
    from dags.damage import lake_check, release_mending
    from warehouse.lake import Lake

    settings = load_settings(lake=lake)
    if mend:
        for sentence in release_mending.mend(settings):
            typer.echo(sentence)
    found = list(lake_check.check(Lake(settings.lake), deep=deep))
    for damage in sorted(found, key=lambda damage: damage.weight == "note"):
        typer.echo(f"{'note' if damage.weight == 'note' else 'wrong':<6} {damage}")
    damaged = sum(damage.weight != "note" for damage in found)
    depth = "every byte was read" if deep else "existence, sizes and heads; --deep reads every byte"
    typer.echo(f"{settings.lake}: {f'{damaged} damaged' if damaged else 'sound'} ({depth}).")
    raise typer.Exit(exit_codes.FAILED if damaged else exit_codes.DONE)
