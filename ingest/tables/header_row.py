"""Finding the header of a table that a person or a platform has made.

Lives here: which row is the header (the row of machine keys, else the row that names most columns), and
headers of two merged rows.
Add here: another way in which a header is laid out.
Stays out: comparing header texts (`header_texts`), which column stands where (`layout`), the rows below.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.errors import Refused
from ingest.tables.header_texts import Names, is_key, is_serial, label
from ingest.tables.layout import MAX_COLUMNS, Layout, layout_of, refuse_wide

SEARCHED = 15  # rows in which a header may stand
HEAD_ROWS = SEARCHED + 2  # with a second row of a merged header and a row of machine keys
_NUMBER = re.compile(r"-?[\d.]+%?")

Row = Sequence[str | None]


@dataclass(frozen=True)
class _Candidate:
    names: list[str]
    head: int
    hits: int


def find(rows: Sequence[Row], names: Names, others: Sequence[Names] = ()) -> Layout:
    """The layout of a table whose first rows (`HEAD_ROWS` of them at most) are given.

    Raises Refused where no row is a header, or one lacks required columns; of `others` (the register's other
    feeds) it then names the one whose file it seems to be.
    """
    refuse_wide(max((_width(row) for row in rows), default=0))
    found = (_keyed(rows, names) or _best(rows, names)) if names.versions else None
    if found is None:
        other = _owner(rows, others, 0)
        todo = f"put it under {other}, whose header it has" if other else "export the table again with its header row"
        raise Refused(f"has no header in its first {SEARCHED} rows; expected is {_some(names)}: {todo}.")
    layout = layout_of(found.names, found.head, names)
    missing = names.missing(layout.columns)
    if missing:
        other = _owner(rows, others, found.hits)
        todo = f"put it under {other}, whose header it has" if other else "export it with all required columns"
        raise Refused(f"is no file of {names.feed.id}, for its header lacks {', '.join(missing)}: {todo}.")
    return layout


def _owner(rows: Sequence[Row], others: Sequence[Names], hits_here: int = 0) -> str | None:
    """The feed that names most columns of a table, more than `hits_here`, if its required ones are all there."""
    hits = {other.feed.id: fits(rows, other) for other in others}
    best = max(hits, key=lambda feed: hits[feed], default=None)
    return best if best and hits[best] > hits_here else None


def fits(rows: Sequence[Row], names: Names) -> int:
    """How many columns of the feed the table's header names; 0 where a required one is missing."""
    if any(_width(row) > MAX_COLUMNS for row in rows):
        return 0
    found = (_keyed(rows, names) or _best(rows, names)) if names.versions else None
    if found is None or names.missing(c for n in found.names if (c := names.column(n))):
        return 0
    return found.hits


def _keyed(rows: Sequence[Row], names: Names) -> _Candidate | None:
    """The header by machine keys; the visible header beside them names what the keys do not."""
    for i, row in enumerate(rows[:SEARCHED]):
        if sum(cell is not None and is_key(cell) for cell in row) < 5:
            continue
        beside = [j for j in (i - 1, i + 1) if 0 <= j < len(rows) and names.hits(rows[j]) >= 3]
        seen = rows[beside[0]] if beside else ()
        width = max(len(row), len(seen))
        texts = [(_at(row, c) if names.column(_at(row, c)) else _at(seen, c) or _at(row, c)) for c in range(width)]
        return _Candidate(texts, max([i, *beside]) + 1, names.hits(texts))
    return None


def _best(rows: Sequence[Row], names: Names) -> _Candidate | None:
    """The row, or pair of merged rows, that names most columns; the first among equals, a pair before its
    row.

    Below a row that names all required columns, no better one is looked for.
    """
    best: _Candidate | None = None
    for i, row in enumerate(rows[:SEARCHED]):
        single = _Candidate([cell or "" for cell in row], i + 1, names.hits(row))
        pair = _pair(row, rows[i + 1], i, names) if i + 1 < len(rows) else None
        for found in (pair, single):
            if found and found.hits and (best is None or found.hits > best.hits):
                best = found
        if best and names.required and names.complete(best.names):
            break
    return best


def _pair(top: Row, bottom: Row, i: int, names: Names) -> _Candidate | None:
    """Two rows as one header (学科 over 得分, 校次 …), or None where the lower one is data."""
    width = max(len(top), len(bottom))
    upper, lower = [_at(top, c) for c in range(width)], [_at(bottom, c) for c in range(width)]
    under = [c for c in range(width) if lower[c] and not names.column(lower[c]) and not is_serial(label(lower[c]))]
    over = [c for c in range(width) if upper[c]]
    if not under or any(_NUMBER.fullmatch(cell) for cell in lower):
        return None
    below_known = [c for c in over if names.column(upper[c])]
    blank_below = bool(below_known) and all(lower[c] in ("", upper[c]) for c in below_known)
    stacked = blank_below and any(_group(upper, c, names) for c in under)
    again = len({lower[c] for c in under}) < len(under)  # 得分 … 得分: a title above would not explain it
    crowned = bool(over) and again and names.hits(lower) > 0 and all(c in under for c in over)
    if not (stacked or crowned):
        return None
    joined = _join(upper, lower, names)
    hits = names.hits(joined)
    return _Candidate(joined, i + 2, hits) if hits >= max(names.hits(upper), names.hits(lower)) else None


def _group(upper: list[str], place: int, names: Names) -> bool:
    """Whether a merged cell stands above a place; a column or a row number has nothing below it but data and notes."""
    above = next((cell for cell in reversed(upper[: place + 1]) if cell), "")
    return bool(above) and not names.column(above) and not is_serial(label(above))


def _join(upper: list[str], lower: list[str], names: Names) -> list[str]:
    """One header for each cell: a merged cell above speaks for those to its right that have one below."""
    joined, above = [], ""
    for up, low in zip(upper, lower, strict=True):
        if up:
            above = "" if names.column(up) else label(up)
        elif not low or (names.column(low) and not names.column(above + label(low))):
            above = ""
        if up and (not low or up == low):
            joined.append(up)
        elif names.column(above + label(low)):
            joined.append(above + label(low))
        else:
            joined.append(f"{above}_{label(low)}" if above and low else low)
    return joined


def _width(row: Row) -> int:
    """Cells up to the last that is not blank, of a row that is too long for a table; others are not counted."""
    return next((n for n in range(len(row), 0, -1) if row[n - 1]), 0) if len(row) > MAX_COLUMNS else 0


def _at(row: Row, place: int) -> str:
    return (row[place] or "").strip() if place < len(row) else ""


def _some(names: Names) -> str:
    required = [c.headers[0] for c in names.feed.columns if c.required] or [c.headers[0] for c in names.feed.columns]
    return ", ".join(required[:6])
