"""What of a lake belongs to a backup: all but scratch, locks, and what is made anew by itself.

Add here: another place of the lake that need not be kept, or one below `airflow/` that must be.
Stays out: the catalog, which is copied at rest, and the data files, which the catalog names (`making`).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from common.night_files import NightFiles
from warehouse.lake import Lake

_OF_A_RUN = ("replay", "again-", "verify-", ".")  # how the names of scratch in `restricted/` begin


def files_to_keep(lake: Lake) -> Iterator[str]:
    """The files and links of a lake, as paths within it, but for catalog and data."""
    for place in (lake.restricted, lake.releases, lake.outbox, lake.airflow / "dags"):
        for path in _below(place):
            if _is_kept(lake, path):
                yield path.relative_to(lake.root).as_posix()


def may_be_deleted(name: str) -> bool:
    """Whether a file may be gone before it is copied, though the lake is held: an office takes its lists, and a person
    deletes alerts and own DAGs.
    """
    return name.startswith(("outbox/", "airflow/"))


def _is_kept(lake: Lake, path: Path) -> bool:
    match path.relative_to(lake.root).parts:
        case ("restricted", name, *_) if name.startswith((*_OF_A_RUN, lake.catalog.name)):  # with its log
            return False
        case ("restricted", name, *_) if name in _made_anew(lake):
            return False
        case ("restricted", "work", *rest):  # of the scratch of a night, what a backfill asks for
            return len(rest) == 2 and path == NightFiles(path.parent).outcome
        case ("releases", name, *_) | ("outbox", *_, name) if name.startswith("."):
            return False
        case ("airflow", *rest):
            return "__pycache__" not in rest
    return True


def _made_anew(lake: Lake) -> set[str]:
    """What of `restricted/` is no file to copy (`making` has the data), or begins empty."""
    return {path.name for path in (lake.data, lake.spill, lake.lock, lake.inbox_hashes)}


def _below(place: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(place):
        folders.sort()
        links = [name for name in folders if Path(folder, name).is_symlink()]
        yield from (Path(folder, name) for name in sorted([*names, *links]))
