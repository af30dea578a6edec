"""From content to the files of one feed and night.

Lives here: writing workbooks and csv files with their heads and tails.
Add here: another thing that stands in a file beside its rows.
Stays out: what the rows hold (`feeds`), what becomes of them (`files.accounts`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from samples.files.accounts import Book, Night, WrittenFile, record_files, record_flaws
from samples.files.rows import Content
from samples.files.text import csv_line, csv_lines, write_text
from samples.files.workbooks import sheet_rows, write_workbook
from samples.world.strings import text_slices

TOTAL = "合计"


def write_books(
    night: Night,
    books: Sequence[Book],
    content: Content,
    names: Sequence[str],
    numeric: frozenset[str] = frozenset(),
) -> None:
    """Write the files of one feed; the rows of file `i` of the content go to `books[i]`."""
    if night.dirt:
        from samples.dirt.styled_files import write_styled_files

        dressed, row_number = write_styled_files(night, books, content, names, numeric)
        fates = record_flaws(night, [w.book for w in dressed], content, row_number)
        record_files(night, dressed, fates)
        return
    first = np.array([b.first_row for b in books])
    row_number = first[content.rows.file] + content.rows.place(len(books))
    starts = content.rows.starts(len(books))
    if books[0].path.endswith(".xlsx"):
        lines = sheet_rows(content.columns, names, numeric, row_number)
    else:
        lines = csv_lines(content.columns, names)
    counts = np.diff(np.append(starts, len(content.rows)))
    for book, body, count in zip(books, text_slices(lines, starts), counts, strict=True):
        _write_book(night.folder / book.path, book, body, int(count))
    fates = record_flaws(night, books, content, row_number)
    record_files(night, [_plain(b, int(n)) for b, n in zip(books, counts, strict=True)], fates)


def _plain(book: Book, count: int) -> WrittenFile:
    """A file as it is written without dirt."""
    skipped = {"total": int(book.total), "example": book.examples}
    member = book.sheet if book.path.endswith(".xlsx") else ""
    return WrittenFile(book, count, skipped, member, len(book.head) - book.examples)


def _write_book(path: Path, book: Book, body: memoryview, count: int) -> None:
    tail = (TOTAL, f"{count}行") if book.total else ()
    if path.suffix == ".xlsx":
        write_workbook(path, book.sheet, book.head, body, tail, book.first_row + count, book.merged)
        return
    head = "".join(csv_line(row.cells) for row in book.head)
    width = len(book.head[-1].cells)
    last = csv_line((*tail, *[""] * (width - len(tail)))) if tail else ""
    write_text(path, head, body, last, book.encoding)
