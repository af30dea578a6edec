"""The way back: a lake from a backup, into an empty place, each file held against its checksum.

Stays out: making a backup (`making`), putting single files back, which is copying them.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from common import files
from warehouse import checksums
from warehouse.backup.making import SharedFiles, copy_file, copy_folders, link, newest
from warehouse.checksums import ChecksumsDamaged
from warehouse.errors import BackupError
from warehouse.lake import Lake


def restore(directory: Path, lake: Lake) -> Path:
    """Make a lake of a backup, or of the last one below a folder. Returns the backup.

    The lake appears whole or not at all. Raises BackupError where there is no complete backup, a file of it is damaged,
    or the lake's place is not empty.
    """
    backup = directory if (directory / checksums.NAME).exists() else newest(directory)
    if backup is None:
        raise BackupError(f"{directory} holds no complete backup: name a folder that 'shuyuan backup' has filled.")
    if lake.root.exists() and (not lake.root.is_dir() or any(lake.root.iterdir())):
        raise BackupError(f"{lake.root} is not empty: give --lake a place where nothing is yet.")
    partial = lake.root.with_name(f".{lake.root.name}.restoring")
    try:
        shutil.rmtree(partial, ignore_errors=True)
        files.make_folder(partial, 0o700)
        _copy(backup, partial)
        files.put(partial, lake.root)
    except OSError as error:
        raise BackupError(
            f"The lake {lake.root} cannot be restored ({error.strerror}, {error.filename}): make room, or give another "
            "--lake."
        ) from error
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return backup


def _copy(backup: Path, target: Path) -> None:
    try:
        entries = checksums.read(backup)
    except ChecksumsDamaged as error:
        raise BackupError(f"{backup / checksums.NAME} {error}: restore another backup of {backup.parent}.") from error
    names = SharedFiles()
    for name, entry in entries.items():
        other = names.same(backup / name, target / name)
        if other and entries[other.relative_to(target).as_posix()] == entry and link(other, target / name):
            continue
        try:
            copied = copy_file(backup / name, target / name)
        except FileNotFoundError:
            copied = {}
        if copied != entry:
            raise BackupError(
                f"{backup / name} is {'not as it was backed up' if copied else 'missing'}: restore another backup of "
                f"{backup.parent}, or put a sound copy of the file there; nothing was restored."
            )
    copy_folders(backup, target)
    made = Lake(target)
    for folder in (made.data, made.landing, made.spill, made.releases, made.outbox, made.airflow):
        folder.mkdir(exist_ok=True, mode=0o700)  # where nothing was in it
