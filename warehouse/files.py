"""Atomic writes of small text and JSON files, and fsync.

Stays out: Parquet and DuckDB files (DuckDB writes those).
"""

from __future__ import annotations

import json
import os
from pathlib import Path


def write_text(path: Path, text: str) -> None:
    """Write UTF-8 text by rename: a reader sees the old content or the new. A read-only file is replaced."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


def write_json(path: Path, value: object) -> None:
    """Write JSON by rename: UTF-8, indented, keys in their order."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2) + "\n")


def sync(path: Path) -> None:
    """Flush a file or a directory's entries to the disk (fsync)."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
