"""A mutant: one good export, tonight's version of it, changed by mutators that a seed chooses.

Lives here: choosing them, in the order in which the stages of an export change it.
Add here: another class of mutators.
Stays out: the mutators, judging (`oracle`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Literal

from registry.model import Register
from tests.mutations import broken, harmful, harmless_cells, harmless_table
from tests.mutations.drafts import FORMATS, Draft, Mutator, draft_of
from tests.mutations.formats import content_of
from tests.mutations.goods import Good

Kind = Literal["harmless", "harmful", "broken"]
KINDS: tuple[Kind, ...] = ("harmless", "harmful", "broken")


@dataclass
class Mutant:
    """A file of the second night, with what was done to it and what must become of it."""

    seed: int
    kind: Kind
    draft: Draft
    content: bytes

    @property
    def name(self) -> str:
        """How to make it again, and of what it is made."""
        return (
            f"mutant({self.draft.good.place!r} of {self.draft.feed.id}, seed {self.seed}): {self.draft.form}, "
            + ", ".join(self.draft.done)
        )


def mutant(good: Good, register: Register, seed: int, kind: Kind | None = None) -> Mutant:
    """The mutant of an export under a seed; the same seed makes the same bytes but for a workbook's own date."""
    draw = Random(f"{good.feed.id} {good.place} {seed}")
    chosen = kind or draw.choices(KINDS, [4, 3, 3])[0]
    form = draw.choice(FORMATS)
    d = draft_of(good, register, "xlsx" if good.feed.sheets and form in ("xls", "ods") else form)
    _tonight(draw, d)
    many = 3 if chosen == "harmless" else 1
    _some(draw, d, harmless_cells.ROWS, draw.randrange(many + 1))
    late = chosen == "harmful" and d.form == "csv" and draw.random() < 0.3
    if chosen == "harmful" and not late:
        _one(draw, d, harmful.ROWS)
    _some(draw, d, harmless_cells.CELLS, draw.randrange(many + 1) // 2)
    _some(draw, d, harmless_table.TABLE, draw.randrange(many + 2))
    if late:
        _one(draw, d, harmful.LINES)
    _some(draw, d, harmless_table.FILE, draw.randrange(many + 1))
    if chosen == "broken":
        _one(draw, d, broken.ALL)
    return Mutant(seed, chosen, d, content_of(d))


def _tonight(draw: Random, d: Draft) -> None:
    """A row has left and a text has changed since the night before, so that no file is the same bytes."""
    d.lines.pop(draw.randrange(len(d.lines)))
    fixed = {*d.feed.key, d.feed.slice.column}
    free = [n for n, c in enumerate(d.columns) if c and c.type in ("text", "name") and c.name not in fixed]
    for line in draw.sample(d.lines, 3) if free else []:
        n = draw.choice(free)
        column = d.columns[n]
        line.cells[n] = "改动后"
        if column:
            line.means[column.name] = "改动后"


def _some(draw: Random, d: Draft, mutators: Sequence[Mutator], count: int) -> None:
    chosen = draw.sample(range(len(mutators)), min(count, len(mutators)))
    for n in sorted(chosen):
        _apply(draw, d, mutators[n])


def _one(draw: Random, d: Draft, mutators: Sequence[Mutator]) -> None:
    for mutator in draw.sample(list(mutators), len(mutators)):
        if _apply(draw, d, mutator):
            return
    raise AssertionError(f"no mutator applies to {d.feed.id} as {d.form}")


def _apply(draw: Random, d: Draft, mutator: Mutator) -> bool:
    done = mutator(draw, d)
    if done:
        d.done.append(mutator.__name__)
    return done
