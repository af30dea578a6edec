"""Bad rows of feeds that are made from their contract: for each rule of the contract a few.

Lives here: which columns can be spoiled how, and whom it hits.
Add here: another way to break a contract's rule.
Stays out: the hand-made kinds of other feeds (`planted.flaw_kinds`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np

from registry.model import Column, Feed
from samples.feeds.declared_columns import Rows
from samples.planted.flaw_kinds import Kind, Spoil, always, break_number
from samples.planted.plan import Flaw
from samples.world.strings import Columns, Ints


def flaws_of(feed: Feed, rows: Rows, values: Columns, rng: np.random.Generator, day: date) -> list[Flaw]:
    """A bad row of each kind; no two in one row, and of those that cost the row no two in one school."""
    kinds = list(_kinds(feed, values))
    dear = [k for k in kinds if k.severity != "cell"]
    hit = dict(zip(_apart(rows, rng), dear, strict=False))
    others = [int(r) for r in rng.permutation(len(rows)) if int(r) not in hit]
    hit |= dict(zip(others, [k for k in kinds if k.severity == "cell"], strict=False))
    if len(hit) * 4 > len(rows):  # a list of a few rows stays as it is
        return []
    part = f"{day:%Y%m%d}"
    return [Flaw(f"{feed.id}:{part}:{kind.name}", kind, row, part) for row, kind in hit.items()]


def _apart(rows: Rows, rng: np.random.Generator) -> list[int]:
    """One row of each school."""
    order: Ints = rng.permutation(len(rows))
    _, first = np.unique(rows.school[order], return_index=True)
    return [int(r) for r in order[np.sort(first)]]


def _kinds(feed: Feed, values: Columns) -> Iterator[Kind]:
    """Row kinds first. A column is spoiled once; keys and the slice's column only as the rule of keys asks."""
    last = feed.key[-1]
    yield Kind("duplicate_row", feed.id, last, "duplicate_row", "skip", adds=True)
    altered = next((c.name for c in feed.columns if c.type == "text" and c.name not in feed.key), None)
    if altered:
        yield Kind(
            "duplicate_key", feed.id, last, "duplicate_key", "row", lambda v: f"{v}(重)", adds=True, alters=altered
        )
    seen: set[str] = set()
    for column in feed.columns:
        if not column.load or column.name == feed.slice.column or values[column.name].null_count:
            continue
        spoiled = _spoiled(column)
        if spoiled and spoiled[0] not in seen and (column.name not in feed.key or column.severity == "row"):
            seen.add(spoiled[0])
            yield Kind(f"{spoiled[0]}_{column.name}", feed.id, column.name, spoiled[0], column.severity, spoiled[1])


def _spoiled(column: Column) -> tuple[str, Spoil] | None:
    """The rule that a column's type lets be broken, and how."""
    if column.severity == "warn":
        return None
    if column.type in ("integer", "decimal"):
        outside = column.maximum is not None
        return ("range", always("999999999999")) if outside else (f"type_{column.type}", always("若干"))
    return _SPOILED.get(column.type)


_SPOILED: dict[str, tuple[str, Spoil]] = {
    "student_number": ("type_student_number", break_number),
    "date": ("type_date", always("2025-02-30")),
    "datetime": ("type_datetime", always("上周三")),
    "code": ("code", always("无此选项")),
}
