"""The smallest xls, xlsb and ods workbooks that hold a table of text: no library here writes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from html import escape

from tests.ingest.makers import zip_of

Cells = Sequence[Sequence[str | float | None]]
ERRORS: dict[str | float | None, int] = {"#DIV/0!": 7, "#REF!": 23, "#N/A": 42}  # written as such cells
_SECTOR = 512


def xls_of(cells: Cells, *, stream: str = "Workbook") -> bytes:
    """BIFF8 ([MS-XLS]) in a compound file ([MS-CFB]): BOF, BOUNDSHEET, EOF; BOF, LABEL and NUMBER, EOF."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def cell(r: int, c: int, value: str | float) -> bytes:
        place = struct.pack("<HHH", r, c, 0)
        if value in ERRORS:
            return record(0x0205, place + bytes([ERRORS[value], 1]))
        if isinstance(value, str):
            return record(0x0204, place + struct.pack("<HB", len(value), 1) + value.encode("utf-16-le"))
        return record(0x0203, place + struct.pack("<d", value))

    sheet = (
        record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
        + b"".join(
            cell(r, c, value) for r, row in enumerate(cells) for c, value in enumerate(row) if value not in (None, "")
        )
        + record(0x000A, b"")
    )
    name = "成绩".encode("utf-16-le")
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    bound = struct.pack("<HBB", 0, 2, 1) + name
    start = len(begin) + 4 + 4 + len(bound) + 4
    workbook = begin + record(0x0085, struct.pack("<I", start) + bound) + record(0x000A, b"") + sheet
    return _compound(stream, workbook)


def _compound(stream: str, content: bytes) -> bytes:
    """A compound file with one stream, long enough not to be a small one."""
    content = content.ljust(4096, b"\0")
    sectors = -(-len(content) // _SECTOR)
    content = content.ljust(sectors * _SECTOR, b"\0")
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table = b"".join(struct.pack("<I", n) for n in fat).ljust(_SECTOR, b"\xff")
    assert len(table) == _SECTOR

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        text = name.encode("utf-16-le") + b"\0\0"
        return (
            text.ljust(64, b"\0") + struct.pack("<HBB", len(text), kind, 1)
            + struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child) + b"\0" * 36 + struct.pack("<IQ", first, size)
        )  # fmt: skip

    directory = entry("Root Entry", 5, 1, 0xFFFFFFFE, 0) + entry(stream, 2, 0xFFFFFFFF, 2, len(content)) + b"\0" * 256
    header = (
        bytes.fromhex("D0CF11E0A1B11AE1") + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + b"\0" * 6
        + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack("<I", 0)
    ).ljust(_SECTOR, b"\xff")  # fmt: skip
    return header + table + directory + content


def xlsb_of(cells: Cells) -> bytes:
    """[MS-XLSB]: a workbook part that names one sheet, a sheet part with inline strings and numbers."""

    def record(kind: int, content: bytes = b"") -> bytes:
        told = bytes([kind]) if kind < 0x80 else bytes([kind & 0xFF | 0x80, kind >> 7])
        length, size = b"", len(content)
        while True:
            length += bytes([size & 0x7F | (0x80 if size > 0x7F else 0)])
            size >>= 7
            if not size:
                return told + length + content

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    def cell(c: int, value: str | float) -> bytes:
        place = struct.pack("<II", c, 0)
        if value in ERRORS:
            return record(3, place + bytes([ERRORS[value]]))
        return record(6, place + text(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))

    width = max(len(row) for row in cells)
    sheet = record(0x0094, struct.pack("<IIII", 0, len(cells) - 1, 0, width - 1)) + record(0x0091)
    for r, row in enumerate(cells):
        sheet += record(0, struct.pack("<IIHBI", r, 0, 300, 0, 0) + b"\0" * 4)
        sheet += b"".join(cell(c, value) for c, value in enumerate(row) if value not in (None, ""))
    sheet += record(0x0092)
    book = record(0x008F) + record(0x009C, struct.pack("<II", 0, 1) + text("rId1") + text("成绩"))
    book += record(0x0090) + record(0x009D)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = (
        '<?xml version="1.0" encoding="UTF-8"?><Relationships '
        'xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{kind}" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    return zip_of({
        "[Content_Types].xml": "<Types/>", "xl/workbook.bin": book, "xl/_rels/workbook.bin.rels": relations,
        "xl/worksheets/sheet1.bin": sheet,
    })  # fmt: skip


def ods_of(cells: Cells) -> bytes:
    """OpenDocument: one table of strings and floats."""

    def cell(value: str | float | None) -> str:
        if value is None or value == "":
            return "<table:table-cell/>"
        if value in ERRORS:
            return (
                '<table:table-cell table:formula="of:=1/0" office:value-type="string" office:string-value="" '
                f'calcext:value-type="error"><text:p>{value}</text:p></table:table-cell>'
            )
        if isinstance(value, str):
            lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in value.split("\n"))
            return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
        shown = f"<text:p>{value}</text:p>"
        return f'<table:table-cell office:value-type="float" office:value="{value}">{shown}</table:table-cell>'

    rows = "".join(f"<table:table-row>{''.join(cell(v) for v in row)}</table:table-row>" for row in cells)
    names = "".join(f' xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{p}:1.0"' for p in ("office", "table", "text"))
    names += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content{names}><office:body><office:spreadsheet>'
        f'<table:table table:name="成绩">{rows}</table:table></office:spreadsheet></office:body>'
        "</office:document-content>"
    )
    return zip_of({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": content,
                   "META-INF/manifest.xml": "<manifest/>"})  # fmt: skip
