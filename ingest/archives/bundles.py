"""Bundles: directories delivered complete, of which a feed reads one file (a lower level's release); the others are
companions, and the manifest declares the file's row count.

Stays out: walking the inbox (`ingest.finding.inbox`), zips (`ingest.archives.zip_files`), reading the file.
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
from ingest.tables.row_buffer import FileRows
from registry.model import Bundle, Feed

COMPANION = "companion"  # the reason under which a companion is skipped; its rows are not counted
_MAX_MANIFEST_BYTES = 16 << 20
_REMEDY = "copy the complete release directory again"


def companion_name(feeds: Sequence[Feed], path: str) -> str | None:
    """The name under which a companion is recorded, by its path below the inbox or in a zip: its directory and the
    pattern it matches, so that all files of a directory are one entry. None for all other files.
    """
    for bundle in (feed.bundle for feed in feeds if feed.bundle):
        root, pattern = _directory_and_pattern(bundle, path)
        if pattern not in ("", bundle.file):
            return str(root / pattern)
    return None


def is_manifest(feeds: Sequence[Feed], path: str) -> bool:
    """Whether a file is the manifest of a bundle, which is read and so must be landed."""
    return any(feed.bundle and _directory_and_pattern(feed.bundle, path)[1] == feed.bundle.manifest for feed in feeds)


def declared_rows(feed: Feed, path: str, read_bytes: Callable[[str], bytes | None]) -> int | None:
    """Row count that the manifest of a bundle declares for its file; None for a file of no bundle.

    `read_bytes` gives the bytes of the file at a path, None where there is none. Raises Refused where the manifest is
    missing or declares no count.
    """
    bundle = feed.bundle
    if bundle is None or (location := _directory_and_pattern(bundle, path))[1] != bundle.file:
        return None
    content = read_bytes(str(location[0] / bundle.manifest))
    if content is None:
        raise Refused(f"has no {bundle.manifest} in its directory, which would declare its row count: {_REMEDY}.")
    try:
        count = json.loads(content)
        for key in bundle.rows:
            count = count[key]
    except (ValueError, LookupError, TypeError, RecursionError):
        count = None
    if type(count) is not int:
        keys = ".".join(bundle.rows)
        raise Refused(f"has a {bundle.manifest} that does not declare its row count ({keys}): {_REMEDY}.")
    return count


def check_row_count(declared: int | None, inputs: list[FileRows]) -> list[FileRows]:
    """The rows read of a file, unchanged. Raises Refused where its manifest declares another number of rows."""
    count = sum(file_rows.delivery.rows_read or 0 for file_rows in inputs)
    if declared is not None and declared != count:
        raise Refused(f"holds {count} rows, and its manifest declares {declared}: {_REMEDY}.")
    return inputs


def member_bytes(zipped: zipfile.ZipFile, members: Sequence[zip_files.Member], name: str) -> bytes | None:
    """The bytes of a file in a zip, of reasonable size; None where there is none."""
    entry = next((m.entry for m in members if m.name == name), None)
    return zipped.read(entry) if entry is not None and entry.file_size <= _MAX_MANIFEST_BYTES else None


def plain_file_bytes(path: Path) -> bytes | None:
    """The bytes of a plain file of reasonable size; None of anything else."""
    try:
        state = path.lstat()
        return path.read_bytes() if stat.S_ISREG(state.st_mode) and state.st_size <= _MAX_MANIFEST_BYTES else None
    except OSError:
        return None


def _directory_and_pattern(bundle: Bundle, path: str) -> tuple[PurePosixPath, str]:
    """The directory of a bundle, and the pattern of it that a file matches; '' where it matches none. The directory may
    be at any depth: the uppermost one from which the path matches counts.
    """
    parts = PurePosixPath(path).parts
    for depth in range(len(parts)):
        rest = "/".join(parts[depth:])
        for pattern in (bundle.file, bundle.manifest, *bundle.beside):
            if fnmatchcase(rest, pattern):
                return PurePosixPath(*parts[:depth]), pattern
    return PurePosixPath(), ""
