"""The baseline: known failures that a person has accepted, and their effect on a report.

Add here: a new way to limit what is accepted.
Stays out: running checks (`engine`).

An accepted failure neither blocks nor holds, up to the accepted number of rows and until the end of its term: more are
a new failure. An entry whose check passes again is itself a finding: it must be removed from the file. An entry that
stands after its term blocks, whatever its check says, until somebody removes it or has it accepted anew.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from expectations.report import Check, Door, DoorReport, ExpectationsError, Severity, Text

FILE = Path(__file__).parent / "baseline.yml"


@dataclass(frozen=True)
class AcceptedFailure:
    """One accepted failure: which check, up to how many failing rows, why, who accepted it, who mends it by when."""

    check: str
    up_to: int
    reason: str
    accepted_by: str
    accepted_on: date
    owner: str
    expires_on: date  # the last night on which it is accepted


@dataclass(frozen=True)
class Baseline:
    """All accepted failures."""

    entries: tuple[AcceptedFailure, ...] = ()

    def report(self, door: Door, checks: list[Check], night: date) -> DoorReport:
        """The report of a door's checks, with accepted failures marked, and one check more for each entry that must be
        removed or accepted anew.
        """
        entries = {entry.check: entry for entry in self.entries if entry.check.startswith(f"{door}/")}
        by_id = {check.id: check for check in checks if check.not_judged is None}
        judged = [_with_acceptance(check, entries.get(check.id), night) for check in checks]
        found = [_finding(entry, by_id.get(entry.check), night) for entry in entries.values()]
        return DoorReport.of(door, judged + [finding for finding in found if finding])


def load_baseline(path: Path = FILE, own_suites: Path | None = None) -> Baseline:
    """Read the list, and that of a bureau's own beside its suites.

    Raises ExpectationsError naming the entry that is not whole, or stands twice.
    """
    own = own_suites / FILE.name if own_suites else None
    entries = _entries(path) + (_entries(own) if own and own.is_file() else ())
    for check, number in Counter(entry.check for entry in entries).items():
        if number > 1:
            raise ExpectationsError(f"The baseline has {number} entries for {check}: leave the one that counts.")
    return Baseline(entries)


def _entries(path: Path) -> tuple[AcceptedFailure, ...]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise ExpectationsError(f"The baseline {path} cannot be read ({error}): correct the file.") from error
    return tuple(_entry(path, entry) for entry in content.get("accepted") or ())


def _entry(path: Path, entry: dict[str, Any]) -> AcceptedFailure:
    names = {field.name for field in fields(AcceptedFailure)}
    # by type: a datetime passes for a date, with which no night can be compared, and True for a number
    texts, days = names - {"up_to", "accepted_on", "expires_on"}, ("accepted_on", "expires_on")
    if (
        set(entry) != names
        or not all(type(entry[day]) is date for day in days)
        or not all(isinstance(entry[text], str) and entry[text].strip() for text in texts)
        or entry["check"].split("/")[0] not in ("raw", "release")
        or type(entry["up_to"]) is not int
        or entry["up_to"] < 1
        or entry["expires_on"] < entry["accepted_on"]
    ):
        raise ExpectationsError(
            f"The entry {entry.get('check', '?')} of {path.name} must give {', '.join(sorted(names))}: a check of a "
            "door (raw/… or release/…), a number of rows, who mends it, and two days, of which expires_on is the later."
        )
    return AcceptedFailure(**entry)


def _with_acceptance(check: Check, entry: AcceptedFailure | None, night: date) -> Check:
    if entry is None or night > entry.expires_on:
        return check
    if check.passed or check.detail or check.failing_count > entry.up_to:
        return check
    accepted = f"{entry.reason} ({entry.accepted_by}, {entry.accepted_on}; {entry.owner}, until {entry.expires_on})"
    return replace(check, accepted=accepted)


_STANDS = {
    "zh": "基线条目 {check} 由 {accepted_by} 于 {accepted_on} 接受，{owner} 负责，期限 {expires_on}：",
    "en": "The baseline entry {check}, accepted by {accepted_by} on {accepted_on}, of {owner}, until {expires_on}: ",
}
_PASSES = {"zh": "该检查现已通过。", "en": "its check passes now."}
_STILL_FAILS = {"zh": "期限已过，该检查仍不通过。", "en": "its term is over, and its check still fails."}
_NOT_RUN = {"zh": "期限已过，当夜没有该检查。", "en": "its term is over, and no such check ran tonight."}
_REMOVE = {
    "zh": "从 expectations/baseline.yml 中删除该条目。",
    "en": "Remove the entry from expectations/baseline.yml.",
}
_MEND = {
    "zh": "由 {owner} 整改；或重新审核后，在 expectations/baseline.yml 中写明新的期限、原因与接受人。",
    "en": "{owner} mends it; or have it reviewed again, and give it another term, with who accepted it and why, in "
    "expectations/baseline.yml.",
}


def _finding(entry: AcceptedFailure, check: Check | None, night: date) -> Check | None:
    """What is wrong with an entry: its check passes, or its term is over; None for one that may stand."""
    expired = night > entry.expires_on
    if check is not None and check.passed:
        return _check(entry, check, "block" if expired else "warn", _PASSES, _REMOVE)
    if not expired:
        return None
    return _check(entry, check, "block", *((_STILL_FAILS, _MEND) if check else (_NOT_RUN, _REMOVE)))


def _check(entry: AcceptedFailure, check: Check | None, severity: Severity, state: Text, remedy: Text) -> Check:
    facts = vars(entry)
    return Check(
        id=f"baseline/{entry.check}",
        suite=check.suite if check else "baseline",
        severity=severity,
        passed=False,
        failing_count=1,
        what={language: _STANDS[language].format(**facts) + state[language] for language in state},
        when_it_matters={
            "zh": "旧条目会掩盖以后的新失败。",
            "en": "A stale entry would hide the next failure.",
        },
        how_to_fix={language: text.format(**facts) for language, text in remedy.items()},
        who_fixes=dict.fromkeys(remedy, entry.owner),
    )
