"""Xlsx workbooks from the XML of their sheets: for what libraries that write them do not write."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from tests.ingest.makers import zip_of

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def place_of(row: int, column: int) -> str:
    """The place of a cell, from 0: A1."""
    letters, column = "", column + 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def cell_xml(row: int, column: int, value: str) -> str:
    """A cell with a text, or with the very content that `value` is (`<f>…</f>`, `e:#N/A`)."""
    place = place_of(row, column)
    if value.startswith("<"):
        return f'<c r="{place}">{value}</c>'
    if value.startswith("e:"):
        return f'<c r="{place}" t="e"><v>{value[2:]}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(value)}</t></is></c>' if value else ""


def sheet_xml(
    rows: Sequence[Sequence[str]], *, merged: Sequence[str] = (), hidden_rows: Sequence[int] = (), columns: str = ""
) -> str:
    """The XML of a sheet: `merged` ranges (C4:C38), `hidden_rows` from 1, the `columns` element as it is."""
    lines = "".join(
        f'<row r="{r + 1}"{" hidden=" + chr(34) + "1" + chr(34) if r + 1 in hidden_rows else ""}>'
        + "".join(cell_xml(r, c, value) for c, value in enumerate(row)) + "</row>"
        for r, row in enumerate(rows)
    )  # fmt: skip
    ranges = "".join(f'<mergeCell ref="{place}"/>' for place in merged)
    merges = f'<mergeCells count="{len(merged)}">{ranges}</mergeCells>' if merged else ""
    return f'<worksheet xmlns="{_MAIN}">{columns}<sheetData>{lines}</sheetData>{merges}</worksheet>'


def workbook_of(*sheets: tuple[str, str], hidden: Sequence[str] = ()) -> bytes:
    """A workbook of sheets by name and XML; those named in `hidden` are."""
    entries = "".join(
        f'<sheet name="{name}" sheetId="{n}"{" state=" + chr(34) + "hidden" + chr(34) if name in hidden else ""} '
        f'r:id="rId{n}"/>'
        for n, (name, _) in enumerate(sheets, 1)
    )
    relations = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    return zip_of({
        "[Content_Types].xml": "<Types/>",
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" '
                       'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{entries}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}">{relations}</Relationships>',
        **{f"xl/worksheets/sheet{n}.xml": xml for n, (_, xml) in enumerate(sheets, 1)},
    })  # fmt: skip
