"""`shuyuan sql`: a query on the current release, or on that of a past night.

Stays out: opening the release (`warehouse.release.query`), rebuilding a past one (`warehouse.as_known.rebuild`).
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from shuyuan.verbs.night import LakeOption, day


class Format(StrEnum):
    """How an answer is printed."""

    table = "table"
    csv = "csv"
    json = "json"


def sql(
    question: Annotated[str, typer.Argument(metavar="SQL", help="SQL over the marts of the release.")],
    lake: LakeOption = None,
    format_: Annotated[Format, typer.Option("--format", help="How to print the answer.")] = Format.table,
    as_known_on: Annotated[
        date | None,
        typer.Option(parser=day, metavar="YYYY-MM-DD", help="Query the release that was current on that night."),
    ] = None,
) -> None:
    """Query the current release, read-only and without access to anything else."""
    import registry
    from common.code_version import code_version
    from common.settings import load_settings
    from shuyuan import printing
    from warehouse.as_known import rebuild
    from warehouse.disclosure import secret
    from warehouse.lake import Lake
    from warehouse.release import query

    settings = load_settings(lake=lake)
    lake_paths = Lake(settings.lake)
    if as_known_on is None:
        printing.WRITERS[format_.value](query.run(lake_paths, question))
        return

    def say(text: str) -> None:
        typer.echo(text, err=True)

    def key_secret() -> bytes:
        return secret.of_lake(lake_paths, settings.secret_file)

    def present() -> registry.Register:
        return registry.load(settings.registry)

    with rebuild.open_release_as_known_on(
        lake_paths, as_known_on, key_secret, code_version(), say, present
    ) as directory:
        printing.WRITERS[format_.value](query.run(lake_paths, question, directory))
