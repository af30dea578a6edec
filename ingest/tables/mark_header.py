"""The header of a score sheet: one to three rows, subjects over measures or measures over subjects, titles above.

Stays out: headers of other feeds (`ingest.tables.header_row`), which column is a mark (`ingest.tables.mark_columns`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

from ingest.tables.header_texts import Names, is_serial, label
from registry.mark_sheets import MarkSheets

Row = Sequence[str | None]

_MAX_ROWS = 3
_NUMBER = re.compile(r"[-+]?[\d.]+%?")
_ONE_KNOWN_IN = 2  # of a further row's cells so many are words of score sheets


def best_header(
    rows: Sequence[Row], search_rows: int, names: Names, sheets: MarkSheets
) -> tuple[list[str], int, int] | None:
    """The header's texts, its last row (from 1), and how many columns of the contract it names; None where none does.

    It begins in the first `search_rows` rows. Of several it is the one that names most columns and subjects, of equal
    ones the one that ends last and has fewest rows. Below one with all required columns no better one is sought.
    """
    best: tuple[tuple[int, int, int, int], list[str]] | None = None
    for first in range(min(search_rows, len(rows))):
        for depth in range(1, min(_MAX_ROWS, len(rows) - first) + 1):
            if depth > 1 and not _is_further_row(rows[first : first + depth], names, sheets):
                break
            if depth < _MAX_ROWS and _completes(rows[first : first + depth + 1], names):
                continue
            texts = _joined(rows[first : first + depth], names)
            hits = names.hits(texts)
            subjects = {_subject(text, sheets) for text in texts} - {""}
            rank = (hits, len(subjects), first + depth, -depth)
            if hits and (best is None or rank > best[0]):
                best = rank, texts
        if best and names.required and names.complete(best[1]) and best[0][2] <= first + 1:
            break
    return (best[1], best[0][2], best[0][0]) if best else None


def _subject(text: str, sheets: MarkSheets) -> str:
    """The subject of a column, of its mark or of what else stands below it (英语_校次); '' where it has none.

    A header is as good where a subject has a rank alone: without its row of measures the rank would be its mark.
    """
    headings = map(sheets.heading, (text, *text.split("_")))
    return next((heading.subject for heading in headings if heading.kind == "mark"), "")


def _is_further_row(rows: Sequence[Row], names: Names, sheets: MarkSheets) -> bool:
    """Whether the last of some rows continues the header above it: words of score sheets, and no pupil's data."""
    if _completes(rows, names):
        return True
    *above, last = rows
    filled = [(index, cell) for index, cell in enumerate(map(label, last)) if cell]
    if not filled or any(_NUMBER.fullmatch(cell) for _, cell in filled):
        return False
    person = {i for row in above for i, cell in enumerate(row) if cell and names.column(cell)}
    if any(index in person and not names.column(cell) for index, cell in filled):
        return False
    known = sum(bool(names.column(cell)) or sheets.heading(cell).kind != "unknown" for _, cell in filled)
    return known * _ONE_KNOWN_IN >= len(filled)


def _completes(rows: Sequence[Row], names: Names) -> bool:
    """Whether the last of some rows names columns under merged cells of the header above it, whatever its words are:
    the first of these columns is then not what the cell above says. It has no pupil's data and no number.
    """
    *above, last = rows
    columns = [[label(row[i]) for row in above if i < len(row)] for i in range(max(map(len, rows)))]
    person = [i for i, texts in enumerate(columns) if any(names.column(text) for text in texts if text)]
    texts = {i: text for i, cell in enumerate(last) if (text := label(cell))}
    if not person or texts.keys() & set(person) or any(map(_NUMBER.fullmatch, texts.values())):
        return False
    return any(i > person[0] and not any(columns[i]) for i in texts)


def _joined(rows: Sequence[Row], names: Names) -> list[str]:
    """One text a column: a cell holds for the cells to its right that have one below, up to the next."""
    width = max(len(row) for row in rows)
    padded = [[label(row[c]) if c < len(row) else "" for c in range(width)] for row in rows]
    return reduce(lambda lower, upper: _over(upper, lower, names), reversed(padded))


def _over(upper: list[str], lower: list[str], names: Names) -> list[str]:
    joined, above = [], ""
    for up, low in zip(upper, lower, strict=True):
        if up:
            above = "" if names.column(up) or is_serial(up) else up
        elif not low or names.column(low) or is_serial(low):
            above = ""
        if not low or not above or up == low:
            joined.append(low or up)
        else:
            joined.append(low if names.column(low) else f"{above}_{low}")
    return joined
