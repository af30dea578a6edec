"""What a plan of everything planted is made of.

Lives here: flaws (bad rows), edits (values that differ, or change on a night), shares, and the drawing of
people.
Add here: another sort of thing that can be planted.
Stays out: whom it hits (`planted.planning`), what a flaw does to a value (`planted.flaw_kinds`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from samples.planted.flaw_kinds import Kind
from samples.world.strings import Bools, Ints

BAD_SHARE = 0.003
DIFFERENT_SHARE = 0.005
MOVED_SHARE = 0.002
NEVER_CAME_SHARE = 0.001


@dataclass(frozen=True)
class Flaw:
    """One planted bad row: `entity` is the row's student, teacher, class, school or homework record."""

    id: str
    kind: Kind
    entity: int
    part: str = ""  # the exam, or the day of homework
    target: int = -1  # wrong_slice: the school whose file the row stands in
    mended: int | None = None  # number of the night from which it is right

    def active(self, night: int) -> bool:
        """Whether a file written on this night holds it."""
        return self.mended is None or night < self.mended


@dataclass(frozen=True)
class Edit:
    """A value that one feed gives for a person from night `first` until (not on) night `until`, in each of its files
    or, with `part`, in one alone.
    """

    feed: str
    column: str
    person: int
    value: str
    kind: str  # difference | formatting | rename | birth_date
    first: int = 1
    until: int | None = None
    part: str = ""  # the exam in which alone it stands

    def active(self, night: int) -> bool:
        """Whether a file written on this night holds it."""
        return self.first <= night and (self.until is None or night < self.until)


@dataclass(frozen=True)
class ReturnedFile:
    """An earlier file that came back on a night, and the copies that it makes wrong again until the next."""

    slice: str
    night: int
    edits: tuple[Edit, ...]


@dataclass
class Plan:
    """Everything planted but the flaws and edits of homework days."""

    flaws: list[Flaw] = field(default_factory=list)
    edits: list[Edit] = field(default_factory=list)
    movers: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    moves_a_night: int = 0
    never_came: Ints = field(default_factory=lambda: np.zeros(0, np.int64))  # enrolled, and nowhere seen
    silent: Bools = field(default_factory=lambda: np.zeros(0, bool))  # never in exams or homework
    no_homework: Bools = field(default_factory=lambda: np.zeros(0, bool))
    blank_exam_class: Bools = field(default_factory=lambda: np.zeros(0, bool))
    free: Bools = field(default_factory=lambda: np.zeros(0, bool))  # people without a role


class Drawer:
    """Draws people without putting them back."""

    def __init__(self, rng: np.random.Generator, free: Bools) -> None:
        """Draw from those who are `free`; the mask is kept up to date."""
        self._rng = rng
        self.free = free

    def draw(self, count: int, among: Bools | None = None) -> Ints:
        """`count` people of `among`, or as many as there are. Raises ValueError where there is none."""
        candidates = np.flatnonzero(self.free if among is None else self.free & among)
        if not len(candidates):
            raise ValueError(
                "The sample city is too small to plant every kind of error: ask for more students."
            )
        selection = self._rng.choice(candidates, min(count, len(candidates)), replace=False)
        self.free[selection] = False
        return selection


def amount(population: int, share: float, kinds: int, minimum: int = 1) -> int:
    """How many of each kind: its part of `share`, and a handful (one to five) at least."""
    handful = min(max(population // 400, minimum), 5)
    return max(handful, round(population * share / kinds))
