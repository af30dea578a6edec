"""The manifest of a OneRoster zip (1EdTech OneRoster 1.1 and 1.2 CSV binding): which files are bulk, delta or absent.

Stays out: the members' rows.
"""

from __future__ import annotations

import csv
import io
from typing import Literal

from ingest.decoding import encodings
from ingest.errors import Refused

NAME = "manifest.csv"
Extent = Literal["bulk", "delta", "absent", ""]
_EXTENTS: tuple[Extent, ...] = ("bulk", "delta", "absent", "")


def rows_of(content: bytes) -> list[list[str]]:
    """Rows of a manifest below its header, blank ones too. Raises Refused where it is no table of two
    columns.
    """
    rows = list(csv.reader(io.StringIO(encodings.text_of(content), newline="")))
    if not rows or [cell.strip().casefold() for cell in rows[0][:2]] != ["propertyname", "value"]:
        raise Refused(f"holds a {NAME} that does not begin with propertyName,value: export the zip again.")
    return rows[1:]


def extents(content: bytes) -> dict[str, Extent]:
    """The extent of each file, by property (`file.users`); '' where the manifest gives none. Raises Refused."""
    extent_of: dict[str, Extent] = {}
    for row in rows_of(content):
        if len(row) < 2 or not row[0].strip().startswith("file."):
            continue
        extent = row[1].strip().lower()
        if extent not in _EXTENTS:
            raise Refused(f"holds a {NAME} that calls {row[0].strip()} {extent!r}: it can be bulk, delta or absent.")
        extent_of[row[0].strip()] = next(e for e in _EXTENTS if e == extent)
    return extent_of
