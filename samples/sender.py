"""The state of the city from night to night while it is written.

Add here: another thing that a later night must know.
Stays out: writing (`sending`, `homework_sending`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from samples.city import City
from samples.odd.waiting import Waiting
from samples.planted.plan import Edit, Flaw, ReturnedFile
from samples.truth.homework_sums import LoadedRecords
from samples.truth.records import ClassSize, Truth
from samples.world.homework import Habits, make_habits
from samples.world.strings import Ints


@dataclass
class Sender:
    """The city, and its state from night to night."""

    city: City
    progress: Callable[[str], None]
    truth: Truth = field(default_factory=Truth)
    habits: Habits = field(init=False)
    edits: list[Edit] = field(init=False)
    folders: dict[int, Path] = field(default_factory=dict)  # of the nights
    returned: list[ReturnedFile] = field(default_factory=list)
    odd: dict[str, Waiting] = field(default_factory=dict)  # odd files that are still to come, by feed
    homework_days: list[tuple[LoadedRecords, Sequence[ClassSize]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.habits = make_habits(self.city)
        self.edits = list(self.city.plan.edits)

    def edits_of(self, feed: str, night: int) -> list[Edit]:
        """Edits that a file of the feed holds on a night."""
        return [e for e in self.edits if e.feed == feed and e.active(night)]

    def flaws_of(self, feed: str, night: int) -> list[Flaw]:
        """Flaws that a file of the feed holds on a night."""
        return [f for f in self.city.plan.flaws if f.kind.feed == feed and f.active(night)]

    @property
    def home(self) -> Ints:
        """Each student's school on night 1, where whoever is hit by a flaw stays."""
        return self.city.classes.school[self.city.students.klass]
