"""What a run of mutants shows: how many were caught and by whom, and by name those that were not.

Stays out: trying mutants (`trials`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from tests.model_mutants.trials import Outcome

EQUIVALENTS = Path(__file__).parent / "equivalents.yml"


def equivalents() -> dict[tuple[str, str, str], str]:
    """The reason of each mutant that is known to mean the same, by model, operator and change."""
    lines = yaml.safe_load(EQUIVALENTS.read_text(encoding="utf-8"))
    return {(line["model"], line["operator"], line["change"]): line["reason"] for line in lines}


@dataclass(frozen=True)
class Report:
    """Outcomes, and those of them that are known to mean the same."""

    outcomes: Sequence[Outcome]
    equivalent: dict[tuple[str, str, str], str] = field(default_factory=equivalents)

    def of(self, fate: str) -> list[Outcome]:
        """The outcomes of a fate."""
        return [outcome for outcome in self.outcomes if outcome.fate == fate]

    @property
    def survivors(self) -> list[Outcome]:
        """Mutants that change a figure and were not caught, without the equivalents."""
        return [o for o in self.of("survived") if (o.model, o.operator, o.change) not in self.equivalent]

    @property
    def share_caught(self) -> float:
        """The share of those caught among those that change a figure and are no equivalents."""
        caught = len(self.of("caught"))
        return caught / max(caught + len(self.survivors), 1)

    def __str__(self) -> str:
        fates = ", ".join(f"{fate} {number}" for fate, number in _counted(o.fate for o in self.outcomes))
        lines = [
            f"{len(self.outcomes)} mutants: {fates}; {self.share_caught:.1%} of those that change a figure are caught",
            "caught by: " + ", ".join(f"{j} {n}" for j, n in _counted(o.judge for o in self.of("caught"))),
            *self._shares("operator"),
            *self._shares("folder"),
            f"mean time of a mutant: {sum(o.seconds for o in self.outcomes) / max(len(self.outcomes), 1):.2f} s",
            *(f"survived: {o.model}, {o.operator} {o.number}\n    {o.change}\n    {'; '.join(o.changes)}"
              for o in self.survivors),
        ]  # fmt: skip
        return "\n".join(lines)

    def _shares(self, by: str) -> Iterable[str]:
        for name, many in _counted(getattr(o, by) for o in self.outcomes):
            mine = Report([o for o in self.outcomes if getattr(o, by) == name], self.equivalent)
            yield (
                f"{by} {name}: {many}, caught {len(mine.of('caught'))}, survived {len(mine.survivors)}, "
                f"unchanged {len(mine.of('unchanged'))}"
            )


def _counted(values: Iterable[str]) -> list[tuple[str, int]]:
    return Counter(values).most_common()
