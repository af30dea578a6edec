"""Which marts of a candidate are, row for row, those of the release before, and what a door has said of these.

Lives here: holding two manifests against each other.
Stays out: which files of a mart are those of the release before (`partition_files`), which checks that makes needless
(`expectations`).
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from warehouse.release import differences, gate_report
from warehouse.release.candidate import Candidate

_JUDGED_BY = ("k", "share_max", "people")  # of what a manifest says of people, that by which the doors count them


def same_marts(candidate: Candidate, before: Path) -> frozenset[str]:
    """The marts that a release had with the columns and rows of a candidate; none where either is told of other people
    or its manifest cannot be read.
    """
    here, there = candidate.manifest, differences.manifest(before) or {}
    people, people_before = (manifest.get("personal_data", {}) for manifest in (here, there))
    if any(people.get(name) != people_before.get(name) for name in _JUDGED_BY):
        return frozenset()
    marts: Mapping[str, Any] = there.get("marts", {})
    return frozenset(name for name, mart in here["marts"].items() if mart == marts.get(name))


def results(before: Path, door: str, marts: frozenset[str]) -> dict[str, Mapping[str, Any]]:
    """What a door has said of some marts of a release, by the ids of its checks, as JSON."""
    return {check["id"]: check for check in gate_report.checks(before, door) if check.get("suite") in marts}
