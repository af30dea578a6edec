"""A stored release against its checksums: which of its files are not as they were published.

Stays out: what to do about it (`warehouse.integrity.release_files`), what a release holds (`candidate`).

A release that an older program has published has no checksums: its marts are held against its manifest.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from common import files
from warehouse import checksums
from warehouse.as_known.published_releases import ARCHIVED
from warehouse.checksums import ChecksumsDamaged
from warehouse.errors import first_line
from warehouse.release import fingerprint


def differences(release: Path, *, deep: bool) -> Iterator[tuple[Path, str]]:
    """The files of a release that are not as published, each with what is the matter; `deep` reads every file."""
    try:
        entries = checksums.read(release)
    except ChecksumsDamaged as error:
        if (release / checksums.NAME).exists():
            yield release / checksums.NAME, str(error)
        else:
            yield from _manifest_differences(release, deep=deep)
        return
    for name, what in checksums.differences(release, entries, deep=deep):
        yield release / name, what


def archive_differences(archived: Path) -> Iterator[tuple[Path, str]]:
    """The same of what is kept of an expired release: few and small files, so they are always read."""
    try:
        entries = checksums.read(archived)
    except ChecksumsDamaged as error:
        if (archived / checksums.NAME).exists():
            yield archived / checksums.NAME, str(error)
        elif manifest(archived) is None:
            yield archived / "manifest.json", "is missing or cannot be read"
        return
    kept = {name: entry for name, entry in entries.items() if name.split("/")[0] in ARCHIVED}
    for name, what in checksums.differences(archived, kept, deep=True):
        yield archived / name, what


def has_old_layout(connection: duckdb.DuckDBPyConnection, database: str) -> bool:
    """Whether the marts of a release, open as `database`, stand in the schema `marts`, as they did before 0.1.0."""
    old = "select 1 from information_schema.schemata where catalog_name = ? and schema_name = 'marts'"
    return connection.execute(old, [database]).fetchone() is not None


def is_damaged(release: Path) -> bool:
    """Whether a release that is there is not as it was published; every file is read."""
    return release.exists() and next(differences(release, deep=True), None) is not None


def manifest(release: Path) -> dict[str, Any] | None:
    """The manifest of a release; None where it is missing or damaged."""
    return files.read_record(release / "manifest.json")


def _manifest_differences(release: Path, *, deep: bool) -> Iterator[tuple[Path, str]]:
    stated = manifest(release)
    if stated is None:
        yield release / "manifest.json", "is missing or cannot be read"
        return
    marts = release / "marts.duckdb"
    for path in (marts, *(release / "parquet" / f"{name}.parquet" for name in stated["marts"])):
        if not path.is_file() or not path.stat().st_size:
            yield path, "is missing or empty"
        elif deep:
            yield from ((path, what) for what in _content_differences(path, stated["marts"]))


def _content_differences(path: Path, marts: dict[str, Any]) -> Iterator[str]:
    """What the DuckDB file of a release, or the Parquet of a mart, holds otherwise than its manifest says."""
    is_database = path.suffix == ".duckdb"
    try:
        with duckdb.connect(path if is_database else ":memory:", read_only=is_database) as connection:
            if is_database:
                if has_old_layout(connection, path.stem):
                    connection.execute("set schema = 'marts'")
                found = {name: fingerprint.fingerprint(connection, f'"{name}"') for name in marts}
                differing = [name for name, (_, sha256) in found.items() if sha256 != marts[name].get("content_sha256")]
            else:
                query = "select count(*), bit_xor(hash(row)) from read_parquet(?) as row"
                rows, _ = connection.execute(query, [str(path)]).fetchone() or (0, None)
                differing = [path.stem] if rows != marts[path.stem]["rows"] else []
    except duckdb.Error as error:
        yield f"cannot be read ({first_line(error)})"
    else:
        yield from (f"does not hold the mart {name} that its manifest names" for name in differing)
