"""The manifest of a bundle (1EdTech OneRoster 1.1 and 1.2 CSV binding): which files are bulk, delta or absent.

It is read in any dialect of csv and any letter case, inside a zip or beside loose files.
Stays out: the members' rows.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ingest.decoding import encodings
from ingest.errors import Refused

NAME = "manifest.csv"
Extent = Literal["bulk", "delta", "absent", ""]
_EXTENTS: tuple[Extent, ...] = ("bulk", "delta", "absent", "")
_SEPARATORS = ",;\t|"
_FILE_PROPERTY = re.compile(r"\s*file[\s._:-]", re.IGNORECASE)


@dataclass(frozen=True)
class Manifest:
    """What a manifest says: the extent of each file by property, and its number of rows below the header."""

    extents: Mapping[str, Extent]
    rows: int

    def extent(self, declared: str) -> Extent | None:
        """The extent of the file of a property (`file.users`), '' where its value is blank. None where no line speaks
        of it, though others speak of files.
        """
        return self.extents.get(_key(declared), None if self.extents else "")


def manifest_of(content: bytes) -> Manifest:
    """The manifest in these bytes. Raises Refused where it is no table of two columns, or gives another extent."""
    lines = encodings.text_of(content).lstrip("\r\n \t")
    header = lines.partition("\n")[0]
    separator = max(_SEPARATORS, key=header.count)
    rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=separator, skipinitialspace=True))
    if not rows or [_letters(cell) for cell in rows[0][:2]] != ["propertyname", "value"]:
        raise Refused(f"holds a {NAME} that does not begin with propertyName,value: export it again.")
    extents: dict[str, Extent] = {}
    for row in (row for row in rows[1:] if len(row) > 1 and _FILE_PROPERTY.match(row[0])):
        said = row[1].strip().casefold()
        if said not in _EXTENTS:
            raise Refused(f"holds a {NAME} that calls {row[0].strip()} {said!r}: it can be bulk, delta or absent.")
        extents[_key(row[0])] = next(extent for extent in _EXTENTS if extent == said)
    return Manifest(extents, len(rows) - 1)


def beside(path: Path) -> Path | None:
    """The manifest that lies beside a loose file; None where there is none."""
    return next((other for other in sorted(path.parent.iterdir()) if other.name.casefold() == NAME), None)


def _key(declared: str) -> str:
    """A property as it is compared: `File.Users`, `file_users.csv` and `file.users` are one."""
    return _letters(_FILE_PROPERTY.sub("", declared, count=1)).removesuffix("csv")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
