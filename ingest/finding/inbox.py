"""Finding what has arrived.

Lives here: walking the inbox, the signs of a file that is not to be read, and one arrival for each feed of a
file.
Add here: another sign of a file that is still being written.
Stays out: which feed a file is of (`feed_of_file`), whether its bytes are known (`unchanged_files`), opening rows.
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
from ingest.deliveries import Arrival, Seen, arrival_id
from ingest.errors import Refused
from ingest.finding import feed_of_file
from ingest.finding.unchanged_files import again, settle
from registry.model import Register

_UNFINISHED = (".part", ".partial", ".tmp", ".temp", ".crdownload", ".download", ".filepart", ".swp")
_HIDDEN = frozenset({"thumbs.db", "desktop.ini", "__macosx"})


def find(
    inbox: Path, register: Register, night: date, seen: Seen | AbstractSet[str], alone: Collection[str] = ()
) -> list[Arrival]:
    """The arrivals of a night, ordered by path: those not committed before, one for each feed of a file.

    A file whose bytes the lake holds already arrives `unchanged`. What cannot be placed or read has a
    `refusal`. Hidden files are passed over; nothing outside the inbox is opened.

    `alone` names feeds of which every file arrives, to be read again also where it was committed before; files
    of other feeds, and those that cannot be placed, are then left for another run.
    """
    known = seen if isinstance(seen, Seen) else Seen(frozenset(seen))
    came = [arrival for path in _walk(inbox, inbox) for arrival in _arrivals(inbox, path, register, night)]
    found = list({(a.arrival_id, a.member): a for a in came}.values())  # what is beside a bundle's file comes as one
    if alone:
        return [again(arrival, known) for arrival in found if arrival.feed in alone]
    return settle(register, found, known)


def _walk(folder: Path, inbox: Path) -> Iterator[Path]:
    """Files and links below a folder, by name; hidden ones are passed over."""
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.name.startswith(".") or entry.name.lower() in _HIDDEN:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), inbox)
        else:
            yield Path(entry.path)


def _arrivals(inbox: Path, path: Path, register: Register, night: date) -> Iterator[Arrival]:
    below = PurePosixPath(
        path.relative_to(inbox).as_posix().encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    )
    source = below.parts[0] if len(below.parts) > 1 else ""

    def arrival(feed: str, sha256: str, size: int, lies: str = str(below), **more: object) -> Arrival:
        known = arrival_id(night, feed, lies, sha256)
        return Arrival(known, night, source, feed, lies, str(path), sha256, size, **more)  # type: ignore[arg-type]

    declared = next((s for s in register.sources if s.id == source), None)
    folder = "/".join(below.parts[:2])
    by_folder = next((f.id for f in declared.feeds if f.id == folder), "") if declared else ""
    try:
        before = _checked(path, below)
        if declared is None:
            told = ", ".join(sorted(s.id for s in register.sources))
            raise Refused(f"lies under no source of the register: put it under one of {told}.")
        if lies := bundles.beside(declared.feeds, str(below)):
            sha256, size = _kept(path) if bundles.is_manifest(declared.feeds, str(below)) else ("", 0)
            yield arrival("", sha256, size, lies, skipped={bundles.COMPANION: 0})
            return
        sha256 = landing.sha256_of(path)
        placed = feed_of_file.place(declared, feed_of_file.folders_of(below), path)
        if _stamp(path.lstat()) != before:
            raise Refused("is still being written: let the export finish, and the next night takes it.")
    except (Refused, OSError) as failure:
        told = str(failure) if isinstance(failure, Refused) else f"cannot be read ({failure.strerror}): send it again."
        yield arrival(by_folder, "", 0, refusal=told)
        return
    size = before[0]
    for feed, members in placed.feeds.items():
        yield arrival(feed, sha256, size, members=members)
    for feed, (member, why) in placed.missing.items():
        yield arrival(feed, sha256, size, member=member, refusal=f"({member}) {why}: export the zip again.")
    for member, reason in placed.refused.items():
        yield arrival("" if member else by_folder, sha256, size, member=member, refusal=reason)
    for member, skipped in placed.passed.items():
        yield arrival("", sha256, size, member=member, skipped=skipped)


def _checked(path: Path, below: PurePosixPath) -> tuple[int, int, int]:
    """Size, time and place of a plain, finished file. Raises Refused where it is none."""
    state = path.lstat()
    if stat.S_ISLNK(state.st_mode):
        raise Refused("is a symbolic link: put the file itself there.")
    if not stat.S_ISREG(state.st_mode):
        raise Refused("is no plain file: put the exported file there.")
    if path.name.startswith("~$"):
        raise Refused("is left by a spreadsheet that has the workbook open: close it, and delete this file.")
    if path.name.lower().endswith(_UNFINISHED):
        raise Refused("is only half written: let the transfer finish and give it its own name.")
    if "�" in str(below) or any(ord(c) < 32 for c in str(below)):
        raise Refused("has a name with characters that are no text: rename it.")
    return _stamp(state)


def _kept(path: Path) -> tuple[str, int]:
    """Hash and size of a file that is kept with the deliveries."""
    return landing.sha256_of(path), path.stat().st_size


def _stamp(state: os.stat_result) -> tuple[int, int, int]:
    return state.st_size, state.st_mtime_ns, state.st_ino
