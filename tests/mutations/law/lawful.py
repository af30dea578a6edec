"""A mutant under the law of values: an export of tonight, changed by one mutator of a class, and sometimes by more.

Lives here: choosing them, by a seed.
Add here: another class of mutators.
Stays out: the mutators, judging (`judge`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from registry.model import Register
from tests.mutations.drafts import FORMATS, TEXTS, Format
from tests.mutations.goods import Good
from tests.mutations.law import cells, encodings, headers, members, names, sheets
from tests.mutations.law.delivered import Delivered, LawMutator, delivered_of, free_columns

CLASSES: dict[str, tuple[LawMutator, ...]] = {
    "headers": headers.ALL, "sheets": sheets.ALL, "cells": cells.ALL, "encodings": encodings.ALL, "names": names.ALL,
    "members": members.ALL,
}  # fmt: skip
_FORMATS: dict[str, tuple[Format, ...]] = {
    "sheets": ("xlsx",), "encodings": ("csv", "csv", "csv", "json", "jsonl", "html"),
    "cells": ("xlsx", "xlsx", "csv", "ods", "json"),
}  # fmt: skip
_SECOND = 0.3  # of all mutants are changed by a mutator of another class as well


@dataclass
class LawMutant:
    """A delivery of tonight, and the class and mutators that made it."""

    seed: int
    kind: str
    draft: Delivered
    files: dict[str, bytes]

    @property
    def name(self) -> str:
        """How to make it again, and of what it is made."""
        d = self.draft
        return (
            f"law_mutant({d.good.place!r} of {d.feed.id}, seed {self.seed}): {d.form}, {self.kind}, {', '.join(d.done)}"
        )


def law_mutant(
    good: Good, register: Register, seed: int, kind: str | None = None, mutator: LawMutator | None = None
) -> LawMutant:
    """The mutant of an export under a seed, of a class (and made by one mutator, where it applies)."""
    draw = Random(f"law {good.feed.id} {good.place} {seed}")
    for _ in range(40):
        chosen = kind or draw.choice(list(CLASSES))
        form = draw.choice(_FORMATS.get(chosen, FORMATS))
        if good.feed.sheets and form in ("xls", "ods"):
            form = "xlsx"
        d = delivered_of(good, register, form)
        _tonight(draw, d)
        done = apply_one(draw, d, [mutator] if mutator else CLASSES[chosen])
        if not done:
            continue
        if draw.random() < _SECOND:
            later = [c for c in CLASSES if c != chosen and _fits(c, chosen, d)]
            apply_one(draw, d, CLASSES[draw.choice(later)] if later else ())
        return LawMutant(seed, chosen, d, d.files())
    raise AssertionError(f"no mutator of {kind} applies to {good.feed.id}")


def _tonight(draw: Random, d: Delivered) -> None:
    """Some texts have changed since the night before; everybody is still there, so that no guard has to speak."""
    free = free_columns(d, "text", "name")
    for line in draw.sample(d.lines, 3) if free else []:
        n, column = draw.choice(free)
        line.cells[n] = line.means[column.name] = draw.choice(["改动后", "已更新", "新写法"])


def _fits(later: str, first: str, d: Delivered) -> bool:
    """Whether a class may follow another: cells before sheets, and bytes and archives last."""
    order = ["headers", "names", "cells", "sheets", "encodings", "members"]
    return order.index(later) > order.index(first) and (later != "encodings" or d.form in TEXTS)


def apply_one(draw: Random, d: Delivered, mutators: Sequence[LawMutator]) -> bool:
    """Apply the first of them, in a drawn order, that applies."""
    for mutator in draw.sample(list(mutators), len(mutators)):
        if mutator(draw, d):
            d.done.append(mutator.__name__)
            return True
    return False
