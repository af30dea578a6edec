"""The feed of a file: by its folder, its name (`members` of the feed), else its header; of a zip, for each member.

Stays out: walking the inbox (`ingest.finding.inbox`), reading rows.
"""

from __future__ import annotations

import contextlib
import gzip
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from ingest import readers
from ingest.archives import bounds, bundles, format_of_file, oneroster_manifest, zip_files
from ingest.archives.oneroster_manifest import Manifest
from ingest.decoding.record_count import rows_below_header
from ingest.errors import Refused
from ingest.finding.slice_of_path import without_gz
from ingest.name_as_text import readable
from ingest.readers.sheets import Row
from ingest.tables import header_row
from ingest.tables.header_texts import Names
from registry.model import Feed, Source


class _File:
    """A file, and its format, which is asked once."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @cached_property
    def kind(self) -> format_of_file.Kind:
        """Raises Refused."""
        return format_of_file.kind_of(self.path)


@dataclass
class FeedsOfFile:
    """The feeds of a file; for a zip of several feeds, with the members of each.

    `refusals`: members (or '' for the file) of no feed, and the reason. `skipped_rows`: members that are not read,
    and their rows by reason.
    """

    feeds: dict[str, tuple[str, ...]] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    missing_members: dict[str, tuple[str, str]] = field(default_factory=dict)  # feed -> member, reason to expect it
    skipped_rows: dict[str, dict[str, int]] = field(default_factory=dict)


def feeds_of_file(source: Source, folders: Sequence[str], path: Path) -> FeedsOfFile:
    """The feeds of a file of a source; `folders` are those between the source and the file."""
    by_folder = [feed for feed in source.feeds if folders and feed.id == f"{source.id}/{folders[0]}"]
    candidates, file = by_folder or list(source.feeds), _File(path)
    try:
        if skipped := _not_read(source, without_gz(path.name.lower()), path):
            return FeedsOfFile(skipped_rows={"": skipped}, missing_members=_missing_beside(candidates, path))
        only_one = len(candidates) == 1 and bool(by_folder or not candidates[0].members)
        if only_one and not (candidates[0].bundle and file.kind == "zip"):
            result = FeedsOfFile({candidates[0].id: ()})
        elif file.kind == "zip":
            result = _feeds_of_zip(source, candidates, path, only_one=only_one)
        else:
            result = FeedsOfFile({_feed_of(candidates, without_gz(path.name.lower()), file).id: ()})
        return _with_sheet_feeds(source, result, file)
    except Refused as refused:
        return FeedsOfFile(refusals={"": refused.sentence})


def _with_sheet_feeds(source: Source, result: FeedsOfFile, file: _File) -> FeedsOfFile:
    """Add the feeds whose sheets stand in the workbooks of a feed of the file (`beside`). A text has no sheets; a file
    of no known format is left for its own feed to refuse.
    """
    sheet_feeds = [feed for feed in source.feeds if feed.beside in result.feeds]
    with contextlib.suppress(Refused):
        if sheet_feeds and file.kind not in ("text", "json", "html", "parquet"):
            result.feeds |= {sheet_feed.id: result.feeds[str(sheet_feed.beside)] for sheet_feed in sheet_feeds}
    return result


def _not_read(source: Source, name: str, path: Path) -> dict[str, int]:
    """The rows of a file that no feed reads, by reason: a manifest's, or of a file of the standard that is passed over;
    empty for any other. Raises Refused where the manifest cannot be understood.
    """
    if oneroster_manifest.is_manifest(name) and any(feed.manifest for feed in source.feeds):
        return {"manifest": oneroster_manifest.manifest_of(path.read_bytes()).rows}
    if name in source.passes_over:
        opened = gzip.open if path.suffix.lower() == ".gz" else open
        with opened(path, "rb") as file:
            return {"passed_over": rows_below_header(file)}
    return {}


def _missing_beside(candidates: Sequence[Feed], path: Path) -> dict[str, tuple[str, str]]:
    """The feeds whose files a loose manifest promises, and which do not lie beside it."""
    if not oneroster_manifest.is_manifest(path.name):
        return {}
    there = {without_gz(other.name.lower()) for other in path.parent.iterdir()}
    manifest = oneroster_manifest.manifest_of(path.read_bytes())
    return _missing(manifest, [feed for feed in candidates if not there & {*feed.members}], "is not beside it")


def _missing(manifest: Manifest, feeds: Sequence[Feed], where: str) -> dict[str, tuple[str, str]]:
    """Those of the feeds that came without a file, and of which the manifest promises one."""
    return {
        feed.id: (feed.members[0], f"{where} although its manifest says {extent}")
        for feed in feeds
        if feed.manifest and feed.members and (extent := manifest.extent(feed.manifest)) in ("bulk", "delta")
    }


def _feeds_of_zip(source: Source, candidates: Sequence[Feed], path: Path, *, only_one: bool) -> FeedsOfFile:
    result = FeedsOfFile()
    members: dict[str, list[str]] = defaultdict(list)
    deadline = bounds.Deadline()
    with zip_files.open_zip(path) as zipped, tempfile.TemporaryDirectory() as scratch:
        zip_members = zip_files.members(zipped)
        manifests: dict[str, Manifest] = {}
        for member in zip_members:
            deadline.check()
            if oneroster_manifest.is_manifest(member.basename) and any(f.manifest for f in candidates):
                manifests[member.name] = oneroster_manifest.manifest_of(zipped.read(member.entry))
                result.skipped_rows[member.name] = {"manifest": manifests[member.name].rows}
                continue
            if member.basename in source.passes_over:
                with zipped.open(member.entry) as file:
                    result.skipped_rows[member.name] = {"passed_over": rows_below_header(file)}
                continue
            if companion := bundles.companion_name(candidates, member.name):
                result.skipped_rows[companion] = {bundles.COMPANION: 0}
                continue
            try:
                feed = candidates[0] if only_one else _by_name(candidates, member.basename)
                if feed is None:
                    unpacked = zip_files.extract(zipped, member, Path(scratch) / "member")
                    feed = _by_header(candidates, _File(unpacked))
                members[feed.id].append(member.name)
            except Refused as refused:
                result.refusals[member.name] = refused.sentence
    result.feeds = {feed: tuple(own_members) for feed, own_members in members.items()}
    if only_one and not members:
        raise Refused(f"is a zip without files of {candidates[0].id}: pack it again.")
    for manifest in manifests.values():
        absent = [feed for feed in candidates if feed.id not in members]
        result.missing_members |= _missing(manifest, absent, "is not in the zip")
    return result


def _feed_of(candidates: Sequence[Feed], name: str, file: _File) -> Feed:
    return _by_name(candidates, name) or _by_header(candidates, file)


def _by_name(candidates: Sequence[Feed], name: str) -> Feed | None:
    return next((feed for feed in candidates if name in feed.members), None)


def _by_header(candidates: Sequence[Feed], file: _File) -> Feed:
    """The feed of which the header names most columns. Raises Refused where there is none."""
    candidate_names = [Names(feed) for feed in candidates if not feed.members]
    hits: dict[str, int] = defaultdict(int)
    for rows in _first_rows(file, candidate_names) if candidate_names else ():
        for names in candidate_names:
            hits[names.feed.id] = max(hits[names.feed.id], header_row.matching_columns(rows, names))
    best = max(hits.values(), default=0)
    matches = [names.feed for names in candidate_names if hits[names.feed.id] == best]
    if best and len(matches) == 1:
        return matches[0]
    expected = ", ".join(sorted(feed.id for feed in candidates))
    raise Refused(f"is no file of {expected}, by its name or its header: put it into the folder of its feed.")


def _first_rows(file: _File, candidate_names: Sequence[Names]) -> Iterator[list[Row]]:
    """The first rows of each sheet of a file, which may be gzipped. Raises Refused."""
    if file.kind == "zip":
        raise Refused("is a zip inside a zip: pack its files themselves.")
    if file.kind == "gzip":
        with tempfile.TemporaryDirectory() as scratch:
            yield from _first_rows(_File(zip_files.gunzip(file.path, Path(scratch) / "unpacked")), candidate_names)
        return
    with readable(file.path) as path:
        yield from readers.first_rows(file.kind, path, candidate_names, header_row.HEAD_ROWS)


def folders_of(path: PurePosixPath) -> tuple[str, ...]:
    """The folders between the source and the file, of a path below the inbox."""
    return path.parts[1:-1]
