"""Holds that a reviewed line of the register lifts: for this slice, this reason and these very files alone.

Stays out: the lines (the register's), writing one (`registry.desk_files.lifted_hold_file`), reasons to hold.
"""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterable, Sequence

from common.delivered_text import delivered
from ingest.deliveries import Delivery
from ingest.guarding.finding import Finding
from registry.derived import words
from registry.model import Feed, Register


def reason(
    register: Register,
    said: Collection[str],
    feed: Feed,
    part: str,
    found: Iterable[Finding],
    deliveries: Sequence[Delivery],
) -> str | None:
    """The first finding that no line lifts, with the command that would; None where the slice is not held.

    `said`: the words of the register (`words.words`), which the command may show.
    """
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
            lift = command(said, feed.id, part, finding.about, hashes)
            return f"{finding.sentence}; or, if it is right, lift the hold: {lift}"
    return None


def command(said: Collection[str], feed: str, part: str, about: str, hashes: Sequence[str]) -> str:
    """The command that lifts a hold; a slice or column that the register does not say is marked as delivered."""
    files = [word for sha256 in hashes for word in ("--file", sha256)]
    shown = [_shown(part, said), *(["--about", _shown(about, said)] if about else [])]
    return f"{' '.join(['shuyuan lift', feed, *shown, *files])} --by WHO --why REASON"


def _shown(word: str, said: Collection[str]) -> str:
    text = shlex.quote(word)
    return text if words.are_said(word, said) else delivered(text)
