"""Arrivals: the files of the inbox, one arrival for each feed of a file; unfinished and unsafe files are refused.

Stays out: the feed of a file (`ingest.finding.feed_of_file`), which arrivals are read
(`ingest.finding.unchanged_files`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from datetime import date
from pathlib import Path, PurePosixPath

from ingest import landing
from ingest.archives import bundles
from ingest.deliveries import Arrival, IntakeHistory, arrival_id
from ingest.errors import Refused
from ingest.finding import feed_of_file
from ingest.finding.unchanged_files import select_arrivals, select_for_rereading
from registry.model import Register

_UNFINISHED_SUFFIXES = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp")
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def find_arrivals(
    inbox: Path,
    register: Register,
    night: date,
    history: IntakeHistory | AbstractSet[str],
    only_feeds: Collection[str] = (),
) -> list[Arrival]:
    """The arrivals of a night, ordered by path: those not committed before, one for each feed of a file.

    A file whose bytes the lake holds already is `unchanged`. A file of no feed, or one that cannot be read, has a
    `refusal`. Hidden files are ignored; nothing outside the inbox is opened.

    `only_feeds`: every file of these feeds is read again, committed or not; files of other feeds, and of none, are
    left for another run.
    """
    intake = history if isinstance(history, IntakeHistory) else IntakeHistory(frozenset(history))
    arrivals = [arrival for path in _walk(inbox, inbox) for arrival in _arrivals(inbox, path, register, night)]
    unique = list({(a.arrival_id, a.member): a for a in arrivals}.values())  # a bundle's companions share one arrival
    if only_feeds:
        return select_for_rereading(register, [a for a in unique if a.feed in only_feeds], intake)
    return select_arrivals(register, unique, intake)


def _walk(folder: Path, inbox: Path) -> Iterator[Path]:
    """Files and links below a folder, by name; hidden ones are ignored."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.name.startswith(".") or entry.name.lower() in _IGNORED_NAMES:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), inbox)
        else:
            yield Path(entry.path)


def _arrivals(inbox: Path, path: Path, register: Register, night: date) -> Iterator[Arrival]:
    path_below = PurePosixPath(
        path.relative_to(inbox).as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )
    source = path_below.parts[0] if len(path_below.parts) > 1 else ""

    def arrival(feed: str, sha256: str, size: int, listed_path: str = str(path_below), **fields: object) -> Arrival:
        identity = arrival_id(night, feed, listed_path, sha256)
        return Arrival(identity, night, source, feed, listed_path, str(path), sha256, size, **fields)  # type: ignore[arg-type]

    declared_source = next((s for s in register.sources if s.id == source), None)
    folder_path = "/".join(path_below.parts[:2])
    by_folder = next((f.id for f in declared_source.feeds if f.id == folder_path), "") if declared_source else ""
    try:
        stamp = _file_state(path, path_below)
        if declared_source is None:
            source_ids = ", ".join(sorted(s.id for s in register.sources))
            raise Refused(f"is in the folder of no source of the register: put it under one of {source_ids}.")
        if listed_path := bundles.companion_name(declared_source.feeds, str(path_below)):
            sha256, size = (
                _hash_and_size(path) if bundles.is_manifest(declared_source.feeds, str(path_below)) else ("", 0)
            )
            yield arrival("", sha256, size, listed_path, skipped={bundles.COMPANION: 0})
            return
        sha256 = landing.sha256_of(path)
        feeds = feed_of_file.feeds_of_file(declared_source, feed_of_file.folders_of(path_below), path)
        if _stamp(path.lstat()) != stamp:
            raise Refused("is still being written: let the export finish, and the next night loads it.")
    except (Refused, OSError) as failure:
        reason = (
            str(failure) if isinstance(failure, Refused) else f"cannot be read ({failure.strerror}): send it again."
        )
        yield arrival(by_folder, "", 0, refusal=reason)
        return
    size = stamp[0]
    for feed, members in feeds.feeds.items():
        yield arrival(feed, sha256, size, members=members)
    for feed, (member, why) in feeds.missing_members.items():
        yield arrival(feed, sha256, size, member=member, refusal=f"({member}) {why}: export the zip again.")
    for member, reason in feeds.refusals.items():
        yield arrival("" if member else by_folder, sha256, size, member=member, refusal=reason)
    for member, skipped in feeds.skipped_rows.items():
        yield arrival("", sha256, size, member=member, skipped=skipped)


def _file_state(path: Path, path_below: PurePosixPath) -> tuple[int, int, int]:
    """Size, modification time and inode of a plain, finished file. Raises Refused for any other."""
    state = path.lstat()
    if stat.S_ISLNK(state.st_mode):
        raise Refused("is a symbolic link: put the file itself there.")
    if not stat.S_ISREG(state.st_mode):
        raise Refused("is no plain file: put the exported file there.")
    if path.name.startswith("~$"):
        raise Refused("is the lock file of a workbook that is open: close the workbook, and delete this file.")
    if path.name.lower().endswith(_UNFINISHED_SUFFIXES):
        raise Refused("is only half written: let the transfer finish and give it its own name.")
    if "�" in str(path_below) or any(ord(c) < 32 for c in str(path_below)):
        raise Refused("has a name with damaged characters: rename it.")
    return _stamp(state)


def _hash_and_size(path: Path) -> tuple[str, int]:
    """SHA-256 and size of a file that is landed."""
    return landing.sha256_of(path), path.stat().st_size


def _stamp(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_size, state.st_mtime_ns, state.st_ino
