"""Zip and gzip files: their members and safe extraction, also of hostile or damaged archives.

Names inside an archive never become paths.
Stays out: how much an archive may ask (`ingest.archives.bounds`), the feed of a member
(`ingest.finding.feed_of_file`), its rows (`ingest.readers`).
"""

from __future__ import annotations

import gzip
import lzma
import os
import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from common import disk_space
from common.delivered_text import delivered
from ingest.archives import bounds
from ingest.errors import Refused
from ingest.name_as_text import without_controls

_CHUNK_BYTES = 1 << 20
_END = struct.Struct("<4s4H2LH")  # of central directory: signature, two disks, members here and in all, bytes, …
_ZIP64_END = struct.Struct("<4sQ2H2L4Q")  # the same with room for more: …, members here and in all, bytes, …
_NO_ROOM_16, _NO_ROOM_32 = 0xFFFF, 0xFFFFFFFF  # what the end record says where a ZIP64 record has the number
_ZIP64_LOCATOR = struct.Struct("<4sLQL")  # between the two: signature, disk and place of the ZIP64 record, disks
_MAX_COMMENT_BYTES = 1 << 16
_UTF8_NAME_FLAG = 0x800
_ENCRYPTED_FLAG = 0x1
_DAMAGE_ERRORS = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError)


@dataclass(frozen=True)
class Member:
    """A file inside a zip: its name as a person reads it, and its entry."""

    name: str
    entry: zipfile.ZipInfo

    @property
    def basename(self) -> str:
        """The name without folders, in lower case."""
        return PurePosixPath(self.name).name.lower()

    @property
    def is_folder(self) -> bool:
        """Whether it is an entry for a folder, which holds no bytes of its own."""
        return self.name.endswith("/") and not self.entry.file_size


@contextmanager
def open_zip(path: Path) -> Iterator[zipfile.ZipFile]:
    """The archive, for reading. Raises Refused where it is damaged, or lists more members than a night takes."""
    refuse_long_list(path)
    unreadable = "is a damaged zip, or one packed in an unusual way: pack it again."
    with _refused_on_damage(unreadable), zipfile.ZipFile(path) as archive:
        yield archive


def members(archive: zipfile.ZipFile) -> list[Member]:
    """The files inside, by name, without folders and hidden files. Raises Refused where the archive is not safe."""
    all_members = [member for entry in archive.infolist() if not (member := Member(_name(entry), entry)).is_folder]
    for member in all_members:
        _refuse_unsafe(member)
    refuse_large(archive, bounds.MAX_UNPACKED_BYTES)
    visible = [m for m in all_members if not _is_hidden(m.name)]
    names = [m.name for m in visible]
    repeated_name = next((n for n in names if names.count(n) > 1), None) if len(set(names)) < len(names) else None
    if repeated_name:
        raise Refused(f"holds two files named {delivered(repeated_name)}: pack it again.")
    return sorted(visible, key=lambda m: m.name)


def refuse_long_list(path: Path) -> None:
    """Raise Refused by the end of a zip, before its list of members is read: one of millions would fill the memory."""
    with path.open("rb") as file:
        tail_start = file.seek(max(0, file.seek(0, os.SEEK_END) - _END.size - _MAX_COMMENT_BYTES))
        tail = file.read()
        start = tail.rfind(b"PK\x05\x06")
        if start < 0 or len(tail) < start + _END.size:
            return  # damaged, as its reader will say
        _, _, _, _, count, list_bytes, _, _ = _END.unpack_from(tail, start)
        zip64_lists = list(_zip64_lists(file, tail_start + start))
    # A ZIP64 record speaks only for what the end record has no room for; readers differ on which of two they believe.
    counts = [each for each, _ in zip64_lists] + [count] * (not zip64_lists or count != _NO_ROOM_16)
    sizes = [each for _, each in zip64_lists] + [list_bytes] * (not zip64_lists or list_bytes != _NO_ROOM_32)
    if max(counts) > bounds.MAX_MEMBERS:
        raise Refused(_many_members(max(counts)))
    if max(sizes) > bounds.MAX_DIRECTORY_BYTES:
        raise Refused(f"has a list of files of more than {bounds.MAX_DIRECTORY_BYTES >> 20} MiB: send it in parts.")


