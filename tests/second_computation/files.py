"""The lines of a delivered file as a person would read them: csv, json, workbooks, pages, and zips of these.

Lives here: bytes to lists of texts, by the library of each format and nothing of the product.
Add here: another format in which the sample city sends.
Stays out: what a column is called (`events`) and what a text means (`cells`).
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from html import unescape
from pathlib import Path

from python_calamine import CalamineWorkbook

Lines = list[list[str]]
_MARKS = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"\xef\xbb\xbf", "utf-8-sig"))


def lines_of(path: Path, member: str) -> Lines:
    """The lines of a file, or of its `member`: a sheet, a file in a zip, or a sheet of one (`a.xlsx/成绩`).

    Of json the first line holds the keys.
    """
    content, name, sheet = path.read_bytes(), path.name, member
    if path.suffix == ".zip":
        archive = zipfile.ZipFile(io.BytesIO(content))
        name = next(n for n in archive.namelist() if member == n or member.startswith(f"{n}/"))
        content, sheet = archive.read(name), member[len(name) + 1 :]
    suffix = name.rsplit(".", 1)[-1]
    if suffix in ("xlsx", "ods"):
        return _workbook_lines(content, sheet)
    text = _text(content)
    if suffix in ("csv", "tsv"):
        return list(csv.reader(io.StringIO(text, newline=""), delimiter="\t" if suffix == "tsv" else ","))
    return _object_lines(text) if suffix in ("json", "jsonl") else _page_lines(text)


def _text(content: bytes) -> str:
    """A text in the encoding of its mark, else UTF-8, else GB18030."""
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return content.decode(encoding)
    try:
        return content.decode()
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _object_lines(text: str) -> Lines:
    if text.startswith('{"code"'):
        records = json.loads(text)["data"]
    else:
        records = [json.loads(line) for line in text.splitlines()]
    keys = list(records[0])
    return [keys, *([_cell(record[key]) for key in keys] for record in records)]


def _workbook_lines(content: bytes, sheet: str) -> Lines:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    lines = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    return [[_cell(value) for value in line] for line in lines]


def _page_lines(text: str) -> Lines:
    """The table of a page, saved under the name of a workbook."""
    rows = re.findall("<tr>(.*?)</tr>", text, re.DOTALL)
    return [[unescape(cell) for cell in re.findall("<td>(.*?)</td>", row, re.DOTALL)] for row in rows]


def _cell(value: object) -> str:
    """A cell as text; a whole number without its point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
