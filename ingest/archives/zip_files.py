"""Zip files: what is in them, and taking it out safely.

Lives here: the limits that keep a hostile or broken archive from harming the night, and extraction by content
(the names inside never become paths).
Add here: another kind of archive.
Stays out: what a member means (`feed_of_file`, `oneroster_manifest`, `readers`).
"""

from __future__ import annotations

import gzip
import lzma
import shutil
import stat
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.errors import Refused

MAX_MEMBERS = 10_000
MAX_BYTES = 16 << 30  # of all members, unpacked
MAX_RATIO = 250  # unpacked to packed, of a member beyond `_SMALL`
_SMALL = 32 << 20
_CHUNK = 1 << 20
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Member:
    """A file inside a zip: its name as a person reads it, and its entry."""

    name: str
    entry: zipfile.ZipInfo

    @property
    def basename(self) -> str:
        """The name without folders, in lower case."""
        return PurePosixPath(self.name).name.lower()


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, for reading. Raises Refused where it is damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except _BROKEN as error:
        raise Refused("is a damaged zip, or one packed in an unusual way: pack it again.") from error


def members(archive: zipfile.ZipFile) -> list[Member]:
    """The files inside, by name; folders and hidden files are passed over. Raises Refused where it is not
    safe.
    """
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MAX_MEMBERS:
        raise Refused(f"holds {len(entries)} files, more than {MAX_MEMBERS}: send it in parts.")
    found = [Member(_name(entry), entry) for entry in entries]
    for member in found:
        _refuse_unsafe(member)
    if sum(m.entry.file_size for m in found) > MAX_BYTES:
        raise Refused(f"unpacks to more than {MAX_BYTES >> 30} GiB: send it in parts.")
    shown = [m for m in found if not _hidden(m.name)]
    names = [m.name for m in shown]
    twice = next((n for n in names if names.count(n) > 1), None) if len(set(names)) < len(names) else None
    if twice:
        raise Refused(f"holds two files named {twice}: pack it again.")
    return sorted(shown, key=lambda m: m.name)


def extract(archive: zipfile.ZipFile, member: Member, target: Path) -> Path:
    """Unpack one member to `target`; never more than it declares, which was limited. Raises Refused."""
    try:
        with archive.open(member.entry) as source, target.open("wb") as file:
            shutil.copyfileobj(source, file, _CHUNK)
    except _BROKEN as error:
        raise Refused("is damaged inside the zip: pack it again.") from error
    return target


def gunzip(path: Path, target: Path) -> Path:
    """Unpack a gzip file to `target`. Raises Refused where it is damaged or unpacks to too much."""
    most = max(_SMALL, min(MAX_BYTES, MAX_RATIO * path.stat().st_size))
    size = 0
    try:
        with gzip.open(path) as source, target.open("wb") as file:
            while chunk := source.read(_CHUNK):
                size += len(chunk)
                if size > most:
                    raise Refused(f"unpacks to {MAX_RATIO} times its size or more: send the plain file.")
                file.write(chunk)
    except _BROKEN as error:
        raise Refused("is a damaged gzip file: pack it again.") from error
    return target


def _name(entry: zipfile.ZipInfo) -> str:
    """The name; Chinese archivers write GBK where the zip standard says cp437."""
    if entry.flag_bits & _UTF8_NAME:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _refuse_unsafe(member: Member) -> None:
    name, entry = member.name, member.entry
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if not parts or name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in entry.orig_filename:
        raise Refused(f"holds a file whose name leads outside the zip ({name!r}): pack it again from its folder.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"holds a symbolic link ({name}): pack the file itself.")
    if entry.flag_bits & _ENCRYPTED:
        raise Refused("is protected by a password: pack it without one.")
    if entry.file_size > _SMALL and entry.file_size > MAX_RATIO * max(entry.compress_size, 1):
        raise Refused(f"holds {name}, which unpacks to {MAX_RATIO} times its size or more: send the plain file.")


def _hidden(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return any(p.startswith(".") or p == "__MACOSX" for p in parts) or parts[-1].lower() in (
        "thumbs.db",
        "desktop.ini",
    )
