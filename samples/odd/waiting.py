"""The odd files that are still to come.

Stays out: writing them (`sending`).
"""

from __future__ import annotations

from dataclasses import dataclass, field

Standing = tuple[tuple[str, str, str], ...]  # what stands: row key, column, value


@dataclass
class Waiting:
    """The kinds that are still to come, in order; when all have come, they come again."""

    kinds: tuple[str, ...]
    sent: int = 0
    last: dict[str, int] = field(default_factory=dict)  # night on which a slice was last sent
    standing: dict[str, tuple[int, Standing]] = field(default_factory=dict)  # of slices, since the night of it

    @property
    def next(self) -> str:
        """The kind whose turn it is."""
        return self.kinds[self.sent % len(self.kinds)]
