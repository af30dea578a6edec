"""Disk space: whether an error says that a disk is full, and how much is free where.

Stays out: what nights have used of it (`warehouse.lake.disk_use`), the words of other errors (`common.failures`).

A disk that is full is nobody's file's fault: whoever refuses a file for an error of reading asks `is_full` first.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MIB = 1 << 20
LITTLE = 8 * MIB  # free, at which a disk is taken for full
_NUMBERS = (errno.ENOSPC, errno.EDQUOT)
# as the system, DuckDB (a spill that may not grow: a share of what is free), SQLite and others say it
_WORDS = ("no space left on device", "disk quota exceeded", "max_temp_directory_size", "database or disk is full",
          "out of disk")  # fmt: skip


@dataclass(frozen=True)
class Space:
    """The filesystem of a folder: its size and what is free for this user, in bytes."""

    folder: Path
    size: int
    free: int

    def __str__(self) -> str:
        return f"{self.free / MIB:,.0f} MiB of {self.size / MIB:,.0f} MiB are free under {self.folder}"


def space_of(path: Path) -> Space:
    """The filesystem of a path, or of the nearest folder above it that exists."""
    folder = next(p for p in (path, *path.parents) if p.exists())
    state = os.statvfs(folder)
    return Space(folder, state.f_blocks * state.f_frsize, state.f_bavail * state.f_frsize)


def is_full(error: BaseException) -> bool:
    """Whether an error, or what caused it, says that a disk (or the user's share of it) is full."""
    return any(
        getattr(each, "errno", None) in _NUMBERS or any(words in str(each).lower() for words in _WORDS)
        for each in _causes(error)
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: list[BaseException] = []
    each: BaseException | None = error
    while each is not None and each not in seen:
        seen.append(each)
        yield each
        each = each.__cause__ or each.__context__
