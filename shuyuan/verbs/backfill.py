"""`shuyuan backfill`: loads many nights in one run, from a folder for each date or from another lake.

Stays out: which folders are nights and their order (`dags.backfill`), how an outcome is printed (`outcome`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from shuyuan import exit_codes
from shuyuan.verbs.night import NewLakeOption, RegisterOption, day, directory, inbox_directory


def load_nights(
    inbox: Annotated[
        Path | None,
        typer.Option(
            callback=inbox_directory,
            help="The old exports, a folder a night: <yyyy-mm-dd>/<source>/..., or {date} in the path.",
        ),
    ] = None,
    from_lake: Annotated[
        Path | None,
        typer.Option(
            callback=directory, help="Instead of an inbox: another lake, whose nights are run again into --lake."
        ),
    ] = None,
    lake: NewLakeOption = None,
    register_dir: RegisterOption = None,
    first: Annotated[
        date | None, typer.Option("--from", parser=day, metavar="YYYY-MM-DD", help="The first night to load.")
    ] = None,
    last: Annotated[
        date | None, typer.Option("--to", parser=day, metavar="YYYY-MM-DD", help="The last night to load.")
    ] = None,
) -> None:
    """Load old exports night by night, in order; nights that are already loaded are skipped."""
    if (inbox is None) == (from_lake is None):
        raise typer.BadParameter("give --inbox, or --from-lake instead.", param_hint="--inbox")
    from common.settings import load_settings
    from shuyuan import outcome
    from shuyuan.progress import clock
    from shuyuan.termination import ended_by_signals

    settings = load_settings(inbox=inbox, lake=lake, registry=register_dir)
    directory(settings.registry)
    with ended_by_signals("The backfill"), clock("The backfill") as say:
        from dags import backfill

        if from_lake is None:
            folders = backfill.nights_of_inbox(settings.inbox or Path(), first, last)
        else:
            folders = backfill.nights_of_lake(settings, from_lake.expanduser(), first, last)
        outcomes: list[dict[str, Any]] = []
        for result in backfill.run(settings, folders, say):
            say(f"{result['night']}: {outcome.short_outcome(result)}")
            outcomes.append(result)
    for result in outcomes:
        typer.echo(f"{result['night']}  {outcome.short_outcome(result)}")
    last_result = outcomes[-1]
    if last_result["status"] in ("refused", "failed"):
        outcome.print_outcome(last_result, settings)
        typer.echo(
            f"The backfill stopped at {last_result['night']}, with {len(folders) - len(outcomes)} night(s) left: "
            "fix the cause given above and start it again; it resumes there.",
            err=True,
        )
    raise typer.Exit(exit_codes.OF_STATUS[last_result["status"]])
