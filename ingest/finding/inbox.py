"""Arrivals: the files of the inbox, one arrival for each feed of a file; unfinished and unsafe files are refused.

Stays out: the feed of a file (`ingest.finding.feed_of_file`), which arrivals are read
(`ingest.finding.unchanged_files`).
"""

from __future__ import annotations

import os
import stat
from collections.abc import Collection, Iterator
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath

from common import disk_space, machine_share
from ingest.archives import bundles
from ingest.deliveries import Arrival, IntakeHistory, arrival_id
from ingest.errors import IngestError, Refused
from ingest.finding import feed_of_file
from ingest.finding.known_hashes import KnownHashes
from ingest.finding.unchanged_files import select_arrivals, select_for_rereading
from ingest.name_as_text import is_damaged, path_as_text
from registry.model import Register

_UNFINISHED_SUFFIXES = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp")
MAX_DEPTH = 32  # folders below the inbox, one in the other
UNREAD_FOLDER = "is a folder that"  # so begins the refusal of a folder as a whole
_IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def find_arrivals(
    inbox: Path,
    register: Register,
    night: date,
    history: IntakeHistory | AbstractSet[str],
    only_feeds: Collection[str] = (),
    remembered: Path | None = None,
) -> list[Arrival]:
    """The arrivals of a night, ordered by path: those not committed before, one for each feed of a file.

    A file whose bytes the lake holds already is `unchanged`. A file of no feed, or one that cannot be read, has a
    `refusal`, and so has a folder that cannot be listed, or lies too deep. Hidden files are ignored; nothing outside
    the inbox is opened, and no link is followed. Raises IngestError where the inbox itself cannot be listed.

    `only_feeds`: every file of these feeds is read again, committed or not; files of other feeds, and of none, are
    left for another run.

    `remembered`: the file that keeps the hashes of the inbox's files from night to night.
    """
    intake = history if isinstance(history, IntakeHistory) else IntakeHistory(frozenset(history))
    hashes = KnownHashes(remembered, night)
    found = list(_walk(inbox, inbox))
    with ThreadPoolExecutor(machine_share.processors()) as pool:
        of_each = pool.map(lambda each: list(_arrivals(inbox, each, register, night, hashes)), found)
        arrivals = [arrival for of_file in of_each for arrival in of_file]
    hashes.save()
    unique = list({(a.arrival_id, a.member): a for a in arrivals}.values())  # a bundle's companions share one arrival
    if only_feeds:
        return select_for_rereading(register, [a for a in unique if a.feed in only_feeds], intake)
    return select_arrivals(register, unique, intake)


@dataclass(frozen=True)
class _Found:
    """A file or link of the inbox; or, with a `refusal`, a folder that is not looked into."""

    path: Path
    refusal: str = ""


def _walk(folder: Path, inbox: Path, depth: int = 0) -> Iterator[_Found]:
    """Files and links below a folder of the inbox, by name; hidden ones are ignored. Raises IngestError of the inbox.

    `depth`: in how many folders of the inbox it lies, itself among them.
    """
    for found in _entries(folder, inbox):
        if found.refusal or not _is_folder(found.path):
            yield found
        elif depth == MAX_DEPTH:
            yield _Found(found.path, f"{UNREAD_FOLDER} lies in {MAX_DEPTH} others: put its files higher up.")
        else:
            yield from _walk(found.path, inbox, depth + 1)


def _entries(folder: Path, inbox: Path) -> list[_Found]:
    """What lies in a folder, by name; of one that cannot be listed, itself. Raises IngestError of the inbox."""
    try:
        names = sorted(os.listdir(folder))  # noqa: PTH208 (names alone: a path would be made of each)
    except OSError as error:
        if folder == inbox:
            raise IngestError(f"The inbox {inbox} {_unreadable(error)}") from error
        return [_Found(folder, f"{UNREAD_FOLDER} {_unreadable(error)}")]
    return [_Found(folder / n) for n in names if not n.startswith(".") and n.lower() not in _IGNORED_NAMES]


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder itself: what a link leads to is outside, or found without it."""
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except OSError:  # it is gone, or its folder may be listed and not entered: as a file it is refused
        return False


def _unreadable(error: OSError) -> str:
    """What is wrong with a file or folder that cannot be read, and what to do."""
    if isinstance(error, PermissionError):
        return "cannot be read (Permission denied): let the user who runs the night read it."
    return f"cannot be read ({error.strerror}): send it again."


def _arrivals(inbox: Path, found: _Found, register: Register, night: date, hashes: KnownHashes) -> Iterator[Arrival]:
    path = found.path
    path_below = path_as_text(path.relative_to(inbox))
    folder = path_below.parts[0] if len(path_below.parts) > 1 or found.refusal else ""
    declared_source = next((s for s in register.sources if s.id == folder), None)
    source = declared_source.id if declared_source else ""  # any other folder may be called by a person's name

    def arrival(feed: str, sha256: str, size: int, listed_path: str = str(path_below), **fields: object) -> Arrival:
        identity = arrival_id(night, feed, listed_path, sha256)
        return Arrival(identity, night, source, feed, listed_path, str(path), sha256, size, **fields)  # type: ignore[arg-type]

    folder_path = "/".join(path_below.parts[:2])
    by_folder = next((f.id for f in declared_source.feeds if f.id == folder_path), "") if declared_source else ""
    try:
        stamp = _file_state(found, path_below)
        if declared_source is None:
            source_ids = ", ".join(sorted(s.id for s in register.sources))
            raise Refused(f"is in the folder of no source of the register: put it under one of {source_ids}.")
        if listed_path := bundles.companion_name(declared_source.feeds, str(path_below)):
            is_landed = bundles.is_manifest(declared_source.feeds, str(path_below))
            sha256, size = (hashes.sha256_of(path, str(path_below)), stamp[0]) if is_landed else ("", 0)
            yield arrival("", sha256, size, listed_path, skipped={bundles.COMPANION: 0})
            return
        sha256 = hashes.sha256_of(path, str(path_below))
        feeds = feed_of_file.feeds_of_file(declared_source, feed_of_file.folders_of(path_below), path)
        if _stamp(path.lstat()) != stamp:
            raise Refused("is still being written: let the export finish, and the next night loads it.")
    except (Refused, OSError) as failure:
        yield arrival(by_folder, "", 0, refusal=_reason(failure))
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


def _reason(failure: Refused | OSError) -> str:
    """Why a file is refused. Raises the failure where it is that of a full disk."""
    if isinstance(failure, Refused):
        return failure.sentence
    if disk_space.is_full(failure):
        raise failure
    return _unreadable(failure)


def _file_state(found: _Found, path_below: PurePosixPath) -> tuple[int, int, int]:
    """Size, modification time and inode of a plain, finished file. Raises Refused for any other."""
    path = found.path
    if found.refusal:
        raise Refused(found.refusal)
    state = path.lstat()
    if stat.S_ISLNK(state.st_mode):
        raise Refused("is a symbolic link: put the file itself there.")
    if not stat.S_ISREG(state.st_mode):
        raise Refused("is no plain file: put the exported file there.")
    if path.name.startswith("~$"):
        raise Refused("is the lock file of a workbook that is open: close the workbook, and delete this file.")
    if path.name.lower().endswith(_UNFINISHED_SUFFIXES):
        raise Refused("is only half written: let the transfer finish and give it its own name.")
    if is_damaged(path_below):
        raise Refused("has a name with damaged characters: rename it.")
    return _stamp(state)


def _stamp(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_size, state.st_mtime_ns, state.st_ino
