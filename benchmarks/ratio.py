"""A ratio: our cost against the bare tool's, on the same input in the same run.

Add here: another figure that every benchmark should print.
"""

from __future__ import annotations

import resource
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Cost:
    """Seconds by the clock, and seconds of processor time (of all threads, and of processes that have ended)."""

    clock: float
    processor: float


@dataclass(frozen=True)
class Ratio:
    """What the bare tool and ours took; speed is bare / ours (1 is as fast, 0.5 takes twice as long).

    `min_speed`: the speed that the project promises, None where it promises none.
    """

    what: str
    against: str
    ours: Cost
    bare: Cost
    min_speed: float | None = None

    @property
    def speed(self) -> float:
        """Share of the bare tool's speed by the clock."""
        return self.bare.clock / self.ours.clock

    @property
    def thrift(self) -> float:
        """The same by processor time: other programs on the machine disturb it less; a second processor does not
        help it.
        """
        return self.bare.processor / self.ours.processor

    def __str__(self) -> str:
        promised = f"at least {self.min_speed:.2f}" if self.min_speed else ""
        return (
            f"{self.what:<46} {self.ours.clock:7.2f} s (cpu {self.ours.processor:6.2f})   "
            f"{self.against:<28} {self.bare.clock:7.2f} s (cpu {self.bare.processor:6.2f})   "
            f"speed {self.speed:5.2f} (cpu {self.thrift:5.2f})   {promised}"
        ).rstrip()


def take_turns(functions: Sequence[Callable[[], T]], times: int = 3) -> list[list[T]]:
    """The results of each function, over several rounds. They take turns, so that disturbances affect all."""
    rounds = [[function() for function in functions] for _ in range(times)]
    return [list(each) for each in zip(*rounds, strict=True)]


def costs(functions: Sequence[Callable[[], object]], times: int = 3) -> list[Cost]:
    """The minimum cost of each function over several rounds."""
    results = take_turns([partial(_cost, function) for function in functions], times)
    return [Cost(min(c.clock for c in each), min(c.processor for c in each)) for each in results]


def _cost(function: Callable[[], object]) -> Cost:
    start, processor_start = perf_counter(), _processor()
    function()
    return Cost(perf_counter() - start, _processor() - processor_start)


def _processor() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
