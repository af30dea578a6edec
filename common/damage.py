"""Damage: a file of a lake that is not as it was written: where, what, and what to do.

Stays out: finding it (`warehouse.integrity`, `ingest.landing`), telling it (`shuyuan`, `dags`).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Weight = Literal["stops", "damage", "note"]


@dataclass(frozen=True)
class Damage:
    """A damaged or missing file. `what` follows its path in a sentence; `remedy` begins with a verb.

    `weight`: `stops`: no night may be built on it; `damage`: something is lost until it is mended; `note`: it holds
    nothing that matters.
    """

    path: Path
    what: str
    remedy: str
    weight: Weight = "damage"

    def __str__(self) -> str:
        """One sentence."""
        return f"{self.path} {self.what}: {self.remedy}."
