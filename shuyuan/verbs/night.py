"""`shuyuan night`: one night, from files to release, through Airflow in this process.

Stays out: the steps of a night (`dags`), how an outcome is printed (`outcome`).
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from shuyuan import exit_codes


def day(text: str) -> date:
    """Parse a date option. Raises BadParameter."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text} is no date: give it as 2025-10-15.") from error


def directory(path: Path | None) -> Path | None:
    """Check that a directory option exists. Raises BadParameter."""
    if path is not None and not path.expanduser().is_dir():
        raise typer.BadParameter(f"{path} is not a directory.")
    return path


def inbox_directory(path: Path | None) -> Path | None:
    """Check that an inbox exists; of one with a folder a day (`{date}`), the folder above. Raises BadParameter."""
    from dags import dated_inbox

    if path is not None:
        directory(dated_inbox.root_of(path.expanduser().absolute()))
    return path


def known_layout(path: Path | None) -> Path | None:
    """Check that the lake of a verb, given or set, is of a layout that this program knows. Raises LakeError."""
    from common.settings import load_settings
    from warehouse.lake import Lake, refuse_newer

    refuse_newer(Lake(load_settings(lake=path).lake))
    return path


LakeOption = Annotated[
    Path | None, typer.Option("--lake", callback=known_layout, help="The lake; default: SHUYUAN_LAKE.")
]
NewLakeOption = Annotated[
    Path | None,
    typer.Option("--lake", callback=known_layout, help="The lake, created where it is missing; default: SHUYUAN_LAKE."),
]
RegisterOption = Annotated[
    Path | None, typer.Option("--registry", callback=directory, help="The bureau's register; else the house's own.")
]


def night(
    inbox: Annotated[
        Path | None,
        typer.Option(
            callback=inbox_directory,
            help="The inbox: holds <source>/..., or {date} in its path for a folder a day; default: SHUYUAN_INBOX.",
        ),
    ] = None,
    lake: NewLakeOption = None,
    on: Annotated[
        date | None, typer.Option("--date", parser=day, metavar="YYYY-MM-DD", help="The night's own date.")
    ] = None,
    register_dir: RegisterOption = None,
    feed: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE/FEED", help="Read only this feed, again; may be repeated."),
    ] = None,
    leave_missed: Annotated[
        bool, typer.Option("--leave-missed", help="Load it although earlier days of a {date} inbox were not loaded.")
    ] = False,
    profile: Annotated[
        bool, typer.Option("--profile", help="Print at the end what each step and model has cost, the slowest first.")
    ] = False,
    whole: Annotated[
        bool, typer.Option("--whole", help="Build and publish it although nothing new came, changed or falls due.")
    ] = False,
) -> None:
    """Load the inbox into the lake, and publish a release if it passes the gates."""
    from common.settings import load_settings
    from shuyuan import outcome
    from shuyuan.profile import print_profile
    from shuyuan.progress import bar
    from shuyuan.termination import ended_by_signals

    settings = load_settings(inbox=inbox, lake=lake, night=on, registry=register_dir)
    if settings.inbox is None:
        raise typer.BadParameter("give --inbox, or set SHUYUAN_INBOX.", param_hint="--inbox")
    if settings.night is None:
        raise typer.BadParameter("give --date, or set SHUYUAN_NIGHT.", param_hint="--date")
    inbox_directory(settings.inbox)
    directory(settings.registry)
    what = f"The night {settings.night}"
    with ended_by_signals(what), bar(what) as (say, follow):
        from dags.night import run

        result = run(settings, say, feeds=feed or (), leave_missed=leave_missed, whole=whole, follow=follow)
    outcome.print_outcome(result, settings)
    if profile:
        print_profile(settings.lake, settings.night)
    raise typer.Exit(exit_codes.OF_STATUS[result["status"]])
