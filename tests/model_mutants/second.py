"""The second computation as a judge of mutants: the marts that it computes, held against those of the bench.

Stays out: the computation itself (`second_computation`).
"""

from __future__ import annotations

from pathlib import Path

from tests.model_mutants.bench import Bench
from tests.model_mutants.judges import Trial
from tests.model_mutants.released import Released
from tests.second_computation import comparison, events


class SecondComputation:
    """What is computed a second time from the files of the bench's city; `secret`: the bureau's, as bytes."""

    def __init__(self, bench: Bench, released: Released, city: Path, secret: bytes) -> None:
        self._bench, self._released = bench, released
        self._events = events.read(city, secret)
        self._known = {mart: set(self._differences(mart)) for mart in comparison.MARTS}

    def __call__(self, trial: Trial) -> str | None:
        for mart in (m.name for m in trial.differing if m.name in comparison.MARTS):
            new = [d for d in self._differences(mart) if d not in self._known[mart]]
            if new:
                return new[0]
        return None

    def _differences(self, mart: str) -> list[str]:
        with self._released.in_use():
            return [str(d) for d in comparison.differences_of(mart, self._bench.connection, self._events)]
