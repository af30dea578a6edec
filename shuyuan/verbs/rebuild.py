"""`shuyuan rebuild`: the lake's marts anew, as a replay of its nights.

Stays out: the replay (`warehouse.as_known.replay`), loading nights again (`verbs.backfill`).
"""

from __future__ import annotations

import typer

from shuyuan.verbs.night import LakeOption, RegisterOption, directory


def rebuild(lake: LakeOption = None, register_dir: RegisterOption = None) -> None:
    """Build every night of the lake again, in order, with today's program; the next night publishes what comes of it.

    For after an update that mended a model which remembers. What was delivered stays as it is; where the replay fails
    or is ended, the lake is as it was.
    """
    from common.settings import load_settings
    from shuyuan.progress import clock
    from shuyuan.termination import ended_by_signals
    from warehouse.lake import Lake, check_lake

    settings = load_settings(lake=lake, registry=register_dir)
    directory(settings.registry)
    lake_paths = Lake(settings.lake, memory_limit=settings.memory_limit)
    check_lake(lake_paths)
    with ended_by_signals("The rebuild"), clock("The rebuild") as say:
        from dags import claim
        from warehouse.as_known import replay

        with claim.held(lake_paths, "a rebuild"):
            done = replay.replay(lake_paths, settings.registry, say, threads=settings.threads)
    typer.echo(f"{len(done.nights)} nights were built again, {done.nights[0]} to {done.nights[-1]}.")
    for table in done.changed:
        typer.echo(f"  {table} is another than before")
    typer.echo("The next night publishes them." if done.changed else "Every table is as it was.")
