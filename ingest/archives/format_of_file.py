"""The format of a file, by its first bytes and not by its name; unread formats are refused.

Add here: another format (and its reader in `ingest.readers`).
Stays out: reading a table.
"""

from __future__ import annotations

import os
import zipfile
from pathlib import Path
from typing import Literal

from ingest.archives import bounds, zip_files
from ingest.decoding import encodings
from ingest.errors import Refused

Kind = Literal["zip", "gzip", "xlsx", "xlsb", "ods", "xls", "html", "spreadsheet_xml", "json", "parquet", "text"]

_HEAD_BYTES = 4096
_UNREAD_FORMATS = {
    b"%PDF": "a PDF document",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf": "a 7-Zip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
    b"\x89PNG": "an image",
    b"\xff\xd8\xff": "an image",
    b"SQLite": "a database",
    b"PARE": "a Parquet file under encryption",
}
_WORKBOOK_PARTS = {"xl/workbook.bin", "xl/workbook.xml", "content.xml"}
_NOTHING = b"\xef\xbb\xbf \t\r\n\x00"
_PARQUET_MAGIC = b"PAR1"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def is_empty(path: Path) -> bool:
    """Whether a file holds nothing but blanks and a byte order mark."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return not head.strip(_NOTHING)


def kind_of(path: Path) -> Kind:
    """The format of a file. Raises Refused where it is empty, locked, or of a format that is not read."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head.strip(_NOTHING):
        raise Refused("is empty, which is not the same as a delivery without rows: export it again.")
    for magic, what in _UNREAD_FORMATS.items():
        if head.startswith(magic):
            raise Refused(f"is {what}: send the table as csv, xlsx, json or a zip of these.")
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    if head.startswith(b"PK"):
        return _kind_of_zip(path)
    if head.startswith(_PARQUET_MAGIC):
        return _kind_of_parquet(path)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        return _kind_of_compound_file(path)
    return _kind_of_text(head)


def _kind_of_zip(path: Path) -> Kind:
    zip_files.refuse_long_list(path)
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
            if names & _WORKBOOK_PARTS:
                zip_files.refuse_large(archive, bounds.MAX_WORKBOOK_BYTES)
    except (zipfile.BadZipFile, OSError, ValueError) as error:
        raise Refused("is truncated or damaged, since its zip directory cannot be read: send it again.") from error
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names:
        return "xlsx"
    if "content.xml" in names and "mimetype" in names:
        return "ods"
    if "[Content_Types].xml" in names:
        raise Refused("is an Office document without sheets: send the table as xlsx or csv.")
    return "zip"


def _kind_of_parquet(path: Path) -> Kind:
    with path.open("rb") as file:
        file.seek(-min(path.stat().st_size, len(_PARQUET_MAGIC)), os.SEEK_END)
        if path.stat().st_size < 2 * len(_PARQUET_MAGIC) or file.read() != _PARQUET_MAGIC:
            raise Refused("is truncated, since a Parquet file ends with PAR1: send it again.")
    return "parquet"


def _kind_of_compound_file(path: Path) -> Kind:
    content = path.read_bytes()
    if "EncryptedPackage".encode("utf-16-le") in content:
        raise Refused("is protected by a password: save it without one.")
    if not any(part.encode("utf-16-le") in content for part in ("Workbook", "Book")):
        raise Refused("is an Office document without sheets, or truncated: send the table as xlsx or csv.")
    return "xls"


def _kind_of_text(head: bytes) -> Kind:
    if head.startswith(_UTF16_MARKS):
        head = head.decode("utf-16", "ignore").encode("utf-8", "ignore")
    elif codec := encodings.utf16_codec(head):  # without a mark; 学 begins with the byte of [ then
        head = head.decode(codec, "ignore").encode("utf-8", "ignore")
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1024].lower()
    if start.startswith(b"<"):
        spreadsheet = b"urn:schemas-microsoft-com:office:spreadsheet" in start or b'progid="excel.sheet"' in start
        if spreadsheet and b"<html" not in start:
            return "spreadsheet_xml"
        if b"<html" in start or b"<table" in start or b"<!doctype html" in start or b"<head" in start:
            return "html"
        raise Refused("is an XML file, which is not read: save the table as xlsx or csv.")
    if start.startswith((b"{", b"[")):
        return "json"
    return "text"
