"""`shuyuan indicator`: an indicator before it is adopted.

Stays out: reading its file (`registry.desk_files.indicator_files`), its figures (`warehouse.indicators`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shuyuan.verbs.explain import Format
from shuyuan.verbs.night import LakeOption, RegisterOption
from shuyuan.verbs.trace import DEFAULT_LIMIT, LimitOption

app = typer.Typer(no_args_is_help=True, help="Try an indicator on the lake before it enters the register.")


@app.callback()
def _verbs() -> None:
    """A group, also with one verb."""


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="YAML as in the register's indicators/.")],
    limit: LimitOption = DEFAULT_LIMIT,
    lake: LakeOption = None,
    register_dir: RegisterOption = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print it.")] = Format.table,
) -> None:
    """Show the figures that the indicators of a file have at each level on the lake as it stands, and the rows behind
    them; nothing is changed. What is wrong with them is said in a sentence each.
    """
    import tempfile

    import registry
    from common.settings import load_settings
    from registry.desk_files.indicator_files import with_file
    from shuyuan import printing
    from warehouse import build
    from warehouse.indicators import trial
    from warehouse.lake import Lake, check_lake

    settings = load_settings(registry=register_dir, lake=lake)
    check_lake(Lake(settings.lake))
    register, tried = with_file(registry.load(settings.registry), file)
    with tempfile.TemporaryDirectory() as folder:
        project = build.assemble(settings.project, settings.registry, register, Path(folder) / "project")
        reports = trial.try_out(Lake(settings.lake), register, tried, project, Path(folder) / "trial", limit)
    for report in reports:
        printing.REPORT_WRITERS[format_.value](report)
