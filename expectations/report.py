"""The report of a door: its checks, whether it opens, and their JSON form.

Add here: a fact about a check that a person needs in order to act on it.
Stays out: running checks (`engine`), displaying them (`warehouse.release.gate_report`, `shuyuan`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["block", "hold", "warn"]
Door = Literal["raw", "release"]
Text = dict[str, str]  # zh and en


class ExpectationsError(Exception):
    """A suite or the baseline is wrong: one sentence with file, check and what to do."""


@dataclass(frozen=True)
class Check:
    """One check, and the rows that fail it (20 at most, masked where a person could be identified)."""

    id: str  # raw/exams__results/key_filled
    suite: str  # the feed's table, or the mart
    what: Text
    when_it_matters: Text
    how_to_fix: Text
    who_fixes: Text
    severity: Severity
    passed: bool
    failing_count: int = 0
    failing_rows: list[dict[str, Any]] = field(default_factory=list)
    slices: list[str] = field(default_factory=list)  # raw: slices with a failing row
    accepted: str | None = None  # why the failure is accepted, where the baseline says so
    detail: str | None = None  # why the check could not be computed
    figures: dict[str, Any] = field(default_factory=dict)  # what it has counted, whether it passed or not
    not_judged: Text | None = None  # why there was nothing to judge; such a check counts as passed

    @property
    def fails(self) -> bool:
        """Failed and not accepted."""
        return not self.passed and self.accepted is None


@dataclass(frozen=True)
class DoorReport:
    """All checks of one door on one night."""

    door: Door
    passed: bool  # no blocking check fails; held slices do not block
    checks: list[Check]

    @classmethod
    def of(cls, door: Door, checks: list[Check]) -> DoorReport:
        """The report over these checks: the door opens unless a blocking one fails."""
        return cls(door, not any(c.fails and c.severity == "block" for c in checks), checks)

    def holds(self) -> Iterator[tuple[str, str, str]]:
        """(feed id, slice, reason) of each slice that must keep its last good data."""
        for check in self.checks:
            if check.fails and check.severity == "hold":
                for part in check.slices:
                    yield check.suite.replace("__", "/", 1), part, f"{check.id}: {check.what['en']}"

    def reasons(self) -> list[str]:
        """One sentence for each failed check that blocks."""
        return [
            f"{c.id}: {c.what['en']} {c.detail or f'({c.failing_count} failing)'} {c.how_to_fix['en']}"
            for c in self.checks
            if c.fails and c.severity == "block"
        ]

    def as_dict(self) -> dict[str, Any]:
        """The report as JSON values."""
        return asdict(self)
