"""Which feed a file is of.

Lives here: the folder, the name (`members`), else the header; and for a zip the same for each of its files.
Add here: another sign of a feed.
Stays out: walking the inbox (`inbox`), reading rows.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingest import readers
from ingest.archives import bundles, format_of_file, oneroster_manifest, zip_files
from ingest.errors import Refused
from ingest.finding.slice_of_path import unpacked
from ingest.readers.sheets import Row
from ingest.tables import header_row
from ingest.tables.header_texts import Names
from registry.model import Feed, Source


@dataclass
class Placed:
    """Where a file belongs: feeds and, for a zip that is taken apart, which of its files are theirs.

    `refused`: members (or '' for the file) that no feed takes, and why. `passed`: members that are read past,
    and their rows by the reason.
    """

    feeds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    missing: dict[str, tuple[str, str]] = field(default_factory=dict)  # feed -> member, why it should be there
    passed: dict[str, dict[str, int]] = field(default_factory=dict)


def place(source: Source, folders: Sequence[str], path: Path) -> Placed:
    """The feeds of a file under a source; `folders` are those between them."""
    named = [feed for feed in source.feeds if folders and feed.id == f"{source.id}/{folders[0]}"]
    candidates = named or list(source.feeds)
    try:
        alone = len(candidates) == 1 and bool(named or not candidates[0].members)
        if alone and not (candidates[0].bundle and format_of_file.kind_of(path) == "zip"):
            placed = Placed({candidates[0].id: ()})
        elif format_of_file.kind_of(path) == "zip":
            placed = _zipped(candidates, path, alone=alone)
        else:
            placed = Placed({_feed_of(candidates, unpacked(path.name.lower()), path).id: ()})
        return _with_guests(source, placed, path)
    except Refused as refused:
        return Placed(refused={"": str(refused)})


def _with_guests(source: Source, placed: Placed, path: Path) -> Placed:
    """Add the feeds whose sheets stand in the workbooks of a placed one. A text has no sheets, and no guests; what is
    nothing to read is left to the placed feed to refuse.
    """
    guests = [feed for feed in source.feeds if feed.beside in placed.feeds]
    with contextlib.suppress(Refused):
        if guests and format_of_file.kind_of(path) not in ("text", "json", "html", "parquet"):
            placed.feeds |= {guest.id: placed.feeds[str(guest.beside)] for guest in guests}
    return placed


def _zipped(candidates: Sequence[Feed], path: Path, *, alone: bool) -> Placed:
    placed = Placed()
    members: dict[str, list[str]] = defaultdict(list)
    with zip_files.opened(path) as zipped, tempfile.TemporaryDirectory() as scratch:
        found = zip_files.members(zipped)
        listed = [m for m in found if m.basename == oneroster_manifest.NAME and any(f.manifest for f in candidates)]
        for member in found:
            if member in listed:
                placed.passed[member.name] = {"manifest": len(oneroster_manifest.rows_of(zipped.read(member.entry)))}
                continue
            if beside := bundles.beside(candidates, member.name):
                placed.passed[beside] = {bundles.COMPANION: 0}
                continue
            try:
                feed = candidates[0] if alone else _named(candidates, member.basename)
                if feed is None:
                    unpacked = zip_files.extract(zipped, member, Path(scratch) / "member")
                    feed = _by_header(candidates, unpacked)
                members[feed.id].append(member.name)
            except Refused as refused:
                placed.refused[member.name] = str(refused)
        said = oneroster_manifest.extents(zipped.read(listed[0].entry)) if listed else {}
    placed.feeds = {feed: tuple(names) for feed, names in members.items()}
    if alone and not members:
        raise Refused(f"is a zip without files of {candidates[0].id}: pack it again.")
    for feed in candidates:
        extent = said.get(feed.manifest or "", "")
        if extent in ("bulk", "delta") and feed.id not in members and feed.members:
            placed.missing[feed.id] = (
                feed.members[0],
                f"is not in the zip although its manifest says {extent}",
            )
    return placed


def _feed_of(candidates: Sequence[Feed], name: str, path: Path) -> Feed:
    return _named(candidates, name) or _by_header(candidates, path)


def _named(candidates: Sequence[Feed], name: str) -> Feed | None:
    return next((feed for feed in candidates if name in feed.members), None)


def _by_header(candidates: Sequence[Feed], path: Path) -> Feed:
    """The feed whose columns the header names most of. Raises Refused where it is none's."""
    known = [Names(feed) for feed in candidates if not feed.members]
    hits: dict[str, int] = defaultdict(int)
    for rows in _heads(path, known) if known else ():
        for names in known:
            hits[names.feed.id] = max(hits[names.feed.id], header_row.fits(rows, names))
    best = max(hits.values(), default=0)
    found = [names.feed for names in known if hits[names.feed.id] == best]
    if best and len(found) == 1:
        return found[0]
    told = ", ".join(sorted(feed.id for feed in candidates))
    raise Refused(f"is no file of {told}, by its name or its header: put it into the folder of its feed.")


def _heads(path: Path, known: Sequence[Names]) -> Iterator[list[Row]]:
    """The first rows of each sheet, of a file that may be packed alone. Raises Refused."""
    kind = format_of_file.kind_of(path)
    if kind == "zip":
        raise Refused("is a zip inside a zip: pack its files themselves.")
    if kind == "gzip":
        with tempfile.TemporaryDirectory() as scratch:
            yield from _heads(zip_files.gunzip(path, Path(scratch) / "unpacked"), known)
        return
    yield from readers.first_rows(kind, path, known, header_row.HEAD_ROWS)


def folders_of(path: PurePosixPath) -> tuple[str, ...]:
    """The folders between the source and the file, of a path below the inbox."""
    return path.parts[1:-1]
