"""`shuyuan airflow`: Airflow's own command line, on the scheduler of a lake.

Stays out: Airflow (`dags.scheduler.command_line`), starting the scheduler (`make up`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from shuyuan.verbs.night import LakeOption


def airflow(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND ...]", help="A command of Airflow, such as: dags list."),
    ] = None,
    lake: LakeOption = None,
) -> None:
    """Run a command of Airflow on the scheduler of this lake: its metadata database, DAGs and configuration."""
    from common.settings import load_settings
    from dags.scheduler import command_line

    raise typer.Exit(command_line.run(load_settings(lake=lake), arguments or ["--help"]))
