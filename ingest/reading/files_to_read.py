"""From arrivals to the files that are read: zips unpacked, each part with the slice and the way it counts.

Lives here: what a member of a zip is to a feed, and the manifest's say on it.
Add here: another way in which several files come as one.
Stays out: opening tables (`read_files`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest import landing
from ingest.archives import bundles, format_of_file, oneroster_manifest, zip_files
from ingest.deliveries import Arrival, Delivery, Mode
from ingest.errors import Refused
from ingest.finding.slice_of_path import scope_of, scope_or_none
from registry.model import Feed


@dataclass(frozen=True)
class Part:
    """One file to read: an arrival, or a member of one. `told`: its rows, where a manifest tells them."""

    arrival: Arrival
    member: str
    path: Path
    kind: format_of_file.Kind
    scope: str | None
    mode: Mode
    told: int | None = None


def parts_of(feed: Feed, arrival: Arrival, landed: Path, scratch: Path) -> Iterator[Part | Delivery]:
    """Land an arrival and give its parts; those that are refused come as deliveries. `scratch` takes what is
    unpacked.
    """
    if arrival.refusal is not None:
        scope = scope_or_none(feed, arrival.path)
        yield Delivery.refused(arrival, arrival.member, _sentence(arrival.path, arrival.refusal), scope=scope)
        return
    source = Path(arrival.file)
    try:
        landing.land(source, arrival.sha256, landed)
        kind = format_of_file.kind_of(source)
        if kind == "zip":
            yield from _unpacked(feed, arrival, source, scratch)
            return
        if kind == "gzip":
            source, kind = _gunzipped(source, scratch / f"{arrival.arrival_id}-gz")
        told = bundles.rows_told(feed, arrival.path, lambda name: bundles.plain(_inbox(arrival) / name))
        yield Part(arrival, "", source, kind, scope_of(feed, arrival.path), _usual(feed), told)
    except Refused as refused:
        yield Delivery.refused(
            arrival, "", _sentence(arrival.path, str(refused)), scope=scope_or_none(feed, arrival.path)
        )
    except OSError as error:
        reason = f"cannot be read ({error.strerror}): send it again."
        yield Delivery.refused(arrival, "", _sentence(arrival.path, reason), scope=scope_or_none(feed, arrival.path))


def refusal(part: Part, sheet: str, reason: str) -> Delivery:
    """The delivery of a part, or of a sheet of it, that is not taken."""
    member = named(part, sheet)
    where = f"{part.arrival.path} ({member})" if member else part.arrival.path
    return Delivery.refused(part.arrival, member, _sentence(where, reason), scope=part.scope, mode=part.mode)


def named(part: Part, sheet: str) -> str:
    """The member's name: the file in the zip, the sheet in the workbook, or both."""
    return "/".join(name for name in (part.member, sheet) if name)


def _unpacked(feed: Feed, arrival: Arrival, source: Path, scratch: Path) -> Iterator[Part | Delivery]:
    with zip_files.opened(source) as zipped:
        found = zip_files.members(zipped)
        chosen = [m for m in found if _is_of(feed, arrival, m)]
        mode = _mode(feed, {m.basename: zipped.read(m.entry) for m in found if m.basename == oneroster_manifest.NAME})
        if not chosen:
            raise Refused(f"is a zip without files of {feed.id}: pack it again.")
        for n, member in enumerate(chosen):
            try:
                if mode is None:
                    raise Refused("is here although the manifest calls it absent: export the zip again.")
                path = zip_files.extract(zipped, member, scratch / f"{arrival.arrival_id}-{n}")
                kind = format_of_file.kind_of(path)
                if kind == "zip":
                    raise Refused("is a zip inside a zip: pack its files themselves.")
                if kind == "gzip":
                    path, kind = _gunzipped(path, scratch / f"{arrival.arrival_id}-{n}-gz")
                told = bundles.rows_told(feed, member.name, lambda name: bundles.member(zipped, found, name))
                yield Part(arrival, member.name, path, kind, scope_of(feed, arrival.path, member.name), mode, told)
            except Refused as refused:
                where = f"{arrival.path} ({member.name})"
                yield Delivery.refused(arrival, member.name, _sentence(where, str(refused)))


def _inbox(arrival: Arrival) -> Path:
    """The folder below which an arrival's path lies."""
    return Path(arrival.file).parents[len(PurePosixPath(arrival.path).parts) - 1]


def _gunzipped(packed: Path, target: Path) -> tuple[Path, format_of_file.Kind]:
    """The file in a gzip file, and its kind. Raises Refused."""
    kind = format_of_file.kind_of(zip_files.gunzip(packed, target))
    if kind in ("zip", "gzip"):
        raise Refused("is an archive inside a gzip file: send the archive, or pack the table itself.")
    return target, kind


def _is_of(feed: Feed, arrival: Arrival, member: zip_files.Member) -> bool:
    """Whether a file of a zip is to be read for a feed."""
    if arrival.members:
        return member.name in arrival.members
    if feed.members:
        return member.basename in feed.members
    return feed.manifest is None or member.basename != oneroster_manifest.NAME


def _usual(feed: Feed) -> Mode:
    """How a file counts by itself: rows that come on top of others change them by key."""
    return "delta" if feed.accumulates else feed.batch


def _mode(feed: Feed, manifests: dict[str, bytes]) -> Mode | None:
    """How the feed's members count: by the manifest where there is one, else as the feed declares; None is
    absent.
    """
    content = manifests.get(oneroster_manifest.NAME)
    if feed.manifest is None or content is None:
        return _usual(feed)
    said = oneroster_manifest.extents(content).get(feed.manifest, "")
    if said == "absent":
        return None
    return "delta" if said == "delta" else _usual(feed)


def _sentence(where: str, reason: str) -> str:
    return f"{PurePosixPath(where)} {reason}"
