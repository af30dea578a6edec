"""The cache of dbt's parse: one manifest for each project, variables and versions.

Add here: another input of the cache key.
Stays out: starting dbt (`dbt_run`), the files of the cache (`artifact_cache`).

Parsing never depends on the night: it always uses the same date, and only compiling and running see the night's own.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from warehouse import artifact_cache

_CACHE_KIND = "dbt"
_PACKAGES = ("dbt-core", "dbt-adapters", "dbt-common", "dbt-duckdb")
_GENERATED = {"__pycache__", "target", "logs"}


def manifest(project: Path, variables: str, parse: Callable[[], Any], scratch: Path) -> Any:
    """The manifest of a project under these variables, which hold no night; from the cache where it can be.

    `parse` is called on a cache miss: it returns the manifest and leaves dbt's `partial_parse.msgpack` in
    `scratch/target`. Each call returns a new manifest object.
    """
    file_name = f"{cache_key(project, variables)}.msgpack"
    cached = artifact_cache.cached_file(_CACHE_KIND, file_name)
    if cached is not None:
        return read_manifest(cached)
    parsed = parse()
    artifact_cache.store_file(_CACHE_KIND, file_name, scratch / "target" / "partial_parse.msgpack")
    return parsed


def read_manifest(path: Path) -> Any:
    """The manifest in a `partial_parse.msgpack` of dbt."""
    from dbt.contracts.graph.manifest import Manifest

    manifest = Manifest.from_msgpack(path.read_bytes())
    manifest.build_flat_graph()  # what models see as `graph`
    return manifest


def cache_key(project: Path, variables: str, *extra: str) -> str:
    """A hash over the inputs of a parse: the project's files, the variables, the versions of dbt and Python.

    `extra`: further inputs of an artifact that is derived from the manifest.
    """
    digest = hashlib.sha256()
    for text in (*(f"{package} {version(package)}" for package in _PACKAGES), sys.version, variables, *extra):
        digest.update(f"{len(text)}\0{text}".encode())
    for path in sorted(_files(project)):
        relative = path.relative_to(project)
        if not _GENERATED & set(relative.parts):
            content = path.read_bytes()
            digest.update(f"{relative.as_posix()}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()[:32]


def _files(project: Path) -> Iterator[Path]:
    """The files of a project, those behind links too: a bureau's own project is made of them."""
    for folder, _, names in os.walk(project, followlinks=True):
        yield from (Path(folder, name) for name in names)
