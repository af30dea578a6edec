"""The write lock of a lake: one writer at a time."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date
from pathlib import Path

from warehouse.errors import LakeBusy
from warehouse.lake.paths import Lake

_entry_counts: dict[Path, int] = {}  # lock file -> nesting depth in this process


@contextmanager
def write_lock(lake: Lake, by: date | str) -> Iterator[None]:
    """Hold the lake's write lock for a night, by its date, or for another writer, by its name in a sentence; reentrant
    within a process.

    The kernel releases it when the process ends, however it ends. Raises LakeBusy.
    """
    path = lake.lock.resolve()
    descriptor = -1 if path in _entry_counts else _acquire(lake, by)
    _entry_counts[path] = _entry_counts.get(path, 0) + 1
    try:
        yield
    finally:
        _entry_counts[path] -= 1
        if not _entry_counts[path]:
            del _entry_counts[path]
        if descriptor >= 0:
            os.close(descriptor)


def holder_of(lake: Lake) -> str:
    """Who has the write lock, or had it last, in words that end with the process; empty where that cannot be read."""
    with suppress(OSError, UnicodeDecodeError):
        return lake.lock.read_bytes()[:200].decode()
    return ""


def _acquire(lake: Lake, by: date | str) -> int:
    descriptor = os.open(lake.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        holder = holder_of(lake) or "another night"
        os.close(descriptor)
        raise LakeBusy(
            f"The lake {lake.root} is being written by {holder}: wait until it ends, then start again."
        ) from error
    name = by if isinstance(by, str) else f"the night {by}"
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{name} (process {os.getpid()})".encode(), 0)
    return descriptor
