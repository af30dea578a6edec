"""The manifest of a bundle (1EdTech OneRoster 1.1 and 1.2 CSV binding): which files are bulk, delta or absent.

It is read in any dialect of csv and any letter case, inside a zip or beside loose files.
Stays out: the members' rows.
"""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from common.delivered_text import delivered
from ingest.decoding import encodings
from ingest.errors import Refused

NAME = "manifest.csv"
Extent = Literal["bulk", "delta", "absent", ""]
_EXTENTS: tuple[Extent, ...] = ("bulk", "delta", "absent", "")
_HEADER = ("propertyname", "value")
_GZIP_MARK = b"\x1f\x8b"
_ROWS_ABOVE = 5  # that may stand above the header: sep=, a comment
_SEPARATORS = ",;\t|，；"
_FILE_PROPERTY = re.compile(r"[\s'\"]*files?[\s._:-]", re.IGNORECASE)


@dataclass(frozen=True)
class Manifest:
    """What a manifest says: the extent of each file by property, and its number of rows below the header."""

    extents: Mapping[str, Extent]
    rows: int

    def extent(self, declared: str) -> Extent | None:
        """The extent of the file of a property (`file.users`), '' where its value is blank; None where no line speaks
        of it.
        """
        return self.extents.get(_key(declared))


def manifest_of(content: bytes) -> Manifest:
    """The manifest in these bytes, which may be gzipped. Raises Refused where it is no table of two columns, or gives
    another extent.
    """
    rows = _rows(encodings.text_of(_unpacked(content)))
    names = [[_letters(cell) for cell in row] for row in rows[:_ROWS_ABOVE]]
    start = next((place for place, row in enumerate(names) if {*_HEADER} <= {*row}), None)
    if start is None:
        raise Refused(f"holds a {NAME} that does not begin with propertyName,value: export it again.")
    name, value = (names[start].index(column) for column in _HEADER)
    below, extents = rows[start + 1 :], dict[str, Extent]()
    for row in (row for row in below if len(row) > max(name, value) and _FILE_PROPERTY.match(row[name])):
        extent = _extent_of(row[name].strip(), row[value])
        if extents.setdefault(_key(row[name]), extent) != extent:
            raise Refused(f"holds a {NAME} that says two things of {delivered(row[name].strip())}: export it again.")
    return Manifest(extents, len(below))


def is_manifest(name: str) -> bool:
    """Whether a file of this name, without folders, is a manifest, gzipped or not."""
    return name.casefold().removesuffix(".gz") == NAME


def beside(path: Path) -> Path | None:
    """The manifest that lies beside a loose file; None where there is none."""
    return next((other for other in sorted(path.parent.iterdir()) if is_manifest(other.name)), None)


def nearest(manifests: Sequence[str], member: str) -> str | None:
    """Of the manifests of a zip the one that speaks of a member: it lies in the member's folder, or in the nearest
    above; the only one speaks of all. None where none does.
    """
    if len(manifests) == 1:
        return manifests[0]
    folders = {PurePosixPath(manifest).parent: manifest for manifest in manifests}
    return next((folders[folder] for folder in PurePosixPath(member).parents if folder in folders), None)


def _rows(text: str) -> list[list[str]]:
    """The rows of a manifest, by the separator that its header has."""
    lines = text.lstrip("\r\n \t")
    header = next((line for line in lines.splitlines() if _HEADER[0] in _letters(line)), "")
    separator = max(_SEPARATORS, key=header.count)
    return list(csv.reader(io.StringIO(lines, newline=""), delimiter=separator, skipinitialspace=True))


def _extent_of(file_property: str, said: str) -> Extent:
    word = said.strip(" \t\u00a0'\"").casefold()
    for extent in _EXTENTS:
        if extent == word:
            return extent
    said = f"{delivered(file_property, 'a file')} {delivered(repr(word))}"
    raise Refused(f"holds a {NAME} that calls {said}: it can be bulk, delta or absent.")


def _unpacked(content: bytes) -> bytes:
    try:
        return gzip.decompress(content) if content.startswith(_GZIP_MARK) else content
    except (OSError, EOFError, zlib.error) as error:
        raise Refused(f"holds a {NAME} that is a damaged gzip file: pack it again.") from error


def _key(declared: str) -> str:
    """A property as it is compared: `File.Users`, `file_users.csv` and `file.export/users` are one."""
    return _letters(re.split(r"[/\\]", _FILE_PROPERTY.sub("", declared, count=1))[-1]).removesuffix("csv")


def _letters(text: str) -> str:
    return re.sub(r"[\W_]", "", text.casefold())
