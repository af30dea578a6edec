"""The words that a register itself says: ids and headers that may be shown to everybody, whoever has delivered them.

Stays out: what becomes of other texts (`common.delivered_text`, `warehouse.disclosure`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from registry.model import Feed, Register

NUMBER = "[0-9]{1,10}|20[0-9]{2}-20[0-9]{2}(-[0-9])?"
"""Days, codes of schools and areas, school years and terms: shorter than any number of a person. Digits by name, since
`\\d` is every script's to Python and ASCII's to DuckDB.
"""
_NUMBER = re.compile(NUMBER)


def words(register: Register) -> frozenset[str]:
    """The ids of exams and feeds; columns of contracts, and what a file may call them, its sheets and itself."""
    subjects = {code.label.zh for code in register.codes("subject") if code.label}
    measures = register.business_words.mark_headers
    return frozenset(
        {
            "",
            *(exam.id for exam in register.exams),
            *(word for feed in register.feeds for word in _words_of_feed(feed)),
            *subjects,
            *(f"{subject}{join}{measure}" for subject in subjects for measure in measures for join in ("", "_")),
        }
    )


def are_said(text: str, known: Collection[str]) -> bool:
    """Whether each part of a text (between `/`) is one of the words, or a short number."""
    return all(part in known or _NUMBER.fullmatch(part) for part in text.split("/"))


def _words_of_feed(feed: Feed) -> Iterator[str]:
    yield from feed.id.split("/")
    yield from (name for column in feed.columns for name in (column.name, *column.headers))
    yield from (feed.rest or "", *feed.passed_over, *feed.members, *feed.sheets)
