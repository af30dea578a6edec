"""Files of the sample city as deliveries that the classes of mutators can change.

Lives here: finding the header of a file, and its cells by column; no value is told, since the marts of an undisturbed
lake say what they are.
Add here: another format that the sample city writes.
Stays out: mutators, judging (`marts`).
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import PurePosixPath
from typing import Any

import python_calamine

from ingest.readers.workbook_worker import cell_text
from registry.model import Column, Feed, Register
from tests.mutations.drafts import Format, Line
from tests.mutations.goods import Good
from tests.mutations.law.delivered import Delivered

_HEAD = 6  # rows that are searched for the header


def delivery_of_file(path: str, content: bytes, register: Register) -> Delivered | None:
    """A file that lies at `path` below the inbox; None where it is not one plain table."""
    feed = next((f for f in register.feeds if path.startswith(f"{f.id}/")), None)
    if feed is None or feed.bundle or feed.sheets or feed.beside:
        return None
    read = _read(path, content)
    if read is None:
        return None
    form, rows = read
    at = _header(rows[:_HEAD], feed)
    if at is None:
        return None
    below = 1 if any(str(c or "").startswith("KD_F") for c in rows[at + 1]) or feed.rest else 0
    headers = [str(c or "") for c in rows[at]]
    columns = [_column(h, feed) for h in headers]
    good = Good(feed, str(PurePosixPath(path).relative_to(feed.id).with_suffix("")), None, [c for c in columns if c])
    lines = [_line(row, columns) for row in rows[at + 1 + below :] if any(c not in (None, "") for c in row)]
    d = Delivered(register, feed, good, form, columns, headers, lines)
    d.above = [[str(c or "") for c in row] for row in rows[:at]]
    d.below_header = [[str(c or "") for c in row] for row in rows[at + 1 : at + 1 + below]]
    return d if len(lines) > 3 else None


def _read(path: str, content: bytes) -> tuple[Format, list[list[Any]]] | None:
    suffix = PurePosixPath(path).suffix
    if suffix == ".xlsx":
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        if len(book.sheet_names) > 1:
            return None
        return "xlsx", [[cell_text(c) or "" for c in row] for row in book.get_sheet_by_index(0).to_python()]
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030")
    if suffix == ".csv":
        rows = list(csv.reader(io.StringIO(text)))
        return "csv", [[*row, *[""] * (len(max(rows, key=len)) - len(row))] for row in rows]
    if suffix == ".jsonl":
        objects = [json.loads(line) for line in text.splitlines() if line.startswith("{") and line.endswith("}")]
        keys = list(dict.fromkeys(key for found in objects for key in found))
        return "jsonl", [keys, *([found.get(key) for key in keys] for found in objects)]
    return None


def _normal(header: str) -> str:
    return "".join(header.split()).strip("*").casefold()


def _column(header: str, feed: Feed) -> Column | None:
    return next((c for c in feed.columns if _normal(header) in map(_normal, c.headers)), None)


def _header(rows: list[list[Any]], feed: Feed) -> int | None:
    hits = [sum(_column(str(c or ""), feed) is not None for c in row if c) for row in rows]
    return hits.index(max(hits)) if hits and max(hits) > 1 else None


def _line(row: list[Any], columns: list[Column | None]) -> Line:
    cells = [*row, *[""] * (len(columns) - len(row))]
    return Line(cells, {c.name: _meant(cell, c) for c, cell in zip(columns, cells, strict=False) if c})


def _meant(cell: Any, column: Column) -> Any:
    """What a writer of another form needs to know: a number, a day, yes or no."""
    text = str(cell if cell is not None else "")
    try:
        if column.type in ("integer", "decimal"):
            return float(text)
        if column.type == "date":
            return date.fromisoformat(text)
    except ValueError:
        return None
    return text in ("是", "True", "1") if column.type == "boolean" else text
