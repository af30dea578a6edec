"""The manifest of a OneRoster zip: which of its files are whole, which are changes, which are not there.

Lives here: reading `manifest.csv` (1EdTech OneRoster 1.1 and 1.2 CSV binding, properties `file.<name>`).
Add here: another property of a manifest that changes how a member is read.
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
    """What the manifest says of each file, by property (`file.users`); '' where it says nothing. Raises
    Refused.
    """
    found: dict[str, Extent] = {}
    for row in rows_of(content):
        if len(row) < 2 or not row[0].strip().startswith("file."):
            continue
        said = row[1].strip().lower()
        if said not in _EXTENTS:
            raise Refused(f"holds a {NAME} that calls {row[0].strip()} {said!r}: it can be bulk, delta or absent.")
        found[row[0].strip()] = next(e for e in _EXTENTS if e == said)
    return found
