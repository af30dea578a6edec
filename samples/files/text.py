"""Text files whose lines are made as whole columns: csv and json-lines.

Lives here: joining columns to lines and cutting the lines into files.
Add here: another text format.
Stays out: what the columns hold.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyarrow.compute as pc

from samples.world.strings import Columns, Strings, join, join_or_null

_PIECE = 16 << 20  # bytes decoded at once


def csv_lines(columns: Columns, names: Sequence[str]) -> Strings:
    """One line per row, values as they are: none in this package holds a comma, quote or line break."""
    return join(join(*(columns[name] for name in names), sep=","), "\n")


def csv_line(cells: Sequence[str]) -> str:
    """One line written cell by cell, quoted where it must be (headers hold line breaks)."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(cells)
    return buffer.getvalue()


def json_lines(columns: Columns, names: Sequence[str], bare: Mapping[str, str]) -> Strings:
    """One JSON object per row. Columns in `bare` hold numbers or true/false and go without quotes where the
    value matches the regular expression given for them; a null is written as null.
    """
    parts: list[Strings | str] = []
    for place, name in enumerate(names):
        parts += [("{" if place == 0 else ",") + f'"{name}":', _json_value(columns[name], bare.get(name))]
    return join(*parts, "}\n")


def _json_value(column: Strings, bare: str | None) -> Strings:
    quoted = join_or_null('"', column, '"')
    if bare is not None:
        quoted = pc.if_else(pc.match_substring_regex(column, f"^(?:{bare})$"), column, quoted)
    return pc.fill_null(quoted, "null")


def write_text(path: Path, head: str, body: memoryview, tail: str, encoding: str) -> None:
    """One file: `head`, the lines of `body` (UTF-8 bytes) and `tail`, all in `encoding`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(head.encode(encoding))
        if encoding == "utf-8":
            file.write(body)
        else:
            for piece in _whole_lines(body):
                file.write(str(piece, "utf-8").encode(encoding))
        file.write(tail.encode(encoding))


def append_text(path: Path, body: memoryview, encoding: str) -> None:
    """More lines at the end of a file that `write_text` began."""
    with path.open("ab") as file:
        for piece in _whole_lines(body):
            file.write(piece if encoding == "utf-8" else str(piece, "utf-8").encode(encoding))


def _whole_lines(body: memoryview) -> list[memoryview]:
    """`body` in pieces that end with a line, so that no character is cut."""
    pieces, start = [], 0
    while start < len(body):
        end = min(start + _PIECE, len(body))
        if end < len(body):
            end = start + bytes(body[start:end]).rfind(b"\n") + 1
        pieces.append(body[start:end])
        start = end
    return pieces
