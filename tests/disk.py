"""What of this process's files is on the disk, as far as it has asked for that: the order of syncs and of renames.

Only calls from Python are seen, and none that DuckDB makes.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

State = tuple[int, int, int]  # inode, size, time of the last change of the content


class Disk:
    """What was synced, and the names that were given: `early` before the bytes, `unsynced` whose folder was not."""

    def __init__(self) -> None:
        self._synced: set[State] = set()
        self._folders: set[int] = set()  # inodes
        self.early: list[str] = []
        self.unsynced: dict[int, list[str]] = {}  # by the folder's inode

    def holds(self, path: Path) -> bool:
        """Whether all that stands in a file was synced, or a folder was."""
        return path.stat().st_ino in self._folders if path.is_dir() else _state(path.stat()) in self._synced

    def lacks(self, paths: Iterator[Path]) -> list[str]:
        """Those of the paths that were not synced as they are, by name."""
        return sorted(str(path) for path in paths if not self.holds(path))

    def saw_sync(self, descriptor: int) -> None:
        state = os.fstat(descriptor)
        if stat.S_ISDIR(state.st_mode):
            self._folders.add(state.st_ino)
            self.unsynced.pop(state.st_ino, None)
        else:
            self._synced.add(_state(state))

    def saw_name(self, source: Path, target: Path) -> None:
        for path in (source, *source.rglob("*")):
            if not path.is_symlink() and not self.holds(path):
                self.early.append(f"{path} as {target}")
        self.unsynced.setdefault(target.parent.stat().st_ino, []).append(str(target))


def _state(state: os.stat_result) -> State:
    return state.st_ino, state.st_size, state.st_mtime_ns


@contextmanager
def watched() -> Iterator[Disk]:
    """A `Disk` that sees the syncs, renames and links of this process while the block runs."""
    disk, fsync = Disk(), os.fsync

    def seen_fsync(descriptor: int) -> None:
        fsync(descriptor)
        disk.saw_sync(descriptor)

    def seen(give_name):
        def give(source, target, *args, **options):
            disk.saw_name(Path(source), Path(target))
            return give_name(source, target, *args, **options)

        return give

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", seen_fsync)
        for name in ("rename", "replace", "link"):
            patch.setattr(os, name, seen(getattr(os, name)))
        yield disk
