"""A disk cache of expensive artifacts that are the same for every lake, in the Python environment.

Stays out: anything derived from a lake's data. Where the environment is read-only (a shared installation) nothing is
cached, and each run costs what the first one does. Whoever can change the cache could change the code too.

A file bears its checksum in its name: a damaged one is deleted, and made anew by whoever asks for it.
"""

from __future__ import annotations

import glob
import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from pathlib import Path

from common import files

MAX_FILES = 16  # per kind; those that were not asked for the longest are deleted
_DIGITS = 16  # of the checksum


def cached_file(kind: str, name: str) -> Path | None:
    """The cached file of that kind and name, or None."""
    for path in _folder(kind).glob(f"{glob.escape(name)}.{'[0-9a-f]' * _DIGITS}"):
        if path.name == f"{name}.{_digest(path)}":
            with suppress(OSError):  # a shared installation may be read-only
                os.utime(path)
            return path
        with suppress(OSError):
            path.unlink()
    return None


def store_file(kind: str, name: str, source: Path) -> None:
    """Cache a copy of `source` under that name, atomically; does nothing where the cache cannot be written."""
    folder = _folder(kind)
    with suppress(OSError):
        files.make_folder(folder, 0o755)  # for every user of a shared installation
        # two processes may do this at once: each leaves a whole file
        with files.placing(folder / f"{name}.{_digest(source)}", 0o644) as copy:
            shutil.copyfile(source, copy)
        _prune(folder)


def store_text(kind: str, name: str, text: str) -> None:
    """The same of a text."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / name
        file.write_text(text, encoding="utf-8")
        store_file(kind, name, file)


def _prune(folder: Path) -> None:
    cached = sorted((p for p in folder.iterdir() if not p.name.startswith(".")), key=lambda p: p.stat().st_mtime_ns)
    for file in cached[:-MAX_FILES]:
        file.unlink(missing_ok=True)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:_DIGITS]


def _folder(kind: str) -> Path:
    return Path(sys.prefix) / "share" / "shuyuan" / kind
