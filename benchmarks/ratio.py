"""A measurement: ours beside the bare tool's, on the same input in the same run.

Lives here: taking the time and printing the ratio.
Add here: another figure that every measurement should show.
Stays out: what is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter


@dataclass(frozen=True)
class Ratio:
    """Seconds of the bare tool and of ours; `speed` is bare / ours (1 is the limit, 0.5 takes twice as long)."""

    what: str
    against: str
    bare: float
    ours: float

    @property
    def speed(self) -> float:
        """Share of the bare tool's speed."""
        return self.bare / self.ours

    def __str__(self) -> str:
        return f"{self.what:<44} {self.ours:8.2f} s   {self.against:<34} {self.bare:8.2f} s   speed {self.speed:5.2f}"


def seconds(work: Callable[[], object], times: int = 2) -> float:
    """The least time of some runs: the first warms the caches of both sides alike."""
    taken = []
    for _ in range(times):
        begun = perf_counter()
        work()
        taken.append(perf_counter() - begun)
    return min(taken)
