"""Makes a backup: every file copied or, unchanged since the backup before, linked; complete when it has its name.

Stays out: which files (`contents`), the way back (`restoring`).

A file is unchanged that has the same path, size, time and mode: what a lake changes, it replaces. So one that has
rotted in the lake does not take the place of its good copy. Backups share unchanged files by hard links. What is one
file under several names in the lake, as releases share their partitions, is one file in a backup, and again in the lake
that is restored from it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from stat import S_ISREG
from typing import Any

from common import files
from warehouse import checksums, integrity
from warehouse.backup.contents import files_to_keep, may_be_deleted
from warehouse.checksums import ChecksumsDamaged, Entries
from warehouse.errors import BackupError
from warehouse.lake import Lake, check_lake, connect_lake, copy_catalog

_PARTIAL = ".partial-"
_CHUNK_BYTES = 4 << 20


@dataclass(frozen=True)
class Backup:
    """A backup that was made: its folder, how many files it has, how many of them were copied, and their bytes."""

    path: Path
    files: int
    copied: int
    copied_bytes: int


def make(lake: Lake, directory: Path, at: datetime) -> Backup:
    """Back a lake up into a folder of its own below `directory`. The caller holds the lake.

    Raises BackupError where it cannot be written, or data of the lake are lost: earlier backups stay as they are.
    Raises LakeError where there is no lake.
    """
    check_lake(lake)
    directory = directory.absolute()
    if directory.resolve().is_relative_to(lake.root.resolve()):
        raise BackupError(f"{directory} lies in the lake {lake.root}: give a folder elsewhere, best on another disk.")
    target = directory / f"{at:%Y-%m-%dT%H%M%S}"
    if target.exists():
        raise BackupError(f"The backup {target} is there already: try again in a second.")
    partial = target.with_name(f"{_PARTIAL}{target.name}")
    try:
        files.make_folder(directory, 0o700)
        for left in directory.glob(f"{_PARTIAL}*"):
            shutil.rmtree(left)
        return _make(lake, partial, target, newest(directory))
    except OSError as error:
        raise BackupError(
            f"The lake {lake.root} cannot be backed up to {directory} ({error.strerror}, {error.filename}): make room, "
            "or give another folder; earlier backups are as they were."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def newest(directory: Path) -> Path | None:
    """The last complete backup below a folder; None where there is none."""
    complete = (path for path in directory.glob("[0-9]*") if (path / checksums.NAME).exists())
    return max(complete, default=None, key=lambda path: path.name)


def copy_file(source: Path, target: Path) -> dict[str, Any]:
    """Copy a file or link with its mode and times. Returns its entry of the list of checksums, by the bytes read."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return checksums.entry_of(target)
    digest, size = hashlib.sha256(), 0
    with source.open("rb") as original, target.open("xb") as copy:
        target.chmod(0o600)
        while chunk := original.read(_CHUNK_BYTES):
            digest.update(chunk)
            size += copy.write(chunk)
    shutil.copystat(source, target)
    return {"bytes": size, "sha256": digest.hexdigest()}


def copy_folders(source: Path, target: Path) -> None:
    """Give each folder of a copied tree the mode and times of its original: last of all, since files change them."""
    folders = sorted((Path(folder) for folder, _, _ in os.walk(target)), reverse=True)
    for folder in folders:
        with suppress(FileNotFoundError):
            shutil.copystat(source / folder.relative_to(target), folder)


def _make(lake: Lake, partial: Path, target: Path, previous: Path | None) -> Backup:
    partial.mkdir(mode=0o700)
    before = _entries(previous)
    data = _copy_catalog(lake, partial)
    catalog = lake.catalog.relative_to(lake.root).as_posix()
    entries = {catalog: checksums.entry_of(partial / catalog)}
    copied = [catalog]
    names = SharedFiles()
    for name in (*data, *files_to_keep(lake)):
        source = lake.root / name
        if (other := names.same(source, partial / name)) and link(other, partial / name):
            entries[name] = dict(entries[other.relative_to(partial).as_posix()])
        elif previous is not None and name in before and _link_unchanged(source, previous / name, partial / name):
            entries[name] = dict(before[name])
        elif entry := _copied(lake, name, partial):
            entries[name] = entry
            copied.append(name)
    checksums.write(partial, entries)
    copy_folders(lake.root, partial)
    files.put(partial, target)
    return Backup(target, len(entries), len(copied), sum(entries[name].get("bytes", 0) for name in copied))


def _copied(lake: Lake, name: str, partial: Path) -> dict[str, Any] | None:
    """Copy a file of the lake. Returns its entry; None where it is gone and may be. Raises BackupError."""
    source, target = lake.root / name, partial / name
    try:
        return copy_file(source, target)
    except FileNotFoundError as error:
        if os.path.lexists(source):
            raise
        if not may_be_deleted(name):
            raise BackupError(
                f"{source} was deleted while it was backed up: see who has done so, and start the backup again; "
                "earlier backups are as they were."
            ) from error
        target.unlink(missing_ok=True)  # what was copied until then
        return None


def _copy_catalog(lake: Lake, partial: Path) -> Iterable[str]:
    """Copy the catalog. Returns the data files that it names, as paths in the lake. Raises BackupError."""
    copy = copy_catalog(lake, partial / "restricted")
    with connect_lake(copy, read_only=True) as connection:
        lost = [damage for damage in integrity.check_data(connection, lake, deep=False) if damage.weight == "stops"]
        if lost:
            raise BackupError(
                f"The lake {lake.root} has lost data and is not backed up; earlier backups are as they were. {lost[0]} "
                f"'shuyuan verify --lake {lake.root}' names all."
            )
        named = integrity.named_files(connection, lake)
    shutil.rmtree(copy.spill)
    return [file.path.relative_to(lake.root).as_posix() for file in named if file.path.exists()]


def _entries(previous: Path | None) -> Entries:
    try:
        return checksums.read(previous) if previous is not None else {}
    except ChecksumsDamaged:
        return {}


@dataclass
class SharedFiles:
    """Files of several names, as a tree is copied: of each the first name that it got in the copy."""

    first: dict[tuple[int, int], Path] = field(default_factory=dict)

    def same(self, source: Path, target: Path) -> Path | None:
        """The name under which this file was copied already; None where this, of which `target` is the copy, is the
        first.
        """
        try:
            status = source.lstat()
        except FileNotFoundError:
            return None
        if status.st_nlink == 1 or not S_ISREG(status.st_mode):
            return None
        first = self.first.setdefault((status.st_dev, status.st_ino), target)
        return first if first != target else None


def link(source: Path, target: Path) -> bool:
    """Give a file one more name, in a folder that need not be there; False where every file is to be a copy."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return files.share(source, target)


def _link_unchanged(source: Path, before: Path, target: Path) -> bool:
    """Link a file of the backup before where the lake's is the same; whether it was."""
    try:
        old, current = before.lstat(), source.lstat()
    except FileNotFoundError:
        return False
    if source.is_symlink() or any(
        getattr(old, part) != getattr(current, part) for part in ("st_size", "st_mtime_ns", "st_mode")
    ):
        return False
    return link(before, target)
