"""What dbt has read of a project under a register: read once, and used again while neither changes.

Lives here: the name under which a reading is kept, and dbt's manifest from it.
Add here: another thing on which a reading depends.
Stays out: starting dbt (`dbt_run`), where it is kept (`artifact_cache`).

A reading never depends on the night: it is always made for one and the same date, and only compiling and running
a model sees the night's own. So a kept reading gives what a new one would give.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse import artifact_cache

_KIND = "dbt"
_PACKAGES = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb")
_PASSING = {"__pycache__", "target", "logs"}


def manifest(project: Path, variables: str, parse: Callable[[], Any], scratch: Path) -> Any:
    """The manifest that dbt makes of a project under these variables, which hold no night.

    `parse` reads the project where no reading is kept: it returns the manifest, and leaves dbt's
    `partial_parse.msgpack` in `scratch/target`. Each call returns a manifest of its own.
    """
    kept_as = f"{name(project, variables)}.msgpack"
    kept = artifact_cache.find(_KIND, kept_as)
    if kept is not None:
        from dbt.contracts.graph.manifest import Manifest

        found = Manifest.from_msgpack(kept.read_bytes())
        found.build_flat_graph()  # what models see as `graph`
        return found
    read = parse()
    artifact_cache.keep(_KIND, kept_as, scratch / "target" / "partial_parse.msgpack")
    return read


def name(project: Path, variables: str, *more: str) -> str:
    """A hash over all that a reading depends on: the project's files, the variables, dbt's versions, Python's.

    `more` is what something that is made of the reading depends on besides.
    """
    digest = hashlib.sha256()
    for text in (*(f"{package} {version(package)}" for package in _PACKAGES), sys.version, variables, *more):
        digest.update(f"{len(text)}\0{text}".encode())
    for path in sorted(project.rglob("*")):
        below = path.relative_to(project)
        if path.is_file() and not _PASSING & set(below.parts):
            content = path.read_bytes()
            digest.update(f"{below.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:32]
