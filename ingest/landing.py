"""Landing: the bytes of every delivery, kept once.

Lives here: hashing a file, keeping it compressed and read-only under its SHA-256, and giving it back.
Add here: another way in which bytes are kept.
Stays out: what the bytes mean, which nights they came in (`replay`).
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from ingest.deliveries import Arrival
from ingest.errors import IngestError, Refused

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


def keep(arrivals: Iterable[Arrival], landing: Path) -> None:
    """Land what no feed will read, since it is nobody's or refused: a replay of the night has to find it too."""
    for arrival in arrivals:
        if arrival.sha256 and (not arrival.feed or arrival.refusal is not None):
            with contextlib.suppress(Refused, OSError):  # what changes or goes away meanwhile was not delivered
                land(Path(arrival.file), arrival.sha256, landing)


def give_back(landing: Path, sha256: str, target: Path) -> None:
    """Write landed bytes to `target`. Raises IngestError where they are not in the landing as they were kept."""
    digest = hashlib.sha256()
    try:
        with pa.input_stream(str(place(landing, sha256)), compression="zstd") as packed, target.open("wb") as file:
            while chunk := packed.read(_CHUNK):
                digest.update(chunk)
                file.write(chunk)
    except OSError as error:
        raise IngestError(
            f"The landed bytes {place(landing, sha256)} cannot be read ({error}): restore them from a copy of the lake."
        ) from error
    if digest.hexdigest() != sha256:
        raise IngestError(f"The landed bytes {place(landing, sha256)} have changed: restore them from a copy.")


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
