"""How far a night has come that runs in this process, and how long the rest will take by the last night.

Lives here: the course of a night, told by its steps, and the one who follows it.
Stays out: drawing it (`shuyuan.progress`), what a step has cost (`measuring`).

Under the scheduler each step is a process of its own and nobody follows: then nothing is noted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from statistics import fmean

from dags.profile.measure import STEP, Measure


class Course:
    """The course of a night: the step that runs, the part of it that runs, how many of its `parts` have ended.

    `parts` is 0 where the step has none, or has not said how many. `changed` is called at each change, from the thread
    in which it happens.
    """

    def __init__(self, last: Iterable[Measure], changed: Callable[[Course], None]) -> None:
        self.steps: tuple[str, ...] = ()
        self.step = ""
        self.part = ""
        self.parts = 0
        self.parts_ended = 0
        self._changed = changed
        self._gone = 0.0  # what the parts that have ended took in the last night
        self._named: dict[str, Sequence[str]] = {}  # the parts of steps that are mapped
        self._since = time.monotonic()  # the step, or its last part, began
        self._seconds: dict[tuple[str, str], float] = {}  # of the last night, by step and part; '': the step whole
        for measure in last:
            names = {measure.name, ""} if measure.kind == STEP else {measure.name}
            for name in names:
                key = (measure.step, name)
                self._seconds[key] = self._seconds.get(key, 0.0) + measure.seconds + measure.startup_seconds

    @property
    def steps_ended(self) -> int:
        """How many steps have ended."""
        return self.steps.index(self.step) if self.step in self.steps else 0

    def seconds_left(self) -> float | None:
        """How long the rest of the night will take, if it takes what it took the last time; None where nobody knows."""
        if not self._seconds:
            return None
        later = self.steps[self.steps_ended + 1 :] if self.step else self.steps
        return self._left_of_step() + sum(self._of_step(step) for step in later)

    def plan(self, steps: Iterable[str]) -> None:
        """The night has these steps, in this order."""
        self.steps = tuple(steps)
        self._changed(self)

    def map_step(self, step: str, names: Sequence[str]) -> None:
        """A later step is done once for each of these."""
        self._named[step] = names

    def begin(self, step: str, part: str) -> None:
        """A step begins, or, of one that is mapped, a part of it."""
        if step != self.step:
            self.step, self.parts, self.parts_ended = step, len(self._named.get(step, ())), 0
            self._gone = 0.0
        self.begin_part(part)

    def count_parts(self, parts: int) -> None:
        """The step that runs has so many parts."""
        self.parts, self.parts_ended = parts, 0
        self._changed(self)

    def begin_part(self, part: str) -> None:
        """A part of the step that runs begins."""
        self.part, self._since = part, time.monotonic()
        self._changed(self)

    def end_part(self, part: str, *, is_counted: bool = True) -> None:
        """A part of the step that runs has ended; what is done before and after the parts is not counted with them."""
        self.parts_ended = min(self.parts_ended + is_counted, self.parts)
        self._gone += self._seconds.get((self.step, part), 0.0) if part else 0.0
        self._since = time.monotonic()
        self._changed(self)

    def _of_step(self, step: str) -> float:
        names = self._named.get(step)
        if names is None:
            return self._seconds.get((step, ""), 0.0)
        known = [seconds for (other, name), seconds in self._seconds.items() if other == step and name]
        usual = fmean(known) if known else 0.0
        return sum(self._seconds.get((step, name), usual) for name in names)

    def _left_of_step(self) -> float:
        """Of the step that runs: what its parts that have ended took the last time, and the time since, are gone."""
        return max(self._of_step(self.step) - self._gone - (time.monotonic() - self._since), 0.0)


_followed: list[Course] = []  # at most one: nights of one process come one after another


@contextmanager
def followed(course: Course | None) -> Iterator[None]:
    """Let the steps that run in this process tell a course, if there is one, how far they are."""
    _followed[:] = [course] if course else []
    try:
        yield
    finally:
        _followed.clear()


def tell(change: Callable[[Course], None]) -> None:
    """Tell the course that is followed, if there is one, of a change."""
    for course in _followed:
        change(course)
