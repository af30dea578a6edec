"""Readers: one module for each format, from a file to rows of text as delivered; `sheets_of` chooses the reader.

Add here: a format: a module, a line of `sheets_of`, a kind in `ingest.archives.format_of_file`.
Stays out: which row is the header (`ingest.tables.header_row`), what a cell must be (`ingest.contract`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from ingest.archives.format_of_file import Kind
from ingest.decoding import encodings
from ingest.errors import Refused
from ingest.readers import delimited, html, json_rows, parquet, spreadsheet_xml
from ingest.readers.sheets import Row, Sheet
from ingest.readers.workbook import Workbooks, twice_if_killed
from ingest.tables.header_texts import Names


def sheets_of(kind: Kind, path: Path, names: Sequence[Names], workbooks: Workbooks) -> Iterator[Sheet]:
    """The sheets of a file of a kind, cell by cell; `names` are the headers by which a text's separator is detected.

    Raises Refused where the file cannot be read, or is of a kind without sheets.
    """
    match kind:
        case "text":
            return delimited.sheets(path, names)
        case "json":
            return json_rows.sheets(path, names)
        case "html":
            return html.sheets(path, delimited.declared_encoding(names))
        case "spreadsheet_xml":
            return spreadsheet_xml.sheets(path)
        case "xlsx" | "xlsb" | "xls" | "ods":
            return workbooks.sheets(path)
        case _:
            raise Refused(f"is a {kind} file, which has no sheets: send the table itself.")


def first_rows(kind: Kind, path: Path, names: Sequence[Names], rows: int) -> Iterator[list[Row]]:
    """Up to `rows` first rows of each sheet of a file; a long text is read no further than its head. Raises Refused."""
    if kind == "text":
        head = encodings.head_of(path, encodings.encoding_of_file(path, delimited.declared_encoding(names)))
        yield delimited.head_rows(head, delimited.dialect_of(head, names))[0]
        return
    if kind == "parquet":
        with parquet.open_parquet(path) as file:
            yield [list(file.names)]
        return
    yield from twice_if_killed(lambda: _heads(kind, path, names, rows))


def _heads(kind: Kind, path: Path, names: Sequence[Names], rows: int) -> list[list[Row]]:
    with Workbooks() as workbooks:
        return [
            list(islice((row for piece in sheet.pieces for row in piece), rows))
            for sheet in sheets_of(kind, path, names, workbooks)
        ]
