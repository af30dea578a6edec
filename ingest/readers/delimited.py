"""Delimited text (csv, tsv), cell by cell with Python's csv module: the dialect, and the rows.

A cell written ="007", the way to keep a spreadsheet from taking a number apart, is its text 007.

Add here: another separator.
Stays out: encodings (`ingest.decoding.encodings`), the header (`ingest.tables.header_row`), csv with rows of equal
width (`ingest.readers.csv_columns`).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from ingest.decoding import encodings
from ingest.errors import Refused
from ingest.readers.sheets import Row, Sheet
from ingest.tables.header_row import HEAD_ROWS
from ingest.tables.header_texts import Names

MAX_CELL_CHARACTERS = 1 << 20
_MAX_LINE_CHARACTERS = 16 << 20
_SEPARATORS = (",", "\t", ";", "|", "，")
_PIECE_ROWS = 20_000


_TEXT_FORMULA = re.compile(r'\s*="((?:[^"]|"")*)"\s*')


def text_of_cell(cell: str) -> str:
    """The text of a cell: of the formula ="007" (with further quotation marks doubled) its text, of others the cell."""
    formula = _TEXT_FORMULA.fullmatch(cell)
    return formula[1].replace('""', '"') if formula else cell


@dataclass(frozen=True)
class Dialect:
    """How a text is cut into cells. In a text that is not `quoted`, a quotation mark is an ordinary character."""

    separator: str
    quoted: bool = True


def declared_encoding(candidates: Sequence[Names]) -> str | None:
    """The encoding that all the feeds declare of which a text may be; None where they differ."""
    declared = {names.feed.encoding for names in candidates}
    return declared.pop() if len(declared) == 1 else None


def dialect_of(head: str, candidates: Sequence[Names]) -> Dialect:
    """The separator under which the first rows name most columns of a feed; else the most frequent one."""
    return Dialect(max(_SEPARATORS, key=lambda separator: _score(head, separator, candidates)))


def _score(head: str, separator: str, candidates: Sequence[Names]) -> tuple[int, int, int]:
    """Columns that a row names, rows as wide as a layout without a header, and cells of a row; rows below a complete
    header do not count.
    """
    hits, fitting, width = 0, 0, 0
    if separator not in head:
        return hits, fitting, width
    widths = {len(v.order) for names in candidates for v in names.feed.layouts if v.found_by == "order"}
    for row in islice(_lenient_rows(head, separator), HEAD_ROWS):
        width = max(width, len(row))
        fitting += len(row) in widths
        hits = max(hits, *(names.hits(row) for names in candidates), 0)
        if any(names.required and names.complete(row) for names in candidates):
            break
    return hits, fitting, width


def rows(lines: Iterable[str], dialect: Dialect) -> Iterator[list[Row]]:
    """Pieces of rows. Raises Refused where quotation marks do not close or a cell is too long."""
    csv.field_size_limit(MAX_CELL_CHARACTERS)
    reader = csv.reader(
        lines,
        delimiter=dialect.separator,
        strict=True,
        quoting=csv.QUOTE_MINIMAL if dialect.quoted else csv.QUOTE_NONE,
    )
    try:
        while piece := list(islice(reader, _PIECE_ROWS)):
            yield [[text_of_cell(cell) if '="' in cell else cell for cell in row] for row in piece]
    except csv.Error as error:
        what = (
            "a cell of more than a million characters"
            if "limit" in str(error)
            else "a quotation mark that does not close"
        )
        raise Refused(f"has {what} near line {reader.line_num}: export it again.") from error


def lines_of(path: Path) -> Iterator[str]:
    """Lines of a UTF-8 file with their ends, damaged characters as U+FFFD. Raises Refused at one that is too long."""
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        while line := file.readline(_MAX_LINE_CHARACTERS):
            if len(line) == _MAX_LINE_CHARACTERS:
                raise Refused(
                    f"has a line of more than {_MAX_LINE_CHARACTERS >> 20} million characters: export it again."
                )
            yield line


def head_rows(head: str, dialect: Dialect) -> tuple[list[Row], list[int]]:
    """The first rows, and for each the number of lines up to its end."""
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=dialect.separator)
    rows_read: list[Row] = []
    ends: list[int] = []
    try:
        for row in islice(reader, HEAD_ROWS):
            rows_read.append([text_of_cell(cell) for cell in row])
            ends.append(reader.line_num)
    except csv.Error:
        return rows_read, ends
    return rows_read, ends


def _lenient_rows(head: str, separator: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(head, newline=""), delimiter=separator)
    while True:
        try:
            yield [text_of_cell(cell) for cell in next(reader)]
        except (StopIteration, csv.Error):
            return


def sheets(path: Path, candidates: Sequence[Names]) -> Iterator[Sheet]:
    """A small file as one sheet. Raises Refused.

    Where its quotation marks do not close but all lines have the same number of separators, they are ordinary
    characters.
    """
    text = encodings.text_of(path.read_bytes(), declared_encoding(candidates))
    dialect = dialect_of(text[: encodings.HEAD_BYTES], candidates)
    try:
        pieces = list(rows(io.StringIO(text, newline=""), dialect))
    except Refused:
        if len({line.count(dialect.separator) for line in text.splitlines() if line.strip()}) != 1:
            raise
        pieces = list(rows(io.StringIO(text, newline=""), Dialect(dialect.separator, quoted=False)))
    yield Sheet("", iter(pieces), strict=True)
