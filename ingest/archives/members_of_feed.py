"""The members of a zip that a feed reads, and the mode in which it reads them, or a loose file.

Stays out: which feeds a zip serves (`ingest.finding.feed_of_file`), unpacking (`ingest.archives.zip_files`).
"""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.archives import oneroster_manifest, zip_files
from ingest.deliveries import Arrival, Mode
from ingest.errors import Refused
from registry.model import Feed


def members_of(feed: Feed, arrival: Arrival, members: Sequence[zip_files.Member]) -> list[zip_files.Member]:
    """Those of a zip's members that are read for a feed."""
    return [member for member in members if _belongs_to(feed, arrival, member)]


def manifests_of(feed: Feed, members: Sequence[zip_files.Member]) -> dict[str, zip_files.Member]:
    """The manifests among a zip's members, by name; none where the feed has no manifest."""
    return {m.name: m for m in members if oneroster_manifest.is_manifest(m.basename)} if feed.manifest else {}


def mode_of(
    feed: Feed, zipped: zipfile.ZipFile, manifests: Mapping[str, zip_files.Member], member: zip_files.Member
) -> Mode | None:
    """The mode of a member of the feed: by the manifest that speaks of it (of `manifests_of`), where the zip has any,
    else the feed's own; None if absent.

    Raises Refused where the manifest cannot be understood, or none speaks of the member.
    """
    if not manifests:
        return default_mode(feed)
    nearest = oneroster_manifest.nearest([*manifests], member.name)
    return _said(feed, zipped.read(manifests[nearest].entry) if nearest else None)


def mode_of_loose(feed: Feed, path: Path) -> Mode | None:
    """As `mode_of`, of a file that lies in the inbox as it is: by the manifest beside it. Raises Refused."""
    manifest = oneroster_manifest.beside(path) if feed.manifest else None
    return _said(feed, manifest.read_bytes()) if manifest else default_mode(feed)


def default_mode(feed: Feed) -> Mode:
    """The mode of a feed's files without a manifest: rows of an accumulating feed change others by key."""
    return "delta" if feed.accumulates else feed.batch


def _said(feed: Feed, manifest: bytes | None) -> Mode | None:
    extent = oneroster_manifest.manifest_of(manifest).extent(feed.manifest or "") if manifest is not None else None
    if extent is None:
        raise Refused(
            f"is here, and no line of its {oneroster_manifest.NAME} speaks of it ({feed.manifest}), so that nobody can "
            "tell a whole list from changes: export it again with that line."
        )
    if extent == "absent":
        return None
    return "delta" if extent == "delta" else default_mode(feed)


def _belongs_to(feed: Feed, arrival: Arrival, member: zip_files.Member) -> bool:
    if arrival.members:
        return member.name in arrival.members
    if feed.members:
        return member.basename in feed.members
    return feed.manifest is None or not oneroster_manifest.is_manifest(member.basename)
