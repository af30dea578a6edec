"""The baseline: known failures that a person has accepted, and their effect on a report.

Add here: a new way to limit what is accepted.
Stays out: running checks (`engine`).

An accepted failure neither blocks nor holds, up to the accepted number of rows: more are a new failure. An entry whose
check passes again is itself a finding: it must be removed from the file.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from expectations.report import Check, ExpectationsError

FILE = Path(__file__).parent / "baseline.yml"
_FIELDS = {"check", "up_to", "reason", "accepted_by", "accepted_on"}


@dataclass(frozen=True)
class AcceptedFailure:
    """One accepted failure: which check, up to how many failing rows, why, and who accepted it."""

    check: str
    up_to: int
    reason: str
    accepted_by: str
    accepted_on: date


@dataclass(frozen=True)
class Baseline:
    """All accepted failures."""

    entries: tuple[AcceptedFailure, ...] = ()

    def apply(self, checks: list[Check]) -> list[Check]:
        """The checks with accepted failures marked, and one more for each entry that is out of date."""
        by_check = {entry.check: entry for entry in self.entries}
        accepted_checks = [_with_acceptance(check, by_check.get(check.id)) for check in checks]
        return accepted_checks + [_stale_entry(c, by_check[c.id]) for c in checks if c.passed and c.id in by_check]


def load_baseline(path: Path = FILE, own_suites: Path | None = None) -> Baseline:
    """Read the list, and that of a bureau's own beside its suites.

    Raises ExpectationsError naming the entry that is not whole.
    """
    own = own_suites / FILE.name if own_suites else None
    return Baseline(_entries(path) + (_entries(own) if own and own.is_file() else ()))


def _entries(path: Path) -> tuple[AcceptedFailure, ...]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ExpectationsError(f"The baseline {path} cannot be read ({error}): correct the file.") from error
    return tuple(_entry(path, entry) for entry in content.get("accepted", []))


def _entry(path: Path, entry: dict[str, Any]) -> AcceptedFailure:
    if set(entry) != _FIELDS or not isinstance(entry["accepted_on"], date) or int(entry["up_to"]) < 1:
        raise ExpectationsError(
            f"The entry {entry.get('check', '?')} of {path.name} must give {', '.join(sorted(_FIELDS))}, "
            "with a day and a number of rows."
        )
    return AcceptedFailure(**entry)


def _with_acceptance(check: Check, entry: AcceptedFailure | None) -> Check:
    if entry is None or check.passed or check.detail or check.failing_count > entry.up_to:
        return check
    return replace(check, accepted=f"{entry.reason} ({entry.accepted_by}, {entry.accepted_on})")


def _stale_entry(check: Check, entry: AcceptedFailure) -> Check:
    return Check(
        id=f"baseline/{entry.check}",
        suite=check.suite,
        severity="warn",
        passed=False,
        failing_count=1,
        what={
            "zh": f"基线接受了 {entry.check} 的失败，但该检查现已通过。",
            "en": f"The baseline accepts a failure of {entry.check}, which passes now.",
        },
        when_it_matters={
            "zh": "旧条目会掩盖以后的新失败。",
            "en": "A stale entry would hide the next failure.",
        },
        how_to_fix={
            "zh": "从 expectations/baseline.yml 中删除该条目。",
            "en": "Remove the entry from expectations/baseline.yml.",
        },
        who_fixes={"zh": "数据工程师", "en": "data engineer"},
    )
