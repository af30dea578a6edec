"""Which row stands where, and what is wrong with it: from a plan to the content of a feed's files.

Lives here: adding the rows that flaws add, putting edits and flaws into rendered columns, and remembering
each one's row number.
Stays out: rendering (`feeds`), bytes (`files.text`, `files.workbooks`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from samples.planted.plan import Edit, Flaw
from samples.world.strings import Columns, Ints, overwrite, pick


@dataclass(frozen=True)
class Rows:
    """The rows of one feed's files, file after file.

    `entity` is the student, teacher, class, school or homework record of a row; `extra` counts in `added`, -1
    for a proper row.
    """

    entity: Ints
    file: Ints
    extra: Ints
    added: tuple[Flaw, ...]

    def __len__(self) -> int:
        return len(self.entity)

    def starts(self, files: int) -> Ints:
        """First row of each file."""
        return np.searchsorted(self.file, np.arange(files))

    def place(self, files: int) -> Ints:
        """Row within its file, from 0."""
        return np.arange(len(self)) - self.starts(files)[self.file]


@dataclass(frozen=True)
class Mark:
    """A flaw as it stands in a file: its row (in `Rows`) and the value written."""

    flaw: Flaw
    row: int
    value: str


@dataclass(frozen=True)
class Content:
    """Rendered columns of a feed's files, with the flaws they hold."""

    rows: Rows
    columns: Columns
    marks: tuple[Mark, ...] = field(default=())

    def unloaded_rows(self) -> Ints:
        """Rows that are not loaded: quarantined, or skipped as an exact copy."""
        return np.array(sorted({m.row for m in self.marks if m.flaw.kind.severity != "cell"}), np.int64)


def place_rows(entity: Ints, file: Ints, flaws: Iterable[Flaw], file_of: Callable[[Flaw], int | None]) -> Rows:
    """Proper rows in their order (`file` ascending), the rows that flaws add at the end of their file.

    `file_of` gives an adding flaw's file, or None where that file is not written tonight.
    """
    added = [(f, at) for f in flaws if f.kind.adds and (at := file_of(f)) is not None]
    files = np.concatenate([file, np.array([at for _, at in added], np.int64)])
    entities = np.concatenate([entity, np.array([f.entity for f, _ in added], np.int64)])
    extra = np.concatenate([np.full(len(file), -1), np.arange(len(added))])
    order = np.argsort(files, kind="stable")
    return Rows(entities[order], files[order], extra[order], tuple(f for f, _ in added))


def plant(
    rows: Rows, columns: Columns, person: Ints, edits: Sequence[Edit], flaws: Sequence[Flaw]
) -> Content:
    """The columns with edits and flaws put in. `person` is each row's person, for the edits.

    Edits reach every row of a person; a flaw that replaces a value reaches the proper row of its entity.
    """
    columns = dict(columns)
    _put_edits(columns, person, edits)
    proper = _proper_rows(rows)
    marks = [Mark(f, proper[f.entity], "") for f in flaws if not f.kind.adds and f.entity in proper]
    marks += [Mark(rows.added[int(rows.extra[r])], int(r), "") for r in np.flatnonzero(rows.extra >= 0)]
    return Content(rows, columns, tuple(_put_flaws(columns, marks)))


def _proper_rows(rows: Rows) -> _Lookup:
    return _Lookup(rows.entity, np.flatnonzero(rows.extra < 0))


class _Lookup:
    """Entity to row, without a dictionary of a million entries."""

    def __init__(self, entity: Ints, proper: Ints) -> None:
        order = np.argsort(entity[proper], kind="stable")
        self._rows = proper[order]
        self._entities = entity[self._rows]

    def _at(self, entity: int) -> int:
        return int(np.searchsorted(self._entities, entity))

    def __contains__(self, entity: int) -> bool:
        at = self._at(entity)
        return at < len(self._entities) and int(self._entities[at]) == entity

    def __getitem__(self, entity: int) -> int:
        return int(self._rows[self._at(entity)])


def _put_edits(columns: Columns, person: Ints, edits: Sequence[Edit]) -> None:
    size = int(person.max(initial=-1)) + 1
    by_column: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        if edit.person < size:
            by_column[edit.column].append(edit)
    for column, column_edits in by_column.items():
        edit_of = np.full(size, -1)
        edit_of[[e.person for e in column_edits]] = np.arange(len(column_edits))
        rows = np.flatnonzero(edit_of[person] >= 0)
        columns[column] = overwrite(columns[column], rows, [column_edits[i].value for i in edit_of[person[rows]]])


def _put_flaws(columns: Columns, marks: Iterable[Mark]) -> list[Mark]:
    """Spoil the marked cells; each mark comes back with the value that now stands in the rule's column."""
    by_target: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark in marks:
        kind = mark.flaw.kind
        by_target[kind.column, kind.alters or kind.column].append(mark)
    marks_written = []
    for (column, target), some in by_target.items():
        if not target:  # of a row, not of a cell
            marks_written += [Mark(m.flaw, m.row, m.flaw.kind.spoil("") if m.flaw.kind.spoil else "") for m in some]
            continue
        rows = np.array([m.row for m in some])
        clean = pick(columns[target], rows)
        values = [
            m.flaw.kind.spoil(v or "") if m.flaw.kind.spoil else v for m, v in zip(some, clean, strict=True)
        ]
        columns[target] = overwrite(columns[target], rows, values)
        cells = pick(columns[column], rows)
        marks_written += [Mark(m.flaw, m.row, v or "") for m, v in zip(some, cells, strict=True)]
    return marks_written
