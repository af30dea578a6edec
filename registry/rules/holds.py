"""Refusals about the reviewed lines that lift holds.

Lives here: what `lifted_holds.csv` may not say.
Stays out: what holds a slice (`ingest.guarding`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.model import LiftedHold, Register

_SHA256 = re.compile("[0-9a-f]{64}")


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the lines."""
    for line in register.lifted_holds:
        yield from refusals_of(line, register)


def refusals_of(line: LiftedHold, register: Register) -> Iterator[str]:
    """What is wrong with one line."""
    at = f"lifted_holds.csv: line on `{line.feed}` {line.slice}".rstrip()
    if line.feed not in {feed.id for feed in register.feeds}:
        yield f"{at}: there is no such feed; correct it."
    if not _SHA256.fullmatch(line.sha256):
        yield f"{at}: `{line.sha256}` is no SHA-256 of a file; copy the 64 characters that the hold shows."
    if not (line.decided_by.strip() and line.reason.strip()):
        yield f"{at} does not say who decided and why; fill decided_by and reason."
