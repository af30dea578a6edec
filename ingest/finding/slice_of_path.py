"""The slice of a file (its scope), by the feed's slice pattern over the path below the feed's folder.

Stays out: slices that a column names (`ingest.contract.slice_of_row`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from ingest.errors import Refused
from registry.model import Feed

_SCHOOL_CODE = re.compile(r"(?<!\d)\d{10}(?!\d)")


def path_below_feed(feed: Feed, path: str) -> str:
    """The path below the feed's folder, of a path below the inbox (`source/feed/…`, or `source/…` without the
    folder). A feed whose sheets stand in another's workbooks shares that feed's folder.
    """
    parts = PurePosixPath(path).parts[1:]
    if len(parts) > 1 and parts[0] in {feed_id.partition("/")[2] for feed_id in (feed.id, feed.beside or feed.id)}:
        parts = parts[1:]
    return "/".join(parts)


def without_gz(name: str) -> str:
    """A file name without the suffix .gz."""
    return name[:-3] if name.lower().endswith(".gz") else name


def scope_of(feed: Feed, path: str, member: str = "") -> str | None:
    """The slice that a file's path names, or None where the file covers every slice of its feed.

    For a zip member these paths are tried in order: below the zip's folder and below the zip, with the zip's inner
    folders and with ever fewer of them; the zip's name; the path inside. Raises Refused where only the path could name
    the slice, and does not.
    """
    if feed.slice.path is None:
        return None
    own_path = without_gz(path_below_feed(feed, path))
    candidates = [own_path]
    if member:
        folder, zipped = PurePosixPath(own_path).parent, PurePosixPath(own_path).with_suffix("")
        parts = PurePosixPath(member).parts
        inner_paths = ["/".join(parts[n:]) for n in range(len(parts))]
        candidates = [
            *(str(parent / inner) for parent in (folder, zipped) for inner in inner_paths),
            own_path,
            member,
            parts[-1],
        ]
    for candidate in candidates:
        match = re.search(feed.slice.path, candidate)
        if match:
            return match.group("slice")
    if feed.slice.column is None:
        expected = f"expected below {feed.id}: {_example(feed)}"
        raise Refused(f"is in a place that names no slice ({expected}): {_remedy(feed, candidates)}.")
    return None


def _remedy(feed: Feed, candidates: Sequence[str]) -> str:
    if feed.slice.ends_with_school and not any(_SCHOOL_CODE.search(candidate) for candidate in candidates):
        return "its rows do not say their school, so name the file by the school's code of 10 digits"
    return "name its folder or the file accordingly"


def _example(feed: Feed) -> str | None:
    return f"such as {feed.slice.example}" if feed.slice.example else feed.slice.path


def scope_or_none(feed: Feed, path: str) -> str | None:
    """The slice of a refused file, if its path names one."""
    try:
        return scope_of(feed, path)
    except Refused:
        return None
