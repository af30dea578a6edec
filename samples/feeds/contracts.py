"""What the register says of a feed: the headers to write, the options there are, the slice a file speaks for.

Lives here: the house's register as the generators need it.
Add here: another question to the register.
Stays out: values (`declared_columns`), which feeds come when (`declared`).
"""

from __future__ import annotations

import re
from functools import cache

import registry
from registry import Register
from registry.model import Feed


@cache
def house() -> Register:
    """The register that a new bureau begins with."""
    return registry.load(registry.HOUSE)


@cache
def contract(feed: str) -> Feed | None:
    """The feed's contract, or None where the register has none."""
    return next((f for f in house().feeds if f.id == feed), None)


@cache
def key_of(feed: str) -> tuple[str, ...]:
    """The columns that name a row. Raises LookupError for a feed that the register does not have."""
    feed_contract = contract(feed)
    if feed_contract is None:
        raise LookupError(f"The register declares no feed {feed}.")
    return feed_contract.key


@cache
def optional_keys(feed: str) -> frozenset[str]:
    """The columns of a feed's key that may be blank beside others: a blank of theirs is part of the key."""
    feed_contract = contract(feed)
    if feed_contract is None:
        return frozenset()
    filled = {c.name for c in feed_contract.columns if c.filled}
    return frozenset(feed_contract.key) - filled if filled & {*feed_contract.key} else frozenset()


@cache
def sliced_by(feed: str) -> str | None:
    """The column that names the slice of a row, in files that speak for many."""
    feed_contract = contract(feed)
    return feed_contract.slice.column if feed_contract else None


@cache
def options(code_set: str) -> tuple[str, ...]:
    """The names of a code set's codes, as platforms export them."""
    codes = next(s for s in house().code_sets if s.id == code_set)
    return tuple(c.label.zh for c in codes.codes if c.source is None)


@cache
def option(code_set: str, code: str) -> str:
    """The name of a code, as platforms export it. Raises LookupError for a code that the set does not have."""
    codes = next(s for s in house().code_sets if s.id == code_set).codes
    label = next((c.label.zh for c in codes if c.code == code), None)
    if label is None:
        raise LookupError(f"The code set {code_set} has no code {code}.")
    return label


def slice_of(feed: Feed, below: str) -> str:
    """The slice that a path below the feed's folder names; '' where it speaks for all."""
    match = re.search(feed.slice.path, below) if feed.slice.path else None
    return match.group("slice") if match else ""
