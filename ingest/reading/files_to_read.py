"""The parts of an arrival: the file itself or the members of a zip, each with its slice, mode and declared row count.

Stays out: opening tables (`ingest.reading.read_files`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from common import disk_space
from common.delivered_text import delivered
from ingest import landing
from ingest.archives import bounds, bundles, format_of_file, members_of_feed, zip_files
from ingest.deliveries import BY_KEY, Arrival, Delivery, Mode
from ingest.errors import Refused
from ingest.finding.slice_of_path import scope_of, scope_or_none
from ingest.name_as_text import readable_in
from ingest.readers import json_rows
from ingest.tables.header_texts import Names
from registry.model import Feed

_CALLED_ABSENT = "is here although the manifest calls it absent: export all files again."


@dataclass(frozen=True)
class Part:
    """One file to read: an arrival, or a member of one."""

    arrival: Arrival
    member: str
    path: Path
    kind: format_of_file.Kind
    scope: str | None
    mode: Mode
    declared_rows: int | None = None  # row count that a manifest declares


def parts_of(feed: Feed, arrival: Arrival, landing_root: Path, scratch: Path) -> Iterator[Part | Delivery]:
    """Land an arrival; its parts, and a delivery for each refused one. Archives are unpacked to `scratch`."""
    if arrival.refusal is not None:
        scope = scope_or_none(feed, arrival.path)
        yield Delivery.refused(arrival, arrival.member, _sentence(arrival.path, arrival.refusal), scope=scope)
        return
    source = Path(arrival.file)
    try:
        landing.land(source, arrival.sha256, landing_root)
        if feed.batch in BY_KEY and _holds_nothing(feed, source):
            yield _without_changes(feed, arrival, "")
            return
        source = readable_in(source, scratch)
        kind = format_of_file.kind_of(source)
        if kind == "zip":
            yield from _parts_of_zip(feed, arrival, source, scratch)
            return
        if kind == "gzip":
            source, kind = _gunzip(source, scratch / f"{arrival.arrival_id}-gz")
        declared_rows = bundles.declared_rows(
            feed, arrival.path, lambda name: bundles.plain_file_bytes(_inbox_of(arrival) / name)
        )
        mode = members_of_feed.mode_of_loose(feed, Path(arrival.file))
        if mode is None:
            raise Refused(_CALLED_ABSENT)
        yield Part(arrival, "", source, kind, scope_of(feed, arrival.path), mode, declared_rows)
    except Refused as refused:
        yield Delivery.refused(
            arrival, "", _sentence(arrival.path, refused.sentence), scope=scope_or_none(feed, arrival.path)
        )
    except OSError as error:
        if disk_space.is_full(error) or str(error.filename or source) not in (str(source), arrival.file):
            raise  # no fault of the file
        reason = f"cannot be read ({error.strerror}): send it again."
        yield Delivery.refused(arrival, "", _sentence(arrival.path, reason), scope=scope_or_none(feed, arrival.path))


def _holds_nothing(feed: Feed, path: Path) -> bool:
    return format_of_file.is_empty(path) or json_rows.holds_nothing(path, Names(feed))


def _without_changes(feed: Feed, arrival: Arrival, member: str) -> Delivery:
    """The delivery of an empty file of changes or deletions: a night without any."""
    mode: Mode = "delete" if feed.batch == "delete" else "delta"
    return Delivery.of(arrival, member, rows_read=0, skipped={}, scope=scope_or_none(feed, arrival.path), mode=mode)


def refusal(part: Part, sheet: str, reason: str) -> Delivery:
    """The delivery of a refused part, or of a refused sheet of it."""
    member = member_name(part, sheet)
    where = f"{part.arrival.path} ({member})" if member else part.arrival.path
    return Delivery.refused(part.arrival, member, _sentence(where, reason), scope=part.scope, mode=part.mode)


def member_name(part: Part, sheet: str) -> str:
    """The member's name: the file in the zip, the sheet in the workbook, or both."""
    return "/".join(name for name in (part.member, sheet) if name)


def _parts_of_zip(feed: Feed, arrival: Arrival, source: Path, scratch: Path) -> list[Part | Delivery]:
    """The parts of a zip. Raises Refused where it is refused whole: then nothing of it is read."""
    parts: list[Part | Delivery] = []
    deadline = bounds.Deadline()
    with zip_files.open_zip(source) as zipped:
        members = zip_files.members(zipped)
        own_members = members_of_feed.members_of(feed, arrival, members)
        manifests = members_of_feed.manifests_of(feed, members)
        if not own_members:
            raise Refused(f"is a zip without files of {feed.id}: pack it again.")
        for number, member in enumerate(own_members):
            deadline.check()
            try:
                mode = members_of_feed.mode_of(feed, zipped, manifests, member)
                if mode is None:
                    raise Refused(_CALLED_ABSENT)
                path = zip_files.extract(zipped, member, scratch / f"{arrival.arrival_id}-{number}")
                if mode in BY_KEY and _holds_nothing(feed, path):
                    parts.append(_without_changes(feed, arrival, member.name))
                    continue
                kind = format_of_file.kind_of(path)
                if kind == "zip":
                    raise Refused("is a zip inside a zip: pack its files themselves.")
                if kind == "gzip":
                    path, kind = _gunzip(path, scratch / f"{arrival.arrival_id}-{number}-gz")
                declared_rows = bundles.declared_rows(
                    feed, member.name, lambda name: bundles.member_bytes(zipped, members, name)
                )
                scope = scope_of(feed, arrival.path, member.name)
                parts.append(Part(arrival, member.name, path, kind, scope, mode, declared_rows))
            except Refused as refused:
                where = f"{arrival.path} ({member.name})"
                parts.append(Delivery.refused(arrival, member.name, _sentence(where, refused.sentence)))
    return parts


def _inbox_of(arrival: Arrival) -> Path:
    """The inbox of an arrival: its file without its path."""
    return Path(arrival.file).parents[len(PurePosixPath(arrival.path).parts) - 1]


def _gunzip(source: Path, target: Path) -> tuple[Path, format_of_file.Kind]:
    """Unpack a gzip file; the unpacked file and its kind. Raises Refused."""
    kind = format_of_file.kind_of(zip_files.gunzip(source, target))
    if kind in ("zip", "gzip"):
        raise Refused("is an archive inside a gzip file: send the archive, or pack the table itself.")
    return target, kind


def _sentence(where: str, reason: str) -> str:
    return f"{delivered(PurePosixPath(where), 'The file')} {reason}"
