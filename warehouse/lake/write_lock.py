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


def writer(lake: Lake) -> str:
    """Who holds the write lock, in words; empty where none does, or this process itself."""
    if lake.lock.resolve() in _entry_counts:
        return ""
    with suppress(OSError, UnicodeDecodeError), lake.lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return file.read(200).decode()
    return ""


def _acquire(lake: Lake, by: date | str) -> int:
    descriptor = os.open(lake.lock, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise LakeBusy(
            f"The lake {lake.root} is being written by {writer(lake) or 'another night'}: wait until it ends, then "
            "start again."
        ) from error
    name = by if isinstance(by, str) else f"the night {by}"
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{name} (process {os.getpid()})".encode(), 0)
    return descriptor
