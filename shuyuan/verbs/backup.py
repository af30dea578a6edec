"""`shuyuan backup` and `shuyuan restore`: a lake into a folder elsewhere, and back.

Stays out: what is kept and how (`warehouse.backup`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shuyuan.verbs.night import LakeOption


def back_up(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="The folder of this lake's backups, best on another disk.")
    ],
    lake: LakeOption = None,
) -> None:
    """Back the lake up: what has changed is copied, all else is shared with the backup before; without the secret."""
    from datetime import datetime
    from zoneinfo import ZoneInfo

    from common.settings import load_settings
    from dags import claim
    from warehouse import backup
    from warehouse.lake import Lake

    settings = load_settings(lake=lake)
    lake_paths = Lake(settings.lake)
    with claim.held(lake_paths, "a backup"):
        made = backup.make(lake_paths, directory.expanduser(), datetime.now(ZoneInfo(settings.timezone)))
    typer.echo(
        f"{made.path}: {made.files:,} files; {made.copied:,} of them, {made.copied_bytes / 1e6:,.1f} MB, were copied, "
        "and the others are those of the backup before."
    )
    typer.echo(
        f"The secret is not in it: keep a copy of {settings.secret_file} apart from lake and backups (on paper in a "
        "safe, say), since whoever has both can undo every pseudonym, and without it no lake makes the same ones again."
    )


def restore(
    directory: Annotated[
        Path, typer.Argument(metavar="DIR", help="A backup, or the folder of backups, of which the last is taken.")
    ],
    lake: Annotated[Path, typer.Option(help="Where the lake is made: an empty place, or none yet.")],
) -> None:
    """Make a lake of a backup; every file is held against its checksum."""
    from common.settings import load_settings
    from warehouse import backup, release
    from warehouse.disclosure import secret
    from warehouse.lake import Lake

    settings = load_settings(lake=lake)
    lake_paths = Lake(settings.lake)
    source = backup.restore(directory.expanduser().absolute(), lake_paths)
    current = release.current(lake_paths)
    typer.echo(f"{settings.lake} is {source.name} of {source.parent}; current release: {current and current.name}.")
    if current is not None and settings.secret_file.exists():
        secret.of_lake(lake_paths, settings.secret_file)
        typer.echo(f"The secret {settings.secret_file} is the one of this lake.")
    else:
        typer.echo(f"The secret is in no backup: put the lake's own to {settings.secret_file} before the next night.")
