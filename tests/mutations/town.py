"""A lake on its first night with the good exports of every feed, and second nights with mutants in their place.

Lives here: running these nights, or their reading alone, and judging each mutant of one.
Add here: nothing about single mutants.
Stays out: what must hold (`oracle`).
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from registry import types
from registry.model import Feed, Register
from tests.ingest.makers import Desk
from tests.mutations import oracle, told
from tests.mutations.drafts import draft_of
from tests.mutations.formats import content_of
from tests.mutations.goods import Good, goods
from tests.mutations.mutants import Mutant
from tests.mutations.told import Rows, Told
from warehouse.lake import Lake

FIRST, SECOND = date(2025, 10, 15), date(2025, 10, 16)


@dataclass
class Verdict:
    """A mutant, what is wrong with what became of it, and whether any of it was loaded."""

    mutant: Mutant
    complaints: list[str]
    loaded: bool

    def __str__(self) -> str:
        return f"{self.mutant.name}\n    " + "\n    ".join(self.complaints)


class Exports:
    """Good exports of every feed of a register, and mutants of them read without a lake."""

    def __init__(self, root: Path, register: Register, files: int) -> None:
        """`files`: slices of each feed that has files of single slices."""
        self.root, self.register = root, register
        self.goods: dict[str, list[Good]] = {f.id: goods(f, register, files) for f in register.feeds}

    def originals(self) -> dict[str, bytes]:
        """Path and bytes of every good export."""
        drafts = [draft_of(good, self.register) for found in self.goods.values() for good in found]
        return {draft.path: content_of(draft) for draft in drafts}

    def means(self, feed: Feed) -> Rows:
        """All rows of a feed's good exports, by what they mean."""
        return told.meant(feed, [{k: v.means for k, v in row.items()} for g in self.goods[feed.id] for row in g.rows])

    def read(self, mutants: Sequence[Mutant], name: str) -> list[Verdict]:
        """Mutants read in one night, each a file of its own."""
        desk = Desk(self.root / name, self.register)
        _put(desk, mutants)
        desk.read(SECOND)
        verdicts = []
        with duckdb.connect() as connection:
            types.install(connection)
            for feed in self.register.feeds:
                mine = [m for m in mutants if m.draft.feed.id == feed.id]
                if mine and (desk.work(SECOND) / feed.table / "accepted.parquet").exists():
                    said = told.in_work(connection, feed, self.register, desk.work(SECOND))
                    verdicts += _verdicts(mine, said, {})
        shutil.rmtree(desk.root, ignore_errors=True)
        return verdicts


class Town(Exports):
    """The same in a lake that has taken the good exports on its first night."""

    def __init__(self, root: Path, register: Register, empty: Lake, files: int) -> None:
        super().__init__(root, register, files)
        self._bytes = self.originals()
        desk = Desk(root / "first", register, empty)
        for path, content in self._bytes.items():
            desk.put(path, content)
        self.holds = desk.night(FIRST)
        self.deliveries = desk.deliveries(FIRST)
        self.before: dict[str, dict[str, Rows]] = {
            f.id: told.in_lake(desk.connection, f, register, desk.work(FIRST), FIRST, set()).now for f in register.feeds
        }
        desk.close()
        self.lake = desk.lake

    def unfaithful(self) -> list[str]:
        """Untouched exports that were not loaded whole, as they were written."""
        found = [
            f"{path}: {said}" for path, said in self.deliveries.items() if said[0] != "loaded" or said[1] != said[2]
        ]
        found += [str(hold) for hold in self.holds]
        for feed in self.register.feeds:
            now: Rows = sum(self.before[feed.id].values(), start=Rows())
            if now != self.means(feed):
                found.append(f"{feed.id}: {told.difference(now, self.means(feed))}")
        return found

    def second_night(self, mutants: Sequence[Mutant], name: str, *, keep: bool = False) -> list[Verdict]:
        """The second night: mutants in place of their slices' files, the other files as they were."""
        desk = Desk(self.root / name, self.register, self.lake)
        _put(desk, mutants)
        replaced = {(m.draft.feed.id, m.draft.good.place) for m in mutants}
        for found in self.goods.values():
            for good in (g for g in found if (g.feed.id, g.place) not in replaced):
                path = draft_of(good, self.register).path
                desk.put(path, self._bytes[path])
        try:
            holds = desk.night(SECOND)
            verdicts = []
            for feed in self.register.feeds:
                held = {h.slice for h in holds if h.feed == feed.id}
                said = told.in_lake(desk.connection, feed, self.register, desk.work(SECOND), SECOND, held)
                mine = [m for m in mutants if m.draft.feed.id == feed.id]
                verdicts += _verdicts(mine, said, self.before[feed.id])
        finally:
            desk.close()
        if not keep:
            shutil.rmtree(desk.root, ignore_errors=True)
        return verdicts


def _put(desk: Desk, mutants: Sequence[Mutant]) -> None:
    for mutant in mutants:
        desk.put(mutant.draft.path, mutant.content)


def _verdicts(mutants: Sequence[Mutant], said: Told, before: Mapping[str, Rows]) -> list[Verdict]:
    """The verdict on each mutant of a feed; what is wrong with the feed as a whole stands with the last one."""
    found = [
        Verdict(m, oracle.complaints(m, said, before), any(d["rows_loaded"] for d in said.deliveries[m.draft.path]))
        for m in mutants
    ]
    if found:
        found[-1].complaints += [*said.unread, *oracle.elsewhere([m.draft.good.scope for m in mutants], said, before)]
    return found
