"""Harmless changes to the cells and rows of a good export: what they say stays the same, so no row may be lost.

Lives here: other ways to write a value, blank cells, other orders of rows, a row said twice.
Add here: another harmless change to cells.
Stays out: what surrounds the rows (`harmless_table`), changes that spoil something (`harmful`, `broken`).
"""

from __future__ import annotations

from datetime import date, datetime
from random import Random

from tests.mutations import written
from tests.mutations.drafts import KEYED, Draft, Line, Mutator
from tests.mutations.written import Value

_FULL = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-:.()"}
_PLAIN_TYPES = ("date", "month", "datetime", "integer", "decimal", "id_number", "student_number", "school_code", "uscc",
                "area_code", "phone")  # fmt: skip


def optional_columns_gone(draw: Random, d: Draft) -> bool:
    """The platform's other version, without some columns that the contract does not require."""
    needed = {*d.feed.key, d.feed.slice.column, *(d.feed.layouts[0].required or () if d.feed.layouts else ())}
    spare = [n for n, c in enumerate(d.columns) if c and not c.required and c.name not in needed]
    if not spare or d.below_header:
        return False
    gone = set(draw.sample(spare, draw.randrange(1, len(spare) + 1)))
    names = {c.name for n, c in enumerate(d.columns) if c and n in gone}
    kept = [n for n in range(len(d.headers)) if n not in gone]
    d.headers, d.columns = [d.headers[n] for n in kept], [d.columns[n] for n in kept]
    for line in d.lines:
        line.cells = [line.cells[n] for n in kept] if line.cells else []
        line.means = {k: None if k in names else v for k, v in line.means.items()}
    d.is_thinner = True
    return True


def blank_cells(draw: Random, d: Draft) -> bool:
    """Cells that need not be filled, left blank or filled with blanks."""
    spare = [(n, c) for n, c in enumerate(d.columns) if c and not c.filled and c.name not in d.feed.key]
    for line in d.data() if spare else []:
        for n, column in draw.sample(spare, draw.randrange(len(spare) + 1)):
            line.cells[n] = draw.choice(["", "", " ", "\u3000"])
            line.means[column.name] = None
            d.is_thinner = True
    return bool(spare)


def other_forms(draw: Random, d: Draft) -> bool:
    """Dates, options, numbers and names in the other ways in which people write them."""
    for line in d.data():
        for n, column in enumerate(d.columns):
            meant = line.means.get(column.name) if column else None
            if column and meant is not None and column.name not in d.feed.key and draw.random() < 0.5:
                text = written.another(draw, column, Value(str(line.cells[n]), meant))
                line.cells[n] = line.cells[n] if text is None else text
    return True


def typed_cells(draw: Random, d: Draft) -> bool:
    """Numbers and dates as a spreadsheet holds them."""
    if d.form not in ("xlsx", *KEYED):
        return False
    for line in d.data():
        for n, column in enumerate(d.columns):
            meant = line.means.get(column.name) if column else None
            if column and meant is not None:
                if column.type in ("integer", "decimal"):
                    line.cells[n] = meant
                elif column.type in ("date", "datetime") and d.form in ("xlsx", "parquet"):
                    line.cells[n] = _midnight(meant) if d.form == "xlsx" else meant
    return True


def _midnight(day: date) -> date:
    return day if isinstance(day, datetime) else datetime(day.year, day.month, day.day)  # noqa: DTZ001


def row_order(draw: Random, d: Draft) -> bool:
    draw.shuffle(d.lines)
    return True


def invisible(draw: Random, d: Draft) -> bool:
    """Signs that cannot be seen, and blanks around the text."""
    signs = ["\u00a0{}", "{} ", "\u3000{}\u3000", "\u200b{}", "{}\ufeff", " {}"] + (
        ["\t{}", "{}_x000D_"] if d.form != "csv" else []
    )
    for line in d.data():
        for n in draw.sample(range(len(line.cells)), max(1, len(line.cells) // 3)):
            if d.columns[n] and line.cells[n] and isinstance(line.cells[n], str):
                line.cells[n] = draw.choice(signs).format(line.cells[n])
    return True


def full_width(draw: Random, d: Draft) -> bool:
    for line in d.data():
        for n, column in enumerate(d.columns):
            if column and column.type in _PLAIN_TYPES and draw.random() < 0.4 and isinstance(line.cells[n], str):
                line.cells[n] = line.cells[n].translate(_FULL)
    return True


def forced_text(draw: Random, d: Draft) -> bool:
    """The apostrophe that keeps a spreadsheet from taking a number for one."""
    for line in d.data():
        for n, column in enumerate(d.columns):
            if column and column.type in _PLAIN_TYPES and draw.random() < 0.5 and line.cells[n]:
                line.cells[n] = f"'{line.cells[n]}"
    return True


def repeated_row(draw: Random, d: Draft) -> bool:
    """A row that stands twice, word for word, counts once."""
    right = [line for line in d.lines if line.fate == "loaded" and not line.broken and line.raw is None]
    if not right:
        return False
    line = draw.choice(right)
    twin = Line(list(line.cells), dict(line.means), "skipped")
    d.lines.insert(d.lines.index(line) + 1, twin)
    return True


ROWS: tuple[Mutator, ...] = (optional_columns_gone, blank_cells, other_forms, typed_cells, row_order)
CELLS: tuple[Mutator, ...] = (invisible, full_width, forced_text, repeated_row)
