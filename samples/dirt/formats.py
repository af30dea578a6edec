"""The bytes of a table in each file format that platforms send.

Add here: another format.
Stays out: the rows (`styled_files`); the faster writers of clean files (`files`).
"""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from samples.files.workbooks import book_parts, letter, zip_part

Lines = Sequence[Sequence[str | None]]
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OASIS = "urn:oasis:names:tc:opendocument:xmlns"
FORMULA, ERROR = "formula\x00", "error\x00"
_NOT_XML = {n: None for n in range(32) if n not in (9, 10, 13)}


@dataclass(frozen=True)
class Table:
    """A sheet: its name, its lines, the lines and columns that are hidden, the cells (line, place) that are numbers,
    merged ranges (A4:A38), and whether the sheet itself is hidden.

    In a workbook a cell that begins with `FORMULA` is a formula without a stored value, one with `ERROR` an error.
    """

    name: str
    lines: Lines
    hidden: frozenset[int] = frozenset()
    numbers: frozenset[tuple[int, int]] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    merged: tuple[str, ...] = ()
    is_hidden: bool = False


def text(lines: Lines, separator: str, encoding: str) -> bytes:
    """A text with separators; `utf-16` and `utf-8-sig` begin with their mark."""
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\r\n").writerows(lines)
    return buffer.getvalue().encode(encoding)


def page(lines: Lines, encoding: str) -> bytes:
    """A table of a page, which platforms save under the name .xls."""
    rows = "".join("<tr>" + "".join(f"<td>{escape(c or '')}</td>" for c in line) + "</tr>\n" for line in lines)
    head = f'<html><head><meta charset="{encoding}"><style>td{{mso-number-format:"\\@"}}</style></head>'
    return f"{head}<body><table>\n{rows}</table></body></html>\n".encode(encoding)


def workbook(sheets: Sequence[Table]) -> bytes:
    """A workbook (xlsx) of several sheets."""
    parts = [*book_parts([s.name for s in sheets], {s.name for s in sheets if s.is_hidden})]
    parts += [(f"xl/worksheets/sheet{n}.xml", _sheet(sheet)) for n, sheet in enumerate(sheets, 1)]
    return zip_of([(name, content.encode()) for name, content in parts])


def open_document(sheets: Sequence[Table]) -> bytes:
    """A spreadsheet in the OpenDocument form (ods)."""
    spaces = " ".join(f'xmlns:{n}="{_OASIS}:{n}:1.0"' for n in ("office", "table", "text"))
    tables = "".join(f'<table:table table:name="{escape(s.name)}">{_ods_rows(s)}</table:table>' for s in sheets)
    body = f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
    content = f'{_HEAD}<office:document-content {spaces} office:version="1.2">{body}</office:document-content>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
    manifest = f'{_HEAD}<manifest:manifest xmlns:manifest="{_OASIS}:manifest:1.0">{entry}</manifest:manifest>'
    return zip_of(
        [("mimetype", kind.encode()), ("content.xml", content.encode()), ("META-INF/manifest.xml", manifest.encode())]
    )


def objects(header: Sequence[str], lines: Lines, *, as_list: bool, encoding: str) -> bytes:
    """One object a line, or one list of them."""
    records = [dict(zip(header, line, strict=True)) for line in lines]
    if as_list:
        return json.dumps({"code": 0, "data": records}, ensure_ascii=False).encode(encoding)
    return "".join(f"{json.dumps(o, ensure_ascii=False)}\n" for o in records).encode(encoding)


def zip_of(parts: Sequence[tuple[str, bytes]]) -> bytes:
    """A zip, the same bytes for the same parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            archive.writestr(zip_part(name), content)
    return buffer.getvalue()


def _sheet(sheet: Table) -> str:
    rows = []
    for n, line in enumerate(sheet.lines, 1):
        cells = (_cell(f"{letter(c)}{n}", v, (n - 1, c) in sheet.numbers) for c, v in enumerate(line) if v)
        hidden = ' hidden="1"' if n - 1 in sheet.hidden else ""
        rows.append(f'<row r="{n}"{hidden}>{"".join(cells)}</row>')
    columns = "".join(f'<col min="{c + 1}" max="{c + 1}" hidden="1"/>' for c in sorted(sheet.hidden_columns))
    ranges = "".join(f'<mergeCell ref="{r}"/>' for r in sheet.merged)
    return (
        f'{_HEAD}<worksheet xmlns="{_MAIN}">{f"<cols>{columns}</cols>" if columns else ""}'
        f"<sheetData>{''.join(rows)}</sheetData>"
        f"{f'<mergeCells>{ranges}</mergeCells>' if ranges else ''}</worksheet>"
    )


def _cell(at: str, value: str, number: bool) -> str:
    if number:
        return f'<c r="{at}"><v>{value}</v></c>'
    if value.startswith(FORMULA):
        return f'<c r="{at}"><f>{escape(value.removeprefix(FORMULA))}</f></c>'
    if value.startswith(ERROR):
        return f'<c r="{at}" t="e"><v>{value.removeprefix(ERROR)}</v></c>'
    cell_text = escape(value.translate(_NOT_XML), quote=False)
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{cell_text}</t></is></c>'


def _ods_rows(sheet: Table) -> str:
    def cell(value: str | None) -> str:
        if not value:
            return "<table:table-cell/>"
        cell_text = escape(value.translate(_NOT_XML), quote=False)
        return f'<table:table-cell office:value-type="string"><text:p>{cell_text}</text:p></table:table-cell>'

    return "".join(f"<table:table-row>{''.join(map(cell, line))}</table:table-row>" for line in sheet.lines)
