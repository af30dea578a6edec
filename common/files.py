"""Putting files in place: whole, on the disk before the name that shows them, and for those alone who may read them.

Lives here: the one way in which a file or folder gets its name (and the way back, of a record), for every room but
`registry`, which may not import this one and has its own (`registry.desk_files.file_writing`).
Stays out: the lake's tables, which DuckDB writes; which files there are (`common.night_files`, `warehouse.lake.paths`).

A rename is on the disk when its folder is synced, and may get there before the bytes of the file that it names: after a
power cut the name would stand over an empty file. So bytes are synced first, then renamed, then the folder is synced.

What is made is for its user alone (`private`, entered where a process begins); a mode that is given is set exactly,
whatever the umask, and before the name shows the file, so that nobody reads it a moment too early or too late.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from stat import S_IMODE
from threading import get_native_id
from typing import Any

_THREADS = 16  # syncs that wait at once are one write of the file system's journal: a tenth of the time


@dataclass(frozen=True)
class Permissions:
    """The modes of the files and folders of one kind, and the number of their group; None: whichever it is."""

    file: int = 0o600
    folder: int = 0o700
    group: int | None = None


PRIVATE = Permissions()


@contextmanager
def private() -> Iterator[None]:
    """What is made in the block, also by libraries and by programs that are started in it, is for this user alone."""
    before = os.umask(0o077)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def placing(target: Path, mode: int | None = None, group: int | None = None) -> Iterator[Path]:
    """The path of a temporary file beside `target`, to be written in the block and put in place at its end.

    A file that stands there, also a read-only one, is replaced; where the block raises, it stays as it was.
    `mode`: the permissions of the file, else those of the umask; `group`: who has them beside its user, by number.
    """
    with _temporary(target, mode) as temporary:
        yield temporary
        if mode is not None:
            permit(temporary, mode, group)
        put(temporary, target)


def write_bytes(path: Path, content: bytes, mode: int | None = None) -> None:
    """Put a file with this content in place."""
    with placing(path, mode) as temporary:
        temporary.write_bytes(content)


def write_text(path: Path, text: str, mode: int | None = None) -> None:
    """Put a file with this text in place, as UTF-8."""
    write_bytes(path, text.encode(), mode)


def write_json(path: Path, value: object, mode: int | None = None) -> None:
    """Put a file of JSON in place: UTF-8, indented, keys in their order; a date as its text."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n", mode)


def read_record(path: Path) -> dict[str, Any] | None:
    """The JSON object of a file; None where the file is missing or damaged."""
    try:
        record = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def write_new(path: Path, text: str, mode: int) -> None:
    """Put a file with this text in place where there is none. Raises FileExistsError where there is one, also where
    two processes do so at once: the first one's stays.
    """
    with _temporary(path, mode) as temporary:
        temporary.write_text(text, encoding="utf-8")
        sync(temporary)
        os.link(temporary, path)
        sync(path.parent)


def append_text(path: Path, text: str, mode: int) -> None:
    """Add text to the end of a file, which is created where it is missing; it is on the disk afterwards."""
    is_new = not path.exists()
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    sync(path)
    if is_new:
        sync(path.parent)


def write_link(path: Path, target: Path | str) -> None:
    """Put a symbolic link to `target` in place."""
    with placing(path) as temporary:
        temporary.symlink_to(target)


def share(source: Path, target: Path) -> bool:
    """Give a file one more name (a hard link); whether the file system, or the file's owner, allows it."""
    try:
        target.hardlink_to(source)
    except OSError:
        return False
    return True


def is_shared(one: Path, other: Path) -> bool:
    """Whether two names are of one file."""
    return one.exists() and other.exists() and one.samefile(other)


def put(source: Path, target: Path) -> None:
    """Rename a file, or a folder with all that is in it, to `target`: synced before, and its parent after."""
    if not source.is_symlink():
        sync_tree(source)
    source.replace(target)
    sync(target.parent)


def make_folder(folder: Path, mode: int | None = None, group: int | None = None) -> None:
    """Create a folder, and those above it, where they are missing. Each created one is synced with its parent.

    `mode`: the permissions of each created one, else those of the umask; `group`: who has them beside its user.
    """
    if folder.is_dir():
        return
    make_folder(folder.parent, mode, group)
    with suppress(FileExistsError):  # by another process, a moment ago
        folder.mkdir(0o777 if mode is None else 0o700)
        if mode is not None:
            permit(folder, mode, group)
    sync(folder.parent)


def permit(path: Path, mode: int, group: int | None = None) -> None:
    """Give a file or folder exactly this mode, and this group, where it has others. Raises OSError."""
    if group is not None and path.stat().st_gid != group:
        os.chown(path, -1, group)
    if S_IMODE(path.stat().st_mode) != mode:
        path.chmod(mode)


def permit_tree(folder: Path, permissions: Permissions) -> None:
    """The same of a folder and all that is in it, the folder itself last: by it one sees that all is done."""
    for path in _below(folder):
        permit(path, permissions.folder if path.is_dir() else permissions.file, permissions.group)
    permit(folder, permissions.folder, permissions.group)


def close_tree(folder: Path) -> None:
    """Take a folder, and all that is in it, from everybody but its user, whose own rights stay as they are."""
    for path in (*_below(folder), folder):
        with suppress(FileNotFoundError):  # a log, say, that another process deletes meanwhile
            mode = S_IMODE(path.stat().st_mode)
            permit(path, mode & ~0o077)


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to the disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_all(paths: Iterable[Path]) -> None:
    """The same of many paths."""
    with ThreadPoolExecutor(_THREADS) as threads:
        list(threads.map(sync, paths))  # the list raises what a sync has raised


def sync_tree(path: Path) -> None:
    """Flush a file, or a folder with all that is in it, to the disk. Symbolic links are not followed."""
    if path.is_dir():
        sync_all([path, *_below(path)])
    else:
        sync(path)


@contextmanager
def _temporary(target: Path, mode: int | None) -> Iterator[Path]:
    path = target.with_name(f".{target.name}.{os.getpid()}-{get_native_id()}")  # two threads may write one target
    path.unlink(missing_ok=True)
    try:
        if mode is not None:  # what others may not read is at no moment open to them
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield path
    finally:
        path.unlink(missing_ok=True)


def _below(folder: Path) -> Iterator[Path]:
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            yield from _below(Path(entry))
        if not entry.is_symlink():
            yield Path(entry)
