"""A file before it has a form, and what is planted with it.

Lives here: the Draft of a file, the OddFile that a kind makes of it, and the sheets and texts that most kinds need.
Add here: another fate of an odd file.
Stays out: the kinds (`rosters`, `score_sheets`, `lists`), entering them in the truth (`entry`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from samples.dirt import formats
from samples.files.accounts import Book

Line = list[str | None]


@dataclass(frozen=True)
class Notice:
    """What must be listed of a file beside its planted bad rows. `line` is the data row, from 0; None: of the file."""

    rule: str
    column: str
    value: str
    severity: str = "warn"
    line: int | None = None
    row_key: str = ""
    nearest: str = ""
    values: int = 0  # that are not read because of it; 0 where the value says so itself


@dataclass(frozen=True)
class Draft:
    """A file that is to be sent: its headers in one row, its rows, and which of them nothing else is planted on."""

    book: Book
    names: tuple[str, ...]
    headers: tuple[str, ...]
    lines: tuple[Line, ...]
    keys: tuple[str, ...]  # of the rows, as a problem names them
    free: tuple[int, ...]  # rows on which nothing else is planted
    turn: int = 0  # how often the kind has come before
    subjects: tuple[str, ...] = ()
    nameless: frozenset[int] = frozenset()  # rows of classes that their list gives no name, known by their code alone

    def place(self, name: str) -> int:
        """Place of a column."""
        return self.names.index(name)

    def column(self, name: str) -> list[str | None]:
        """All cells of a column."""
        return [line[self.place(name)] for line in self.lines]

    def headed(self, name: str, header: str) -> Draft:
        """The same with another header."""
        headers = list(self.headers)
        headers[self.place(name)] = header
        return replace(self, headers=tuple(headers))

    def with_cells(self, name: str, cells: Mapping[int, str | None]) -> Draft:
        """The same with other cells in some rows of a column."""
        place = self.place(name)
        lines = [
            [*line[:place], cells[n], *line[place + 1 :]] if n in cells else line for n, line in enumerate(self.lines)
        ]
        return replace(self, lines=tuple(lines))

    def with_column(self, header: str, cells: Sequence[str | None]) -> Draft:
        """The same with one more column, which no contract knows."""
        lines = tuple([*line, cell] for line, cell in zip(self.lines, cells, strict=True))
        return replace(self, names=(*self.names, header), headers=(*self.headers, header), lines=lines)

    def without_columns(self, names: Sequence[str]) -> Draft:
        """The same without some columns."""
        kept = [n for n, name in enumerate(self.names) if name not in names]
        return replace(
            self,
            names=tuple(self.names[n] for n in kept),
            headers=tuple(self.headers[n] for n in kept),
            lines=tuple([line[n] for n in kept] for line in self.lines),
        )

    def table(self) -> list[Line]:
        """The header and the rows."""
        return [list(self.headers), *(list(line) for line in self.lines)]


@dataclass(frozen=True)
class OddFile:
    """A file in its form, and what a correct reader finds: where each row stands, what is listed, what becomes of it.

    `members` are its sheets or members with the number of rows that they hold of the draft's, in order; `others` those
    that are no table. `standing` are the values that must stand in the lake afterwards, by row key and column.
    """

    content: bytes
    suffix: str
    row_number: tuple[int, ...]
    members: tuple[tuple[str, int], ...]
    rows_before: int = 1
    skipped: Mapping[str, int] = field(default_factory=dict)
    blank: tuple[int, ...] = ()  # blank rows of each member
    others: tuple[tuple[str, int, str], ...] = ()  # name, rows, why they are skipped
    notices: tuple[Notice, ...] = ()
    standing: tuple[tuple[str, str, str], ...] = ()
    status: str = "loaded"
    says: str = ""  # a held or refused file
    path: str = ""  # instead of the draft's
    beside: tuple[tuple[str, bytes, int], ...] = ()  # other files of the same slice: path, content, rows


def numbered(draft: Draft, head: int = 1) -> tuple[int, ...]:
    """Row numbers below a header of so many rows."""
    return tuple(range(head + 1, head + 1 + len(draft.lines)))


def as_csv(draft: Draft, encoding: str = "utf-8", **more: object) -> OddFile:
    """A text with commas."""
    content = formats.text(draft.table(), ",", encoding)
    return OddFile(content, ".csv", numbered(draft), (("", len(draft.lines)),), **more)  # type: ignore[arg-type]


def as_workbook(draft: Draft, **more: object) -> OddFile:
    """A workbook of one sheet."""
    return as_sheet(draft, formats.Table(draft.book.sheet, draft.table()), **more)


def as_sheet(draft: Draft, sheet: formats.Table, **more: object) -> OddFile:
    """A workbook of one sheet that is made already, below one header row."""
    content = formats.workbook([sheet])
    members = ((sheet.name, len(draft.lines)),)
    return OddFile(content, ".xlsx", numbered(draft), members, **more)  # type: ignore[arg-type]
