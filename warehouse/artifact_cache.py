"""What costs seconds to make and is the same for every lake, kept beside the installed code.

Lives here: finding such a file, and putting one there whole.
Stays out: anything that a lake's data have touched.

It lies in the Python environment: whoever could change it there could change the code too. Where that may not
be written (a shared installation) nothing is kept, and each time costs what the first one does.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

KEPT = 8  # files of a kind; the oldest go


def find(kind: str, name: str) -> Path | None:
    """The kept file of that kind and name, or None."""
    path = _folder(kind) / name
    return path if path.is_file() else None


def keep(kind: str, name: str, made: Path) -> None:
    """Keep a copy of `made` under that name: whole, or (where nothing may be written) not at all."""
    folder = _folder(kind)
    fresh = folder / f".{name}.{os.getpid()}"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(made, fresh)
        fresh.replace(folder / name)  # two processes may do this at once: each leaves a whole file
        _prune(folder)


def _prune(folder: Path) -> None:
    kept = sorted((p for p in folder.iterdir() if not p.name.startswith(".")), key=lambda p: p.stat().st_mtime_ns)
    for old in kept[:-KEPT]:
        old.unlink(missing_ok=True)


def _folder(kind: str) -> Path:
    return Path(sys.prefix) / "share" / "shuyuan" / kind
