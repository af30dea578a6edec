"""`shuyuan lift`: a reviewed line that lifts the hold of a slice, for the very files that were reviewed.

Stays out: the line's place (`registry.desk_files.lifted_hold_file`), reasons to hold (`ingest.guarding`).
"""

from __future__ import annotations

from typing import Annotated

import typer

from shuyuan.verbs.night import LakeOption, RegisterOption


def lift(
    feed: Annotated[str, typer.Argument(metavar="FEED", help="The feed of the hold, as source/feed.")],
    part: Annotated[str, typer.Argument(metavar="SLICE", help="The slice that is held; '' for a feed without slices.")],
    file: Annotated[list[str], typer.Option(metavar="SHA256", help="The file that was reviewed; may be repeated.")],
    by: Annotated[str, typer.Option(help="Who decided: an office or a person's name.")],
    why: Annotated[str, typer.Option(help="Why it is right, in your own words and without any person's number.")],
    about: Annotated[str, typer.Option(help="The column or organisation that the hold names; else its rows.")] = "",
    lake: LakeOption = None,
    register_dir: RegisterOption = None,
) -> None:
    """Lift the hold of a slice for these very files: what the guard found in them was reviewed, and is right."""
    import registry
    from common.settings import SettingsError, load_settings
    from registry.desk_files import lifted_hold_file
    from registry.model import LiftedHold
    from warehouse.lake import Lake, connect_lake

    settings = load_settings(lake=lake, registry=register_dir)
    register = registry.load(settings.registry)
    with connect_lake(Lake(settings.lake), read_only=True) as connection:
        delivered = connection.execute(
            "select distinct file_sha256 from lake.intake.delivery where feed = ?", [feed]
        ).fetchall()
    for sha256 in file:
        if (sha256,) not in delivered:
            raise SettingsError(f"The lake {settings.lake} knows no file {sha256} of {feed}: copy the hold's command.")
    lines = [
        LiftedHold(feed=feed, slice=part, about=about, sha256=sha256, decided_by=by, reason=why) for sha256 in file
    ]
    path = lifted_hold_file.lift(register, settings.registry, lines)
    typer.echo(f"Lifted in {path}: the next night that finds the file in its inbox loads it ('shuyuan night').")
