"""Which slice a file speaks for, by where it lies.

Lives here: reading a feed's slice pattern over the path below the feed's folder.
Add here: another place where a file's slice may be written.
Stays out: slices that a column names (`contract`).
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ingest.errors import Refused
from registry.model import Feed


def below(feed: Feed, path: str) -> str:
    """The path below the feed's folder, of a path below the inbox (`source/feed/…`, or `source/…` without the
    folder). A feed that stands in another's workbooks lies in the folder of that one.
    """
    parts = PurePosixPath(path).parts[1:]
    if len(parts) > 1 and parts[0] in {known.partition("/")[2] for known in (feed.id, feed.beside or feed.id)}:
        parts = parts[1:]
    return "/".join(parts)


def unpacked(name: str) -> str:
    """The name of a file without the ending that says that it is packed alone."""
    return name[:-3] if name.lower().endswith(".gz") else name


def scope_of(feed: Feed, path: str, member: str = "") -> str | None:
    """The slice that a file's path names, or None where it speaks for every slice of its feed.

    A file inside a zip may name it below the zip's folder or below the zip, with the zip's own folders or without;
    else the zip's name counts, else the path inside. Raises Refused where the path alone tells the slice and does
    not.
    """
    if feed.slice.path is None:
        return None
    lies = unpacked(below(feed, path))
    tried = [lies]
    if member:
        folder, zipped = PurePosixPath(lies).parent, PurePosixPath(lies).with_suffix("")
        name = PurePosixPath(member).name
        tried = [*(str(above / inside) for above in (folder, zipped) for inside in (member, name)), lies, member, name]
    for candidate in tried:
        found = re.search(feed.slice.path, candidate)
        if found:
            return found.group("slice")
    if feed.slice.column is None:
        raise Refused(
            "lies where its place does not say what it is of "
            f"(expected below {feed.id}: {_such_as(feed)}): "
            "name its folder or the file so."
        )
    return None


def _such_as(feed: Feed) -> str | None:
    return f"such as {feed.slice.example}" if feed.slice.example else feed.slice.path


def scope_or_none(feed: Feed, path: str) -> str | None:
    """The slice that a refused file would have spoken for, if its path names one."""
    try:
        return scope_of(feed, path)
    except Refused:
        return None
