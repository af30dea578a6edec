"""Landing: the bytes of every delivery, kept once.

Lives here: hashing a file, and keeping it compressed and read-only under its SHA-256.
Add here: reading landed bytes again, for a replay.
Stays out: what the bytes mean.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyarrow as pa

from ingest.errors import Refused

_CHUNK = 4 << 20


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place(landing: Path, sha256: str) -> Path:
    """Where bytes with this SHA-256 are kept."""
    return landing / sha256[:2] / f"{sha256}.zst"


def land(source: Path, sha256: str, landing: Path) -> Path:
    """Keep the bytes of `source`, which was found with this SHA-256; bytes that are there are not written
    again.

    The file appears whole or not at all, and survives a loss of power. Raises Refused where `source` has
    changed since it was found.
    """
    target = place(landing, sha256)
    if target.exists():
        _check(sha256_of(source), sha256)
        return target
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = target.with_name(f".{sha256}.{os.getpid()}")
    try:
        _check(_compress(source, fresh), sha256)
        fresh.chmod(0o400)
        _sync(fresh)
        fresh.replace(target)
        _sync(target.parent)
    finally:
        fresh.unlink(missing_ok=True)
    return target


def _check(found: str, expected: str) -> None:
    if found != expected:
        raise Refused("changed while it was read: let the export finish, and the next night takes it.")


def _compress(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file, pa.output_stream(str(target), compression="zstd") as packed:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
            packed.write(chunk)
    return digest.hexdigest()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
