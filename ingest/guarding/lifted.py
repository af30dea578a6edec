"""Holds that a reviewed line of the register lifts: for this slice, this reason and these very files alone.

Stays out: the lines (the register's), writing one (`registry.lifted_hold_file`), reasons to hold.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Sequence

from common.delivered_text import delivered
from ingest.deliveries import Delivery
from ingest.guarding.finding import Finding
from registry.derived import words
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
            lift = command(register, feed.id, part, finding.about, hashes)
            return f"{finding.sentence}; or, if it is right, lift the hold: {lift}"
    return None


def command(register: Register, feed: str, part: str, about: str, hashes: Sequence[str]) -> str:
    """The command that lifts a hold; a slice or column that the register does not say is marked as delivered."""
    known = words.words(register)
    files = [word for sha256 in hashes for word in ("--file", sha256)]
    shown = [_shown(word, known) for word in (part, *(["--about", about] if about else []))]
    return f"{' '.join(['shuyuan lift', feed, *shown, *files])} --by WHO --why REASON"


def _shown(word: str, known: frozenset[str]) -> str:
    text = shlex.quote(word)
    return text if word == "--about" or words.are_said(word, known) else delivered(text)
