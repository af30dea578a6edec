"""Directories that are delivered whole, of which one file is a feed's: a lower level's release.

Lives here: what of such a directory is passed over, and what its manifest says of the file.
Add here: another thing that a manifest tells.
Stays out: walking the inbox (`inbox`), zips (`zip_files`), reading the file.
"""

from __future__ import annotations

import json
import stat
import zipfile
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from ingest.archives import zip_files
from ingest.errors import Refused
from ingest.tables.row_buffer import Read
from registry.model import Bundle, Feed

COMPANION = "companion"  # the reason under which it is passed over; none of its rows is counted
_MOST = 16 << 20  # bytes of a manifest
_REMEDY = "copy the release directory whole again"


def beside(feeds: Sequence[Feed], path: str) -> str | None:
    """Under which name a file that travels beside a bundle's own is entered, by its path below the inbox or in a zip:
    its directory and the pattern it fits, so that the many files of a directory are one. None for all others.
    """
    for bundle in (feed.bundle for feed in feeds if feed.bundle):
        root, pattern = _place(bundle, path)
        if pattern not in ("", bundle.file):
            return str(root / pattern)
    return None


def is_manifest(feeds: Sequence[Feed], path: str) -> bool:
    """Whether a file is the manifest of a bundle, which is read, and so has to be kept."""
    return any(feed.bundle and _place(feed.bundle, path)[1] == feed.bundle.manifest for feed in feeds)


def rows_told(feed: Feed, path: str, read: Callable[[str], bytes | None]) -> int | None:
    """How many rows the manifest says that a bundle's file has; None of a file that is no bundle's.

    `read` gives the bytes of a file that lies at a path, None where there is none. Raises Refused where the manifest
    is missing or does not tell.
    """
    bundle = feed.bundle
    if bundle is None or (place := _place(bundle, path))[1] != bundle.file:
        return None
    content = read(str(place[0] / bundle.manifest))
    if content is None:
        raise Refused(f"has no {bundle.manifest} in its directory, which would tell its rows: {_REMEDY}.")
    try:
        told = json.loads(content)
        for key in bundle.rows:
            told = told[key]
    except (ValueError, LookupError, TypeError, RecursionError):
        told = None
    if type(told) is not int:
        raise Refused(f"has a {bundle.manifest} that does not tell its rows ({'.'.join(bundle.rows)}): {_REMEDY}.")
    return told


def agreed(told: int | None, reads: list[Read]) -> list[Read]:
    """What was read of a file. Raises Refused where its manifest tells another number of rows."""
    count = sum(read.delivery.rows_read or 0 for read in reads)
    if told is not None and told != count:
        raise Refused(f"holds {count} rows and its manifest tells {told}: {_REMEDY}.")
    return reads


def member(zipped: zipfile.ZipFile, found: Sequence[zip_files.Member], name: str) -> bytes | None:
    """The bytes of a file in a zip, of reasonable size; None where there is none."""
    entry = next((m.entry for m in found if m.name == name), None)
    return zipped.read(entry) if entry is not None and entry.file_size <= _MOST else None


def plain(path: Path) -> bytes | None:
    """The bytes of a plain file of reasonable size; None of anything else."""
    try:
        state = path.lstat()
        return path.read_bytes() if stat.S_ISREG(state.st_mode) and state.st_size <= _MOST else None
    except OSError:
        return None


def _place(bundle: Bundle, path: str) -> tuple[PurePosixPath, str]:
    """The directory of a bundle, and the pattern by which a file belongs to it; '' where it does not. The directory
    may lie at any depth: the uppermost from which the path fits counts.
    """
    parts = PurePosixPath(path).parts
    for depth in range(len(parts)):
        rest = "/".join(parts[depth:])
        for pattern in (bundle.file, bundle.manifest, *bundle.beside):
            if fnmatchcase(rest, pattern):
                return PurePosixPath(*parts[:depth]), pattern
    return PurePosixPath(), ""
