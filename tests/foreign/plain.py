"""Reading other people's files with nothing but Python's own csv and zip: what the lake is compared with."""

from __future__ import annotations

import csv
import io
import zipfile
from pathlib import Path

Table = list[dict[str, str]]


def table(content: bytes) -> Table:
    """The rows below a header that is the first line; a blank header cell is called by its place."""
    head, *rows = cells(content)
    names = [name or f"#{place}" for place, name in enumerate(head)]
    return [dict(zip(names, row, strict=True)) for row in rows]


def cells(content: bytes) -> list[list[str]]:
    """All rows, header included."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def member(zipped: Path, name: str) -> bytes:
    """A file inside a zip, by the end of its name; there must be one."""
    with zipfile.ZipFile(zipped) as archive:
        (found,) = (entry for entry in archive.namelist() if entry.endswith(f"/{name}") or entry == name)
        return archive.read(found)