def _zip64_lists(file: IO[bytes], end: int) -> Iterator[tuple[int, int]]:
    """Members, and bytes of their list, by the ZIP64 record of an archive whose end record, at `end`, has no room for
    them: where its locator says, and right before that, since readers differ; nothing where there is none.
    """
    last = end - _ZIP64_LOCATOR.size - _ZIP64_END.size
    if last < 0:
        return
    file.seek(end - _ZIP64_LOCATOR.size)
    signature, _, place, _ = _ZIP64_LOCATOR.unpack(file.read(_ZIP64_LOCATOR.size))
    for start in {last, min(place, last)} if signature == b"PK\x06\x07" else ():
        file.seek(start)
        signature, *_, count, list_bytes, _ = _ZIP64_END.unpack(file.read(_ZIP64_END.size))
        if signature == b"PK\x06\x06":
            yield count, list_bytes


def refuse_large(archive: zipfile.ZipFile, max_bytes: int) -> None:
    """Raise Refused where an archive, or a workbook that is one, unpacks to more than a night takes."""
    entries = archive.infolist()
    if len(entries) > bounds.MAX_MEMBERS:
        raise Refused(_many_members(len(entries)))
    for entry in entries:
        limit = max(bounds.UNLIMITED_RATIO_BYTES, bounds.MAX_RATIO * entry.compress_size)
        if entry.file_size > limit:
            shown = delivered(_name(entry), "a file")
            raise Refused(
                f"holds {shown}, which unpacks to {bounds.MAX_RATIO} times its size or more: send the plain file."
            )
    if sum(entry.file_size for entry in entries) > max_bytes:
        raise Refused(f"unpacks to more than {max_bytes >> 30} GiB: send it in parts.")


def extract(archive: zipfile.ZipFile, member: Member, target: Path) -> Path:
    """Unpack one member to `target`; never more bytes than it declares, which `members` has limited. Raises Refused."""
    damaged = "is damaged inside the zip: pack it again."
    with _refused_on_damage(damaged), archive.open(member.entry) as source, target.open("wb") as file:
        shutil.copyfileobj(source, file, _CHUNK_BYTES)
    return target


def gunzip(path: Path, target: Path) -> Path:
    """Unpack a gzip file to `target`. Raises Refused where it is damaged or unpacks to too much."""
    max_bytes = max(
        bounds.UNLIMITED_RATIO_BYTES, min(bounds.MAX_UNPACKED_BYTES, bounds.MAX_RATIO * path.stat().st_size)
    )
    size = 0
    damaged = "is a damaged gzip file: pack it again."
    with _refused_on_damage(damaged), gzip.open(path) as source, target.open("wb") as file:
        while chunk := source.read(_CHUNK_BYTES):
            size += len(chunk)
            if size > max_bytes:
                raise Refused(f"unpacks to {bounds.MAX_RATIO} times its size or more: send the plain file.")
            file.write(chunk)
    return target


@contextmanager
def _refused_on_damage(sentence: str) -> Iterator[None]:
    """Raise Refused with this sentence where the block meets damage; a full disk is none."""
    try:
        yield
    except _DAMAGE_ERRORS as error:
        if disk_space.is_full(error):
            raise
        raise Refused(sentence) from error


def _many_members(count: int) -> str:
    return f"holds {count:,} files or more, and {bounds.MAX_MEMBERS:,} are read: send it in parts."


def _name(entry: zipfile.ZipInfo) -> str:
    r"""The name of an entry, its folders before `/`: archivers of Windows (.NET, PowerShell 5, WinRAR) write `\\`."""
    name = _decoded_name(entry).replace("\\", "/")  # after decoding, for 0x5C may be half a character of GBK
    return without_controls(name)


def _decoded_name(entry: zipfile.ZipInfo) -> str:
    """Chinese archivers write GBK where the zip standard says cp437."""
    if entry.flag_bits & _UTF8_NAME_FLAG:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _refuse_unsafe(member: Member) -> None:
    name, entry = member.name, member.entry
    parts = PurePosixPath(name).parts
    if not parts or name.startswith("/") or ".." in parts or ":" in parts[0] or "\0" in entry.orig_filename:
        shown = delivered(repr(name))
        raise Refused(f"holds a file whose name leads outside the zip ({shown}): pack it again from its folder.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Refused(f"holds a symbolic link ({delivered(name)}): pack the file itself.")
    if entry.flag_bits & _ENCRYPTED_FLAG:
        raise Refused("is protected by a password: pack it without one.")


def _is_hidden(name: str) -> bool:
    """Whether a file is what systems put beside a person's files: of folders, or of a workbook that is open (~$)."""
    parts = PurePosixPath(name).parts
    return any(p.startswith((".", "~$")) or p == "__MACOSX" for p in parts) or parts[-1].lower() in (
        "thumbs.db",
        "desktop.ini",
    )
