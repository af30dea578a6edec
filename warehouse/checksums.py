"""The checksums of a directory: `checksums.json`, with size and SHA-256 of each file in it, and of itself.

Stays out: which directories have one (`release`, `backup`), what a difference means (`release.differences`).

A link is written down with what it names. The list has a checksum of its own, so that damage to it is not taken for
damage to a file that it lists.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from common import files

NAME = "checksums.json"
# path within the directory -> {"bytes": size, "sha256": hex}, or of a link {"link": text}
Entries = Mapping[str, Mapping[str, Any]]


class ChecksumsDamaged(ValueError):  # noqa: N818 (what is the matter with the list)
    """The list itself is missing, or not as it was written."""


def write(directory: Path, entries: Entries | None = None) -> None:
    """Write the list of a directory, of every file in it where no entries are given."""
    listed = dict(sorted((entries if entries is not None else entries_of(directory)).items()))
    text = json.dumps({"files": listed, "sha256": _digest(listed)}, ensure_ascii=False, indent=1)
    files.write_text(directory / NAME, text + "\n")


def read(directory: Path) -> Entries:
    """The entries of a directory's list. Raises ChecksumsDamaged."""
    try:
        content = json.loads((directory / NAME).read_bytes())
        entries: dict[str, dict[str, Any]] = content["files"]
        if content["sha256"] == _digest(entries):
            return entries
    except FileNotFoundError as error:
        raise ChecksumsDamaged("is missing") from error
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise ChecksumsDamaged("cannot be read") from error
    raise ChecksumsDamaged("is not as it was written")


def entries_of(directory: Path) -> Entries:
    """An entry for each file below a directory, but for its list."""
    return {name: entry_of(directory / name) for name in files_of(directory)}


def entry_of(path: Path) -> dict[str, Any]:
    """The entry of a file or link."""
    if path.is_symlink():
        return {"link": str(path.readlink())}
    with path.open("rb") as file:
        return {"bytes": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


def files_of(directory: Path) -> list[str]:
    """The files and links below a directory, as paths within it, in order, but for its list."""
    found = []
    for folder, folders, names in os.walk(directory):
        links = [name for name in folders if Path(folder, name).is_symlink()]
        found += [Path(folder, name).relative_to(directory).as_posix() for name in (*names, *links)]
    return sorted(name for name in found if name != NAME)


def differences(directory: Path, entries: Entries, *, deep: bool) -> Iterator[tuple[str, str]]:
    """The files that are not as their entries say, each with what is the matter; the content is read where the check is
    `deep`.
    """
    for name, entry in entries.items():
        what = difference(directory / name, entry, deep=deep)
        if what:
            yield name, what


def difference(path: Path, entry: Mapping[str, Any], *, deep: bool) -> str | None:
    """What differs between a file and its entry, as the end of a sentence; None where nothing does."""
    try:
        if "link" in entry:
            same = path.is_symlink() and str(path.readlink()) == entry["link"]
            return None if same else "is not the link that it was"
        size = path.stat().st_size
        if size != entry["bytes"]:
            return f"has {size:,} bytes and had {entry['bytes']:,}"
        if deep and entry_of(path) != entry:
            return "is not as it was written: its SHA-256 is another"
    except FileNotFoundError:
        return "is missing"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    return None


def _digest(entries: Entries) -> str:
    return hashlib.sha256(json.dumps(entries, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
