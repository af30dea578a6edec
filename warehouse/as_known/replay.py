"""The lake's marts anew: every night that was ever built, built again in order, by today's program.

Stays out: loading nights again with reading, gates and releases (`dags.backfill`), one past night (`rebuild`).

A model that remembers (aliases, spans, ledgers) holds what the program of each night made of it. Where that was mended,
the nights are played again on the rows that were known then, in a lake of their own; what comes of it takes the place
of the lake's staging, conformed and marts in one transaction, so that an interrupted replay has changed nothing.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path

import registry
from registry.errors import RegisterError
from registry.model import Register
from warehouse import build, unchanged
from warehouse.as_known import published_releases, rebuild
from warehouse.build.build_database import take_over
from warehouse.errors import QueryError
from warehouse.lake import Lake, connect_lake, create_lake, upkeep

Say = Callable[[str], None]
_STATE = "staging.build_state"  # of which code the last build was made: no mart


@dataclass(frozen=True)
class Replay:
    """What was played again: the nights, and the tables (`schema.table`) that are others than before."""

    nights: tuple[date, ...]
    changed: tuple[str, ...]


def replay(
    lake: Lake,
    register_dir: Path,
    say: Say,
    *,
    threads: int = 2,
    memory_limit: str | None = None,
) -> Replay:
    """Build every night of the lake again, and put what comes of it in place of what the lake has. The caller holds the
    lake.

    Each night has the register of its release, or of the last one before it; one that this program cannot read any
    more, or that there never was, is today's (`register_dir`), which is said. The next night builds and publishes.
    Raises QueryError where no night was ever built, RegisterError, BuildFailed, LakeError: the lake is then as it was.
    """
    with connect_lake(lake, read_only=True) as connection:
        nights = rebuild.built_nights(connection)
    if not nights:
        raise QueryError(f"The lake {lake.root} has no night that was built: run 'shuyuan night' first.")
    registers = _Registers(lake, register_dir, say)
    folder = Path(tempfile.mkdtemp(prefix="replay-", dir=lake.restricted))
    try:
        scratch = Lake(folder / "lake")
        create_lake(scratch)
        for number, night in enumerate(nights, start=1):
            directory, register = registers.of(night)
            say(f"{night}: night {number} of {len(nights)}")
            rebuild.fill(lake, scratch, register, night, partial(rebuild.deliveries_query, night=night))
            project = build.assemble(build.PROJECT, directory, register, folder / "project")
            build.run(scratch, register, night, project, threads=threads, memory_limit=memory_limit)
            shutil.rmtree(scratch.work(night))
            for left in upkeep.tend(scratch):
                say(left)
        with connect_lake(lake, memory_limit=memory_limit) as connection, rebuild.attached(connection, scratch):
            unchanged.forget(lake)  # before the lake is another one: the next night builds and publishes
            changed = take_over(connection, "scratch")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return Replay(tuple(nights), tuple(name for name in changed if name != _STATE))


class _Registers:
    """The register of each night, by the releases of the lake."""

    def __init__(self, lake: Lake, present: Path, say: Say) -> None:
        self._releases = published_releases.release_history(lake)
        self._present, self._say = present, say
        self._objections = registry.load(present).objections
        self._told: set[str] = set()

    def of(self, night: date) -> tuple[Path, Register]:
        """Its directory and the register itself, with today's objections, each of whose steps has its day."""
        release = max((r for r in self._releases if r.night <= night), default=None, key=lambda r: r.night)
        if release is None:
            self._tell(f"{night}: there is no release of this night or before it, so today's register counts.")
            return self._present, registry.load(self._present)
        try:
            register = registry.load(release.register)
        except (RegisterError, OSError) as error:
            self._tell(f"{night}: the register of {release.id} cannot be read, so today's counts ({error}).")
            return self._present, registry.load(self._present)
        return release.register, register.model_copy(update={"objections": self._objections})

    def _tell(self, sentence: str) -> None:
        reason = sentence.partition(": ")[2]
        if reason not in self._told:
            self._told.add(reason)
            self._say(sentence)
