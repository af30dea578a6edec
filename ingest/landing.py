"""Landing: the bytes of every delivery, stored once, compressed and read-only, under their SHA-256.

Stays out: what the bytes mean, on which nights they arrived (`ingest.replay`).

The name is the checksum: whether landed bytes are still those that came can always be said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa

from common import disk_space, files
from common.damage import Damage
from ingest.deliveries import Arrival
from ingest.errors import IngestError, Refused

_CHUNK_BYTES = 4 << 20
_ZSTD_MARK = b"\x28\xb5\x2f\xfd"
REMEDY = "copy it back from a backup; without it the night on which it came cannot be run again from the lake"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def path_of(landing: Path, sha256: str) -> Path:
    """Path of the landed bytes with this SHA-256."""
    return landing / sha256[:2] / f"{sha256}.zst"


def land(source: Path, sha256: str, landing: Path) -> Path:
    """Store the bytes of `source`, whose SHA-256 this was; bytes that are landed already are not written again.

    The file appears complete or not at all, and survives a loss of power. Raises Refused where `source` has
    changed since it was hashed.
    """
    target = path_of(landing, sha256)
    if target.exists():
        _check(sha256_of(source), sha256)
        return target
    files.make_folder(target.parent, 0o700)
    with files.placing(target, 0o400) as partial:
        _check(_compress(source, partial), sha256)
    return target


def land_unread(arrivals: Iterable[Arrival], landing: Path) -> None:
    """Land the files that no feed reads (of no feed, refused, or outdated): a replay of the night needs them too."""
    for arrival in arrivals:
        if arrival.sha256 and (not arrival.feed or arrival.refusal or arrival.newer):
            try:
                land(Path(arrival.file), arrival.sha256, landing)
            except (Refused, OSError) as error:  # a file that changes or disappears meanwhile was not delivered
                if disk_space.is_full(error):
                    raise


def restore_bytes(landing: Path, sha256: str, target: Path) -> None:
    """Write landed bytes to `target`. Raises IngestError where they are missing or damaged."""
    landed, digest = path_of(landing, sha256), hashlib.sha256()
    try:
        with target.open("wb") as file:
            for chunk in _chunks(landed):
                digest.update(chunk)
                file.write(chunk)
    except (OSError, pa.ArrowException) as error:
        raise IngestError(
            f"The landed bytes {landed} cannot be read ({error}): restore them from a copy of the lake."
        ) from error
    if digest.hexdigest() != sha256:
        raise IngestError(f"The landed bytes {landed} have changed: restore them from a copy.")


def check(landing: Path, *, deep: bool) -> Iterator[Damage]:
    """The landed files that are not as they were written: empty, cut at their head; `deep`: of other bytes than those
    of their name.
    """
    for landed in sorted(landing.glob("??/[!.]*.zst")):
        what = _failure(landed, deep=deep)
        if what:
            yield Damage(landed, what, REMEDY)


def _failure(landed: Path, *, deep: bool) -> str | None:
    """What is the matter with a landed file, as the end of a sentence; None where it is sound."""
    digest = hashlib.sha256()
    try:
        with landed.open("rb") as file:
            if file.read(len(_ZSTD_MARK)) != _ZSTD_MARK:
                return "is not what was landed: it does not begin like a zstd file"
        for chunk in _chunks(landed) if deep else ():
            digest.update(chunk)
    except (OSError, pa.ArrowException):
        return "cannot be read to its end"
    return "does not hold the bytes of its name" if deep and digest.hexdigest() != landed.stem else None


def _chunks(landed: Path) -> Iterator[bytes]:
    with pa.input_stream(str(landed), compression="zstd") as compressed:
        while chunk := compressed.read(_CHUNK_BYTES):
            yield chunk


def _check(actual: str, expected: str) -> None:
    if actual != expected:
        raise Refused("changed while it was read: let the export finish, and the next night loads it.")


def _compress(source: Path, target: Path) -> str:
    digest = hashlib.sha256()
    with source.open("rb") as file, pa.output_stream(str(target), compression="zstd") as compressed:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
            compressed.write(chunk)
    return digest.hexdigest()
