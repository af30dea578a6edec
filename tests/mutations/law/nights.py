"""A lake with the good exports of a register, and second nights of mutants under the law.

Lives here: running these nights and judging each mutant of one.
Add here: nothing about single mutants.
Stays out: what must hold (`judge`).
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from registry.model import Register
from tests.ingest.makers import Desk
from tests.mutations.drafts import draft_of
from tests.mutations.law import judge
from tests.mutations.law.arrived import arrived, in_lake
from tests.mutations.law.lawful import LawMutant
from tests.mutations.town import SECOND, Town
from warehouse.lake import Lake


@dataclass
class Judged:
    """A mutant, what of the law its fate breaks, and what became of it."""

    mutant: LawMutant
    complaints: list[str]
    fate: str  # loaded, held, refused

    def __str__(self) -> str:
        return f"{self.mutant.name}\n    " + "\n    ".join(self.complaints)


class LawTown(Town):
    """A lake on its first night, whose second nights are judged by the law."""

    def __init__(self, root: Path, register: Register, empty: Lake, files: int) -> None:
        super().__init__(root, register, empty, files)
        desk = Desk(root / "known", register, self.lake)
        self.had = {f.id: in_lake(desk.connection, f, register) for f in register.feeds}
        desk.close()
        shutil.rmtree(desk.root, ignore_errors=True)

    def law_night(self, mutants: Sequence[LawMutant], name: str) -> list[Judged]:
        """A second night of mutants in place of their slices' files; the other files come as they were."""
        desk = Desk(self.root / name, self.register, self.lake)
        replaced = {(m.draft.feed.id, m.draft.good.place) for m in mutants}
        for found in self.goods.values():
            for good in (g for g in found if (g.feed.id, g.place) not in replaced):
                path = draft_of(good, self.register).path
                desk.put(path, self._bytes[path])
        for mutant in mutants:
            for path, content in mutant.files.items():
                desk.put(path, content)
        together = {feed for source in self.register.sources for feed in source.together}
        judged = []
        try:
            holds = desk.night(SECOND)
            for feed in self.register.feeds:
                mine = [m for m in mutants if m.draft.feed.id == feed.id]
                if not mine:
                    continue
                waits = {hold.slice: hold.reason for hold in holds if hold.feed == feed.id}
                said = arrived(desk.connection, feed, self.register, desk.work(SECOND), waits)
                for m in mine:
                    m.draft.is_alone = feed.id not in together and not feed.beside
                    complaints = judge.complaints(m, said, self.had[feed.id])
                    judged.append(Judged(m, complaints, _fate(m, said.deliveries, waits)))
        finally:
            desk.close()
            shutil.rmtree(desk.root, ignore_errors=True)
        return judged


def _fate(mutant: LawMutant, deliveries: dict[str, list[dict[str, object]]], waits: dict[str, str]) -> str:
    mine = [d for path in mutant.files for d in deliveries.get(path, [])]
    if any(d["status"] == "refused" for d in mine) and not any(d["rows_loaded"] for d in mine):
        return "refused"
    scope = mutant.draft.good.scope
    is_held = bool(waits) if scope is None else scope in waits
    return "held" if is_held else "loaded"
