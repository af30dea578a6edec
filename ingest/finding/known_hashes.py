"""The SHA-256 of the inbox's files, remembered from night to night, so that a file that lies there is not hashed again.

A file is known by its path, size, inode, device and both its times: a time that was copied back changes the other one.
Add here: another sign by which a changed file shows.
Stays out: what is new (`ingest.finding.unchanged_files`). That bytes are read as they were hashed is seen by landing.

The state may be lost at any time: what is missing, damaged or doubtful is hashed. Nothing of it is a delivery's.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

from common import files
from ingest import landing

YOUNG_SECONDS = 60  # a file changed less long ago may change again within one tick of its clock, or of a share's
ROUND_NIGHTS = 7  # within which every file is hashed once, whatever the clock and the inodes of a share say

_Identity = tuple[int, int, int, int, int]


class KnownHashes:
    """The hashes of one night. `state`: the file that remembers them; None: nothing is remembered."""

    def __init__(self, state: Path | None, night: date, now: Callable[[], int] = time.time_ns) -> None:
        self._state, self._night, self._now = state, night, now
        self._known = _read(state) if state else {}
        self._seen: dict[str, tuple[_Identity, str]] = {}

    def sha256_of(self, path: Path, path_below: str) -> str:
        """SHA-256 of a file, which lies at `path_below` in the inbox. Raises OSError."""
        begin, identity = self._now(), _identity(path.lstat())
        known, sha256 = self._known.get(path_below, (None, ""))
        if known != identity or self._is_due(path_below):
            sha256 = landing.sha256_of(path)
            if _identity(path.lstat()) != identity or _changed_at(identity) > begin - YOUNG_SECONDS * 10**9:
                return sha256
        self._seen[path_below] = identity, sha256
        return sha256

    def save(self) -> None:
        """Remember the hashes of the files that lie in the inbox tonight, and no others."""
        if self._state and self._seen != self._known:
            content = {path: [*identity, sha256] for path, (identity, sha256) in sorted(self._seen.items())}
            files.write_json(self._state, {"checksum": _checksum(content), "files": content}, 0o600)

    def _is_due(self, path_below: str) -> bool:
        """Whether it is this file's night to be hashed whatever is known of it."""
        return zlib.crc32(path_below.encode()) % ROUND_NIGHTS == self._night.toordinal() % ROUND_NIGHTS


def _read(state: Path) -> dict[str, tuple[_Identity, str]]:
    """What a file remembers; nothing where it is missing or damaged."""
    record = files.read_record(state) or {}
    content = record.get("files")
    if not isinstance(content, dict) or record.get("checksum") != _checksum(content):
        return {}
    return {path: (tuple(identity), sha256) for path, (*identity, sha256) in content.items()}


def _checksum(content: object) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _identity(state: os.stat_result) -> _Identity:
    return state.st_size, state.st_mtime_ns, state.st_ctime_ns, state.st_ino, state.st_dev


def _changed_at(identity: _Identity) -> int:
    """The later of its times, in nanoseconds: when it was last written, named, or given another time."""
    return max(identity[1], identity[2])
