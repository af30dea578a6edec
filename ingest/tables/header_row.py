"""The header row of a table: the row of machine keys, else the row (or the merged rows) that names most columns.

Stays out: merged rows as one header (`ingest.tables.merged_header`), comparing header texts
(`ingest.tables.header_texts`), column positions (`ingest.tables.layout`).
"""

from __future__ import annotations

from collections.abc import Sequence

from common.delivered_text import delivered
from ingest.errors import Refused
from ingest.tables import mark_header
from ingest.tables.header_texts import Names, is_key, label
from ingest.tables.layout import MAX_COLUMNS, Layout, layout_of, refuse_wide
from ingest.tables.merged_header import Header, merged_headers

HEADER_SEARCH_ROWS = 15  # first rows of a table, searched for its header
HEAD_ROWS = HEADER_SEARCH_ROWS + 2  # with a second row of a merged header and a row of machine keys
_LISTED = 8  # headers that a sentence names

Row = Sequence[str | None]


def header_layout(rows: Sequence[Row], names: Names, others: Sequence[Names] = ()) -> Layout:
    """The layout of a table whose first rows (`HEAD_ROWS` of them at most) are given.

    Raises Refused where no row is a header, or the header lacks required columns; the message names the feed of
    `others` (the register's other feeds) whose header it is.
    """
    refuse_wide(max((_width(row) for row in rows), default=0))
    header = _header(rows, names)
    if header is None:
        likelier = _likelier_feed(rows, others, 0)
        remedy = (
            f"put it under {likelier}, whose header it has"
            if likelier
            else "export the table again with its header row"
        )
        raise Refused(
            f"has no header in its first {HEADER_SEARCH_ROWS} rows (expected: {_expected_headers(names)}): {remedy}."
        )
    layout = layout_of(header.names, header.head, names)
    missing_columns = names.missing(layout.columns)
    if missing_columns:
        likelier = _likelier_feed(rows, others, header.hits)
        remedy = f"put it under {likelier}, whose header it has" if likelier else _remedy(header.names, names)
        raise Refused(f"is no file of {names.feed.id}, for its header lacks {', '.join(missing_columns)}: {remedy}.")
    return layout


def _remedy(headers: Sequence[str], names: Names) -> str:
    """What to do about a header that lacks columns; what is not understood may be a missing one under a new name."""
    unknown = list(dict.fromkeys(text for h in headers if (text := label(h)) and not _is_understood(h, names)))
    if not unknown:
        return "export it with all required columns"
    listed = [
        f"{delivered(h)}, like {known}" if (known := names.nearest(h)) else delivered(h) for h in unknown[:_LISTED]
    ]
    more = f"; and {len(unknown) - _LISTED} more" if len(unknown) > _LISTED else ""
    return f"export it with all required columns (not understood: {'; '.join(listed)}{more})"


def _is_understood(header: str, names: Names) -> bool:
    """Whether a header names a column or what is not needed, or says what a column of a score sheet is."""
    sheets = names.mark_sheets
    is_named = bool(names.column(header)) or names.is_passed_over(header)
    return is_named or (sheets is not None and sheets.heading(header).kind != "unknown")


def _likelier_feed(rows: Sequence[Row], others: Sequence[Names], own_hits: int = 0) -> str | None:
    """The feed that names most columns of a table, more than `own_hits`, if its required ones are all there."""
    hits = {other.feed.id: matching_columns(rows, other) for other in others}
    best = max(hits, key=lambda feed: hits[feed], default=None)
    return best if best and hits[best] > own_hits else None


def matching_columns(rows: Sequence[Row], names: Names) -> int:
    """How many columns of the feed the table's header names; 0 where a required one is missing."""
    if any(_width(row) > MAX_COLUMNS for row in rows):
        return 0
    header = _header(rows, names)
    if header is None or names.missing(c for n in header.names if (c := names.column(n))):
        return 0
    return header.hits


def _header(rows: Sequence[Row], names: Names) -> Header | None:
    if not names.versions:
        return None
    if names.mark_sheets:
        found = mark_header.best_header(rows, HEADER_SEARCH_ROWS, names, names.mark_sheets)
        return Header(*found) if found else None
    return _machine_key_header(rows, names) or _best_header(rows, names)


def _machine_key_header(rows: Sequence[Row], names: Names) -> Header | None:
    """The header by machine keys; the visible header beside them names what the keys do not."""
    for i, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        if sum(cell is not None and is_key(cell) for cell in row) < 5:
            continue
        visible_rows = [j for j in (i - 1, i + 1) if 0 <= j < len(rows) and names.hits(rows[j]) >= 3]
        visible = rows[visible_rows[0]] if visible_rows else ()
        width = max(len(row), len(visible))
        texts = [
            (_cell(row, c) if names.column(_cell(row, c)) else _cell(visible, c) or _cell(row, c)) for c in range(width)
        ]
        return Header(texts, max([i, *visible_rows]) + 1, names.hits(texts))
    return None


def _best_header(rows: Sequence[Row], names: Names) -> Header | None:
    """The row, or two or three merged rows, that name most columns; the first among equals, the deepest before its
    row.

    Below a row that names all required columns, no better one is looked for.
    """
    best: Header | None = None
    for i, row in enumerate(rows[:HEADER_SEARCH_ROWS]):
        merged = merged_headers(rows, i, names)
        for candidate in (*merged, Header([cell or "" for cell in row], i + 1, names.hits(row))):
            if candidate.hits and (best is None or candidate.hits > best.hits):
                best = candidate
        if best and names.required and names.complete(best.names):
            break
    return best


def _width(row: Row) -> int:
    """Cells up to the last that is not blank, of a row that is too long for a table; others are not counted."""
    return next((n for n in range(len(row), 0, -1) if row[n - 1]), 0) if len(row) > MAX_COLUMNS else 0


def _cell(row: Row, index: int) -> str:
    return (row[index] or "").strip() if index < len(row) else ""


def _expected_headers(names: Names) -> str:
    required = [c.headers[0] for c in names.feed.columns if c.required] or [c.headers[0] for c in names.feed.columns]
    return ", ".join(required[:6])
