"""The version of the code that made a release: version number and hash of the code that decides its content.

Stays out: the register's version (`registry`).
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from common.settings import CHECKOUT

_CONTENT_ROOMS = ("common", "dbt_project", "expectations", "ingest", "methods", "warehouse")
_CODE_SUFFIXES = (".py", ".sql", ".yml", ".csv")
_IGNORED_FOLDERS = ("__pycache__", "target", "logs")


@cache
def code_version() -> str:
    """`<version>+<12 hex digits>`: the same for the same code, wherever it is installed."""
    digest = hashlib.sha256()
    for path in _files():
        content = path.read_bytes()
        digest.update(f"{path.relative_to(CHECKOUT).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return f"{package_version()}+{digest.hexdigest()[:12]}"


def _files() -> Iterator[Path]:
    register_code = [p for p in (CHECKOUT / "registry").rglob("*") if p.suffix in (".py", ".sql")]
    rooms = [p for room in _CONTENT_ROOMS for p in (CHECKOUT / room).rglob("*") if p.suffix in _CODE_SUFFIXES]
    for path in sorted(register_code + rooms):
        if path.is_file() and not set(_IGNORED_FOLDERS) & set(path.relative_to(CHECKOUT).parts):
            yield path


def package_version() -> str:
    """The version number: from pyproject.toml where there is a checkout, else from the installed package."""
    try:
        return str(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["version"])
    except OSError:
        from importlib.metadata import version

        return version("shuyuan")
