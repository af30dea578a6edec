"""Changes to how a file is packed: what lies in an archive is read, or a sentence says why not.

Lives here: archives with folders of any kind, other files beside the table, archives in archives, parts of a table.
Add here: another way of packing.
Stays out: bundles of a standard with their manifest (`bundles`).
"""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import PurePosixPath
from random import Random

from tests.ingest.makers import zip_of
from tests.mutations.drafts import TEXTS
from tests.mutations.law.delivered import Delivered, LawMutator


def _zipped(path: str) -> str:
    return str(PurePosixPath(path).with_suffix(".zip"))


def _member(d: Delivered, path: str) -> str:
    """The name of a member: the feed's own where it has one."""
    return next(iter(d.feed.members), PurePosixPath(path).name)


def folders(draw: Random, d: Delivered) -> bool:
    """Folders of Windows, of a Mac, or several."""
    form = draw.choice(["导出\\2025\\{}", "a/b/c/d/{}", "./{}", "导出 数据/{}", "学校(1)\\{}", "{}"])
    d.pack = lambda path, content: {_zipped(path): zip_of({form.format(_member(d, path)): content})}
    return True


def names_in_gbk(draw: Random, d: Delivered) -> bool:
    """A Chinese archiver writes its names in GBK and does not say so."""

    def pack(path: str, content: bytes) -> dict[str, bytes]:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            entry = zipfile.ZipInfo(f"导出/{_member(d, path)}".encode("gbk").decode("cp437"))
            archive.writestr(entry, content, zipfile.ZIP_DEFLATED)
        return {_zipped(path): buffer.getvalue()}

    d.pack = pack
    return True


def beside_other_files(draw: Random, d: Delivered) -> bool:
    """A readme, a picture, hidden files of a desktop: none of them is the table, none keeps it out."""
    others = {
        "readme.txt": b"please read", "__MACOSX/._x.csv": b"\0\0", ".DS_Store": b"\0\0\0\1", "desktop.ini": b"[x]",
        "Thumbs.db": b"\xd0\xcf", "说明.docx": b"PK\x03\x04 none", "logo.png": b"\x89PNG\r\n", "空/": b"",
    }  # fmt: skip
    chosen = draw.sample(sorted(others), draw.randrange(1, 4))
    d.pack = lambda path, content: {
        _zipped(path): zip_of({**{name: others[name] for name in chosen}, _member(d, path): content})
    }
    return d.uncertain(*chosen, *(PurePosixPath(name).name.lower() for name in chosen))


def archive_in_archive(draw: Random, d: Delivered) -> bool:
    """A zip inside a zip is read, or a sentence says so."""
    d.pack = lambda path, content: {_zipped(path): zip_of({"内.zip": zip_of({f"导出/{_member(d, path)}": content})})}
    return d.uncertain("zip", "archive")


def gzipped(draw: Random, d: Delivered) -> bool:
    if d.form not in TEXTS:
        return False
    d.pack = lambda path, content: {f"{path}.gz": gzip.compress(content, mtime=0)}
    return True


def tarred(draw: Random, d: Delivered) -> bool:
    """A tar is read, or a sentence says what to send."""

    def pack(path: str, content: bytes) -> dict[str, bytes]:
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
            entry = tarfile.TarInfo(PurePosixPath(path).name)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
        return {str(PurePosixPath(path).with_suffix(".tar.gz")): buffer.getvalue()}

    d.pack = pack
    return d.uncertain("zip", "format", "table", "header")


def wrong_ending(draw: Random, d: Delivered) -> bool:
    """The ending of its name does not fit."""
    ending = draw.choice([".dat", ".txt", ".XLS", ".CSV", ".xlsx", ".bak", ""])
    if d.good.scope is not None and ending == "":
        return False
    d.pack = lambda path, content: {str(PurePosixPath(path).with_suffix(ending)): content}
    return True


def copied(draw: Random, d: Delivered) -> bool:
    """The table stands twice in its archive: everybody is there once."""
    if d.feed.members:
        return False
    form = draw.choice(["{} - 副本", "{}(1)", "旧/{}"])

    def pack(path: str, content: bytes) -> dict[str, bytes]:
        name = PurePosixPath(_member(d, path))
        return {_zipped(path): zip_of({str(name): content, f"{form.format(name.stem)}{name.suffix}": content})}

    d.pack = pack
    d.is_counted = False
    return d.uncertain()


def in_parts(draw: Random, d: Delivered) -> bool:
    """The table in two files of one archive, each with the header: all rows are delivered."""
    if d.feed.members or d.form not in ("csv", "jsonl") or d.above or d.spoil or d.below_header:
        return False
    half = len(d.lines) // 2
    lines = d.lines

    def pack(path: str, _: bytes) -> dict[str, bytes]:
        parts, pack, kept = {}, d.pack, d.lines
        d.pack = None
        for n, some in enumerate((lines[:half], lines[half:]), 1):
            d.lines = some
            (parts[f"{PurePosixPath(path).stem}_{n}{PurePosixPath(path).suffix}"],) = d.files().values()
        d.pack, d.lines = pack, kept
        return {_zipped(path): zip_of(parts)}

    d.pack = pack
    return d.uncertain()


ALL: tuple[LawMutator, ...] = (
    folders, folders, names_in_gbk, beside_other_files, archive_in_archive, gzipped, tarred, wrong_ending, copied,
    in_parts,
)  # fmt: skip
