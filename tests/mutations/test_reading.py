"""Mutated exports of every feed are read as promised; and a reader that breaks a promise is found out."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from ingest.errors import Refused
from ingest.reading import small_csv
from ingest.tables import header_row
from registry import Register
from tests.mutations.batches import batch, lopsided, report
from tests.mutations.goods import Good
from tests.mutations.mutants import Mutant, mutant
from tests.mutations.town import Exports

SEED = 20251016


def test_mutants_of_every_feed_are_read_as_promised(exports: Exports):
    """About 150 files; the long tests take thousands through a lake (`test_second_night`)."""
    mutants = batch(exports, SEED)
    verdicts = exports.read(mutants, "read")
    assert report(verdicts, exports.root / "kept") == ""
    assert len(verdicts) == len(mutants) >= 140
    assert {v.mutant.draft.feed.id for v in verdicts} == {f.id for f in exports.register.feeds}
    assert lopsided(verdicts) == []


def test_the_same_seed_makes_the_same_mutant(exports: Exports):
    first, second = (batch(exports, SEED + 1) for _ in range(2))
    assert [m.name for m in first] == [m.name for m in second]
    assert [m.content for m in first if m.draft.form == "csv" and not m.draft.packed] == [
        m.content for m in second if m.draft.form == "csv" and not m.draft.packed
    ]


def _plain(good: Good, register: Register) -> Mutant:
    """A csv with even rows."""
    even = {"row_order", "column_order", "other_forms", "line_ends", "untouched"}
    made = (mutant(good, register, seed, "harmless") for seed in count())
    return next(m for m in made if m.draft.form == "csv" and {*m.draft.done} <= even)


def _refuse(*_: Any, **__: Any) -> Any:
    raise Refused("is refused, as everything is: send it again.")


def _crash(*_: Any, **__: Any) -> Any:
    raise ZeroDivisionError("a reader that stumbles")


def _lose_one(self: small_csv.SmallCsv, rows: Callable[[small_csv.SmallCsv], Any] = small_csv.SmallCsv.rows) -> Any:
    found = rows(self)
    return None if found is None else found.slice(1)


def _shift(self: small_csv.SmallCsv, rows: Callable[[small_csv.SmallCsv], Any] = small_csv.SmallCsv.rows) -> Any:
    """The last column one row further down."""
    found = rows(self)
    if found is None:
        return None
    last = next(n for n in reversed(range(found.num_columns)) if found.schema.field(n).name == "adviser_name")
    moved = found.column(last).take([found.num_rows - 1, *range(found.num_rows - 1)])
    return found.set_column(last, found.schema.field(last), moved)


@pytest.mark.parametrize(
    ("owner", "name", "fault", "told"),
    [
        (header_row, "header_layout", _refuse, "must be loaded, is"),
        (header_row, "header_layout", _crash, "is no sentence for a user"),
        (small_csv.SmallCsv, "rows", _lose_one, "must be read"),
        (small_csv.SmallCsv, "rows", _shift, "do not say what was written"),
    ],
)
def test_a_reader_that_breaks_a_promise_is_found_out(
    tmp_path: Path, house: Register, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, fault: Any, told: str
):
    classes = next(s for s in house.sources if s.id == "teaching")
    only = classes.model_copy(update={"feeds": tuple(f for f in classes.feeds if f.id == "teaching/classes")})
    exports = Exports(tmp_path, house.model_copy(update={"sources": (only,)}), files=8)
    mutants = [_plain(good, house) for good in exports.goods["teaching/classes"]]
    assert report(exports.read(mutants, "right"), tmp_path / "kept") == ""
    monkeypatch.setattr(owner, name, fault)
    assert told in report(exports.read(mutants, "wrong"), tmp_path / "kept")
