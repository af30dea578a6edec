"""Two or three merged rows as one header: 学科 over 得分, a group of columns (基本信息, 家庭情况) over its columns.

Stays out: headers of score sheets (`ingest.tables.mark_header`), which row is the header (`ingest.tables.header_row`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ingest.tables.header_texts import Names, is_serial, label

_NUMBER = re.compile(r"-?[\d.]+%?")
_MAX_ROWS = 3

Row = Sequence[str | None]


@dataclass(frozen=True)
class Header:
    """The texts of a header, by column; its last row (from 1); how many columns they name, joined or by themselves."""

    names: list[str]
    head: int
    hits: int


def merged_headers(rows: Sequence[Row], first: int, names: Names) -> list[Header]:
    """The headers that begin in a row and go on in one or two rows below it, the deepest first."""
    headers = {
        depth: _merged(rows[first : first + depth], first + depth, names)
        for depth in range(2, min(_MAX_ROWS, len(rows) - first) + 1)
    }
    below = _merged(rows[first + 1 : first + _MAX_ROWS], first + _MAX_ROWS, names) if headers.get(_MAX_ROWS) else None
    found = [headers[depth] for depth in sorted(headers, reverse=True)]
    # what stands above a header of two rows and names nothing together with it is a title
    return [m for m in found if m and (m is not headers.get(_MAX_ROWS) or (below and m.hits > below.hits))]


def _merged(rows: Sequence[Row], last: int, names: Names) -> Header | None:
    """Some rows as one header, or None where the lowest is data or names all by itself."""
    width = max(len(row) for row in rows)
    *above, lower = [[_cell(row, c) for c in range(width)] for row in rows]
    is_numbered = any(_NUMBER.fullmatch(cell) for row in [*above[1:], lower] for cell in row)
    if is_numbered and names.feed.grammar != "items":  # 选择题 over 1, 2, 3
        return None
    upper = [next((row[c] for row in above if row[c]), "") for c in range(width)]
    under = [c for c in range(width) if lower[c] and not names.column(lower[c]) and not is_serial(label(lower[c]))]
    over = [c for c in range(width) if upper[c]]
    items = _items_over_measures(upper, lower, names)
    named_above = [c for c in over if names.column(upper[c]) and c not in items]
    is_blank_below = all(row[c] in ("", upper[c]) for c in named_above for row in [*above, lower])
    is_over_others = bool(items) or any(_is_under_merged_cell(upper, c, names) for c in under)
    is_stacked = bool(named_above) and is_blank_below and is_over_others
    has_repeats = len({lower[c] for c in under}) < len(
        under
    )  # 得分 … 得分: a merged header, not a title above a plain one
    is_titled = bool(over) and has_repeats and names.hits(lower) > 0 and all(c in under for c in over)
    texts = _texts([*above, lower], names, items)
    hits, alone = names.hits([*texts, *upper, *lower]), max(names.hits(row) for row in [*above, lower])
    is_grouped = names.hits(lower) > 0 and is_blank_below and hits > alone
    is_header = is_grouped or ((is_stacked or is_titled) and names.hits(texts) >= alone)
    return Header(texts, last, hits) if is_header else None


def _items_over_measures(upper: list[str], lower: list[str], names: Names) -> dict[int, str]:
    """Where a merged cell that is a column stands over what more is said of it (肺活量 over 成绩, 得分, 等级)."""
    found = {}
    for c, item in enumerate(upper):
        end = next((n for n in range(c + 1, len(upper)) if upper[n] or not lower[n]), len(upper))
        is_over = any(_told_by_group([item, lower[n]], names) for n in range(c + 1, end))
        if names.column(item) and lower[c] and is_over:
            found[c] = item
    return found


def _is_under_merged_cell(upper: list[str], index: int, names: Names) -> bool:
    """Whether a cell lies under a merged cell; a column or a row number has only data and notes below it."""
    above = next((cell for cell in reversed(upper[: index + 1]) if cell), "")
    return bool(above) and not names.column(above) and not is_serial(label(above))


def _texts(rows: Sequence[list[str]], names: Names, items: Mapping[int, str]) -> list[str]:
    """One header for each cell: a merged cell applies to the cells to its right that have a header below. `items` are
    the merged cells that are columns themselves; the cell below one, where it is no other column, is its value.

    What a cell and its group name together comes first. A cell that names a column by itself does so under a group too,
    unless it stands in the header once more without being told by its group: then nobody can tell whose it is.
    """
    paths = _paths(rows, names, items)
    told = [_told_by_group(path, names) or items.get(column, "") for column, path in enumerate(paths)]
    alone = Counter(label(path[-1]) for path, text in zip(paths, told, strict=True) if not text)
    texts, is_beyond = [], False  # beyond the group: a column of its own has come, under which no further cell stands
    for column, (path, text) in enumerate(zip(paths, told, strict=True)):
        is_own = not text and bool(names.column(path[-1]))
        is_beyond = (is_beyond or is_own) and not any(row[column] for row in rows[:-1])
        if text or len(path) == 1:
            texts.append(text or path[-1])
        elif is_beyond or (is_own and alone[label(path[-1])] == 1):
            texts.append(path[-1])
        else:
            texts.append("_".join(map(label, path)))
    return texts


def _told_by_group(path: list[str], names: Names) -> str:
    """How a cell and groups above it name a column together, the most groups first; '' where they do not."""
    for first in range(len(path) - 1):
        parts = [label(part) for part in path[first:]]
        for text in ("".join(parts), "_".join(parts)):
            if names.column(text):
                return text
    return ""


def _paths(rows: Sequence[list[str]], names: Names, items: Mapping[int, str]) -> list[list[str]]:
    """For each column its own header and, before it, the groups above it; a lone cell is the header of its column."""
    groups = [""] * (len(rows) - 1)
    paths = []
    for column, cells in enumerate(zip(*rows, strict=True)):
        *above, low = cells
        for level, cell in enumerate(above):
            if cell:
                is_alone = (names.column(cell) and column not in items) or is_serial(label(cell))
                groups[level:] = ["" if is_alone else cell, *above[level + 1 :]]
        own = low or next((cell for cell in reversed(above) if cell), "")
        if not low:
            groups = groups if any(above) else [""] * len(groups)
        paths.append([*(g for g in groups if low and g and g != own), own])
    return paths


def _cell(row: Row, index: int) -> str:
    return (row[index] or "").strip() if index < len(row) else ""
