"""`shuyuan dbt`: dbt by hand, on a copy of the lake's catalog.

Stays out: preparing the copy and running dbt (`warehouse.build.by_hand`).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from shuyuan.verbs.night import LakeOption, RegisterOption, day


def dbt(
    arguments: Annotated[
        list[str] | None,
        typer.Argument(metavar="[COMMAND ...]", help="A dbt command; none: prepare, and print where dbt finds it."),
    ] = None,
    lake: LakeOption = None,
    on: Annotated[
        date | None,
        typer.Option("--date", parser=day, metavar="YYYY-MM-DD", help="The night to build for; else the lake's last."),
    ] = None,
    register_dir: RegisterOption = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget what was built by hand before.")] = False,
) -> None:
    """Run dbt by hand on the lake as it stands: it reads a copy of the catalog and never writes to the lake."""
    import shlex
    from datetime import datetime
    from zoneinfo import ZoneInfo

    import registry
    from common.settings import load_settings
    from warehouse import build
    from warehouse.build import by_hand
    from warehouse.lake import Lake

    settings = load_settings(lake=lake, registry=register_dir)
    place, given = Lake(settings.lake), arguments or []
    by_hand.log_access(place, given, datetime.now(ZoneInfo(settings.timezone)))
    if given[:2] == ["docs", "serve"]:
        raise typer.Exit(by_hand.serve_docs(place, settings.project, given))
    register = registry.load(settings.registry)
    workspace = by_hand.prepare(
        place,
        register,
        build.assemble(settings.project, settings.registry, register, by_hand.workspace_folder(place) / "own_project"),
        on,
        fresh=fresh,
        threads=settings.threads,
        memory_limit=settings.memory_limit,
    )
    code = by_hand.run(workspace, given)
    for name, value in () if given else workspace.environment.items():
        typer.echo(f"export {name}={shlex.quote(value)}")
    raise typer.Exit(code)
