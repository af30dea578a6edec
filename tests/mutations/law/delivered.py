"""What a mutant delivers, by its makers' own knowledge: each cell with what it means, and what may become of it.

Lives here: a draft that also knows sheets, archives and whether all of it must arrive; meanings that are open.
Add here: another fact of a delivery that the law of values asks for.
Stays out: changing anything (the classes of mutators), judging (`judge`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from registry.model import Column, Register
from tests.ingest.makers import zip_of
from tests.ingest.raw_workbooks import sheet_xml, workbook_of
from tests.mutations.drafts import Draft, Format, Line, draft_of
from tests.mutations.formats import _text, content_of
from tests.mutations.goods import Good

LISTED = object()
"""The meaning of a cell that says nothing that anyone can tell: it is listed, and never becomes a value."""


class Either(frozenset[Any]):
    """The meanings of a cell that may be read in more ways than one; each of them is right."""


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook by its XML."""

    name: str
    xml: str
    is_hidden: bool = False


@dataclass
class Delivered(Draft):
    """A draft under the law of values.

    `is_certain`: everything in it can be told, so that all of it arrives and nothing is listed but what `may_list`
    names. `causes`: words of which a refusal or a hold must hold one, unless `is_any_cause`. `is_counted`: whether its
    cells are those that the reader should count. `must_list`: rules of which a problem must stand in the list.
    """

    is_certain: bool = True
    causes: tuple[str, ...] = ()
    is_any_cause: bool = False
    is_missing: bool = False  # it is not delivered: what was there stays
    is_counted: bool = True
    may_list: set[str] = field(default_factory=set)
    must_list: set[str] = field(default_factory=set)
    marks: dict[str, str] = field(default_factory=dict)  # header of a mark that is written otherwise -> the usual one
    more_cells: int = 0  # that the reader counts beside those of the lines
    extra_rows: int = 0  # accepted rows that no line names, as where a key was damaged and mended
    book: Callable[[Delivered], Sequence[Sheet]] | None = None
    pack: Callable[[str, bytes], dict[str, bytes]] | None = None  # path and bytes -> the files that are delivered
    is_alone: bool = True  # whether no file of the same night may make it wait

    def uncertain(self, *causes: str) -> bool:
        """From now on what it says may be listed or refused too, with one of these words (any where there are none).
        True, for mutators.
        """
        self.is_certain, self.causes = False, (*self.causes, *causes)
        self.is_any_cause |= not causes
        return True

    def files(self) -> dict[str, bytes]:
        """What is put into the inbox, by path."""
        content = self._content()
        return self.pack(self.path, content) if self.pack else {self.path: content}

    def _content(self) -> bytes:
        if self.book is None:
            return content_of(self)
        sheets = self.book(self)
        content = workbook_of(*((s.name, s.xml) for s in sheets), hidden=[s.name for s in sheets if s.is_hidden])
        return zip_of({self.packed: content}) if self.packed else content


def delivered_of(good: Good, register: Register, form: Format) -> Delivered:
    """An export as its platform writes it."""
    plain = draft_of(good, register, form)
    return Delivered(register, good.feed, good, form, plain.columns, plain.headers, plain.lines)


LawMutator = Callable[[Random, Delivered], bool]
"""Changes a delivery and keeps its own account true; False where it does not apply."""


def texts(rows: Sequence[Sequence[Any]]) -> list[list[str]]:
    """Cells as texts."""
    return [[_text(cell) for cell in row] for row in rows]


def table(d: Delivered, lines: Sequence[Line] | None = None) -> list[list[str]]:
    """The rows of the table as texts: what stands above, the header, and (some of) the lines."""
    found = d.lines if lines is None else lines
    return texts([*d.above, d.headers, *d.below_header, *(line.cells for line in found)])


def sheet_of(d: Delivered, name: str, lines: Sequence[Line] | None = None, **more: Any) -> Sheet:
    """A sheet that holds (some of) the lines."""
    is_hidden = more.pop("is_hidden", False)
    return Sheet(name, sheet_xml(table(d, lines), **more), is_hidden)


def free_columns(d: Delivered, *types: str) -> list[tuple[int, Column]]:
    """Places and columns of the contract that are stored, of these types (of any), and neither key nor slice."""
    fixed = {*d.feed.key, d.feed.slice.column, d.feed.slice.within, d.feed.status_column, d.feed.modified_column}
    fixed |= {c.document_type for c in d.columns if c}
    return [
        (n, c)
        for n, c in enumerate(d.columns)
        if c and c.load and c.name not in fixed and (not types or c.type in types)
    ]
