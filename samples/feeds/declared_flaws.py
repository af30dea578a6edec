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
    row_kinds = [k for k in kinds if k.severity != "cell"]
    kind_by_row = dict(zip(_one_row_per_school(rows, rng), row_kinds, strict=False))
    others = [int(r) for r in rng.permutation(len(rows)) if int(r) not in kind_by_row]
    kind_by_row |= dict(zip(others, [k for k in kinds if k.severity == "cell"], strict=False))
    if len(kind_by_row) * 4 > len(rows):  # a list of a few rows stays as it is
        return []
    part = f"{day:%Y%m%d}"
    return [Flaw(f"{feed.id}:{part}:{kind.name}", kind, row, part) for row, kind in kind_by_row.items()]


def _one_row_per_school(rows: Rows, rng: np.random.Generator) -> list[int]:
    """One row of each school."""
    order: Ints = rng.permutation(len(rows))
    _, first = np.unique(rows.school[order], return_index=True)
    return [int(r) for r in order[np.sort(first)]]


def _kinds(feed: Feed, values: Columns) -> Iterator[Kind]:
    """Row kinds first. A column is spoiled once; keys and the slice's column only as the rule of keys asks."""
    last = feed.key[-1]
    yield Kind("duplicate_row", feed.id, last, "duplicate_row", "skip", adds=True)
    altered_column = next((c.name for c in feed.columns if c.type == "text" and c.name not in feed.key), None)
    if altered_column:
        yield Kind(
            "duplicate_key",
            feed.id,
            last,
            "duplicate_key",
            "row",
            lambda v: f"{v}(重)",
            adds=True,
            alters=altered_column,
        )
    used_rules: set[str] = set()
    for column in feed.columns:
        if not column.load or column.name == feed.slice.column or values[column.name].null_count:
            continue
        rule = _breakable_rule(column)
        if (
            rule
            and rule[0] not in used_rules
            and (column.name not in feed.key or column.severity == "row")
        ):
            used_rules.add(rule[0])
            yield Kind(
                f"{rule[0]}_{column.name}",
                feed.id,
                column.name,
                rule[0],
                column.severity,
                rule[1],
            )


def _breakable_rule(column: Column) -> tuple[str, Spoil] | None:
    """The rule that a column's type lets be broken, and how."""
    if column.severity == "warn":
        return None
    if column.type in ("integer", "decimal"):
        outside = column.maximum is not None
        return ("range", always("999999999999")) if outside else (f"type_{column.type}", always("若干"))
    return _RULE_BY_TYPE.get(column.type)


_RULE_BY_TYPE: dict[str, tuple[str, Spoil]] = {
    "student_number": ("type_student_number", break_number),
    "date": ("type_date", always("2025-02-30")),
    "datetime": ("type_datetime", always("上周三")),
    "code": ("code", always("无此选项")),
}
