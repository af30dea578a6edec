"""Bad rows through the nights, as the list of problems should hold them.

Lives here: from which night to which each problem is open.
Add here: another event in a problem's life.
Stays out: the rows of one night (`files.accounts`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from samples.truth.records import BadRow, FileAccount, Problem


def problems(files: Sequence[FileAccount], bad_rows: Sequence[BadRow]) -> list[Problem]:
    """Each problem from the delivery that first shows it to the delivery of the same file that no longer
    does.
    """
    nights: dict[str, list[int]] = defaultdict(list)
    for account in files:
        nights[account.file_name].append(account.night)
    seen: dict[tuple[str, Problem], list[int]] = defaultdict(list)
    for row in bad_rows:
        if row.severity != "skip":
            seen[row.file_name, _problem(row)].append(row.night)
    return [
        replace(problem, known_from=first, known_to=end)
        for (file_name, problem), at in seen.items()
        for first, end in _spans(nights[file_name], at)
    ]


def _problem(row: BadRow) -> Problem:
    """A problem without its time."""
    return Problem(
        row.feed, row.slice, row.row_key, row.rule, row.severity, row.column_name, row.value, 0, None
    )


def _spans(delivered: Sequence[int], seen: Sequence[int]) -> list[tuple[int, int | None]]:
    spans: list[tuple[int, int | None]] = []
    start: int | None = None
    for night in delivered:
        if night in seen and start is None:
            start = night
        elif night not in seen and start is not None:
            spans.append((start, night))
            start = None
    return [*spans, (start, None)] if start is not None else spans
