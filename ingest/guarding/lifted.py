"""Holds that a reviewed line of the register lifts: for this slice, this reason and these very files alone.

Stays out: the lines (the register's), writing one (`registry.lifted_hold_file`), reasons to hold.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from ingest.deliveries import Delivery
from ingest.guarding.finding import Finding
from registry.model import Feed, Register


def reason(
    register: Register, feed: Feed, part: str, found: Iterable[Finding], deliveries: Sequence[Delivery]
) -> str | None:
    """The first finding that no line lifts, with the command that would; None where the slice is not held."""
    hashes = sorted({delivery.file_sha256 for delivery in deliveries})
    for finding in found:
        lines = {
            line.sha256
            for line in register.lifted_holds
            if (line.feed, line.slice, line.about) == (feed.id, part, finding.about)
        }
        if finding.about is None:
            return f"{finding.sentence}."
        if not hashes or not lines.issuperset(hashes):
            lift = command(feed.id, part, finding.about, hashes)
            return f"{finding.sentence}; or, if it is right, lift the hold: {lift}"
    return None


def command(feed: str, part: str, about: str, hashes: Sequence[str]) -> str:
    """The command that lifts a hold."""
    words = ["shuyuan", "lift", feed, part, *(["--about", about] if about else [])]
    files = [word for sha256 in hashes for word in ("--file", sha256)]
    return f"{shlex.join([*words, *files])} --by WHO --why REASON"
