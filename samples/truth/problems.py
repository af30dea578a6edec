"""Bad rows through the nights, as the list of problems should hold them.

Lives here: from which night to which each problem is open, and when the ledger says it was seen.
Add here: another event in a problem's life.
Stays out: the rows of one night (`files.accounts`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from samples.truth.records import BadRow, FileAccount, LedgerEntry, Problem

_Slice = tuple[str, str]


def problems(files: Sequence[FileAccount], bad_rows: Sequence[BadRow]) -> list[Problem]:
    """Each problem from the delivery that first shows it to the delivery of the same slice that no longer does.

    A held file shows problems and mends only those that an earlier held file has shown.
    """
    delivered: dict[_Slice, dict[int, str]] = defaultdict(dict)
    part_of: dict[tuple[str, int], str] = {}
    for account in files:
        if account.status in ("loaded", "held") and "other_sheet" not in (account.skipped or {}):
            delivered[account.feed, account.slice][account.night] = account.status
            part_of[account.file_name, account.night] = account.slice
    problems_shown: dict[tuple[_Slice, int], dict[Problem, None]] = defaultdict(dict)
    for row in bad_rows:
        if row.severity != "skip":
            part = row.feed, part_of[row.file_name, row.night]
            problems_shown[part, row.night][_problem(row)] = None
    return [
        problem
        for part, nights in delivered.items()
        for problem in _lives(sorted(nights.items()), {n: problems_shown[part, n] for n in nights})
    ]


def _problem(row: BadRow) -> Problem:
    """A problem without its time."""
    return Problem(
        row.feed, row.slice, row.row_key, row.rule, row.severity, row.column_name, row.value, 0, None, row.candidate
    )


def _lives(delivered: Sequence[tuple[int, str]], problems_shown: dict[int, dict[Problem, None]]) -> list[Problem]:
    """The spans of the problems of one slice, by what came on which night."""
    spans: list[Problem] = []
    standing: dict[Problem, tuple[int, str]] = {}  # problem -> since when, by a file that was loaded or held
    for night, status in delivered:
        now = problems_shown[night]
        for problem, (since, by) in list(standing.items()):
            if problem not in now and (status == "loaded" or by == "held"):
                spans.append(replace(problem, known_from=since, known_to=night))
                del standing[problem]
        for problem in now:
            standing.setdefault(problem, (night, status))
    return spans + [replace(p, known_from=since) for p, (since, _) in standing.items()]


def problem_ledger(problem_spans: Iterable[Problem], last: int) -> list[LedgerEntry]:
    """The same as one entry each, with the nights on which it was first and last seen and was closed."""
    entries: dict[tuple[str, LedgerEntry], list[Problem]] = defaultdict(list)
    for p in problem_spans:
        school = organisation(p.slice)
        unseen = LedgerEntry(p.feed, school, p.rule, p.severity, p.column_name, p.row_key, p.value, 0, 0, None)
        entries[p.slice, unseen].append(p)
    ledger = []
    for (_, entry), spans in entries.items():
        first, last_seen, closed = nights_seen([(p.known_from, p.known_to) for p in spans], last)
        candidate = max(p.candidate for p in spans)
        ledger.append(replace(entry, first_seen=first, last_seen=last_seen, closed_on=closed, candidate=candidate))
    return ledger


def organisation(part: str) -> str:
    """The school that a slice is of; '' where it is none's."""
    code = part.rsplit("/", maxsplit=1)[-1]
    return code if re.fullmatch(r"\d{10}", code) else ""


def nights_seen(spans: Sequence[tuple[int, int | None]], last: int) -> tuple[int, int, int | None]:
    """First seen, last seen, and closed (None: still open on the `last` night)."""
    first = min(start for start, _ in spans)
    if any(end is None or end > last for _, end in spans):
        return first, last, None
    closed = max(end for _, end in spans if end is not None)
    return first, closed - 1, closed
