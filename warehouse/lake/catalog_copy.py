"""A copy of a lake's catalog, taken without a lock, also while a night writes.

Stays out: what is done with the copy (`build.by_hand`).
"""

from __future__ import annotations

import shutil
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import duckdb

from warehouse.errors import LakeBusy, LakeError, first_line
from warehouse.lake.connection import check_lake
from warehouse.lake.paths import Lake

_ATTEMPTS = 200
_PAUSE = 0.05  # seconds; longer than the clock tick of a file's time
_FAILURES = 3  # copies taken at rest that do not open, until the catalog is damaged
Signature = list[list[int]]  # inode, size and time of the catalog, and of its log where there is one


def copy_catalog(lake: Lake, workspace: Path) -> Lake:
    """Copy the catalog into `workspace`, which is created. Returns the lake as read through the copy, whose data files
    are those of the lake: attach it read-only.

    No lock is taken, so that no night is turned away. DuckDB's file and its log, unchanged while both were copied, are
    what a power cut would have left at that moment: DuckDB opens them at the last commit.
    Raises LakeError where there is no lake or its catalog is damaged, LakeBusy where its catalog never rests.
    """
    check_lake(lake)
    workspace.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = replace(lake, workspace=workspace)
    copy.spill.mkdir(exist_ok=True)
    damage: list[str] = []
    for _ in range(_ATTEMPTS):
        if _copy_at_rest(lake.catalog, copy.catalog):
            failure = _opening_failure(copy.catalog)
            if failure is None:
                return copy
            damage.append(failure)
        if len(damage) == _FAILURES:
            raise LakeError(
                f"The catalog {lake.catalog} cannot be opened ({damage[-1]}): run 'shuyuan verify --lake {lake.root}', "
                "which says what to do."
            )
        time.sleep(_PAUSE)
    raise LakeBusy(f"The catalog of the lake {lake.root} changes without a pause: try again in a minute.")


def catalog_signature(catalog: Path) -> Signature:
    """What changes with every commit to a catalog."""
    signature = []
    for file in _files(catalog):
        with suppress(FileNotFoundError):  # the log comes and goes
            state = file.stat()
            signature.append([state.st_ino, state.st_size, state.st_mtime_ns])
    return signature


def _copy_at_rest(catalog: Path, copy: Path) -> bool:
    """Copy the catalog and its log; whether both were at rest meanwhile."""
    before = catalog_signature(catalog)
    if any(time.time_ns() - changed < _PAUSE * 1e9 for _, _, changed in before):
        return False  # a change within the same tick of the clock would leave the same time
    for source, target in zip(_files(catalog), _files(copy), strict=True):
        target.unlink(missing_ok=True)
        try:
            shutil.copyfile(source, target)
        except FileNotFoundError:  # no log
            continue
        target.chmod(0o600)
    return catalog_signature(catalog) == before


def _opening_failure(copy: Path) -> str | None:
    """Why DuckDB does not open the copy; None where it does, and then it takes in its log."""
    try:
        duckdb.connect(copy).close()
    except duckdb.Error as error:
        return first_line(error)
    return None


def _files(catalog: Path) -> tuple[Path, Path]:
    return catalog, catalog.with_name(f"{catalog.name}.wal")
