"""An account of every row of every file that is written.

Lives here: what a file is (Book), what has been written on a night (Night), and what an honest reader will
count.
Add here: another fate of a row.
Stays out: writing (`files.books`, `feeds.homework_files`), ledgers over several nights (`truth`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

import numpy as np

from samples.feeds.contracts import key_of, optional_keys, sliced_by
from samples.files.rows import Content, Mark
from samples.files.workbooks import HeadRow
from samples.planted.flaw_kinds import CLASSES, EXAMS, HOMEWORK_A, HOMEWORK_B, SCHOOLS, STUDENTS, TEACHERS
from samples.truth.records import BadRow, FileAccount, Hold, LedgerEntry, Standing, Unread
from samples.world.strings import Ints, pick

KEYS = {
    STUDENTS: ("student_number",),
    TEACHERS: ("staff_number",),
    SCHOOLS: ("school_code",),
    CLASSES: ("school_code", "class_code"),
    EXAMS: ("student_number",),
    HOMEWORK_A: ("record_id",),
    HOMEWORK_B: ("record_id",),
}
_SLICED_BY = {TEACHERS: "school_code", SCHOOLS: "area_code", CLASSES: "school_code"}  # one file, many slices


@dataclass(frozen=True)
class Book:
    """How one file looks: the rows above its data, whether a total closes it, and its skipped head rows by
    reason.
    """

    feed: str
    path: str  # below the night's folder
    slice: str  # "" where a column of the row names it
    head: tuple[HeadRow, ...]
    total: bool = False
    sheet: str = "Sheet1"
    merged: tuple[str, ...] = ()
    encoding: str = "utf-8"
    examples: int = 0  # example rows among the head rows

    @property
    def first_row(self) -> int:
        """Number of the first data row, as a person counts."""
        return len(self.head) + 1


@dataclass(frozen=True)
class WrittenFile:
    """A file as it was written: its data rows, the rows that are none by reason, and sheets beside the table."""

    book: Book
    count: int
    skipped: Mapping[str, int]
    member: str = ""
    rows_before: int = 0
    others: tuple[tuple[str, int], ...] = ()
    dirt: str = ""


@dataclass
class Night:
    """One night's folder, and what has been written into it."""

    number: int
    last: int  # number of the last night that is written
    day: date
    folder: Path
    dirt: bool = False  # whether files come in every style
    odd: bool = False  # whether some come in odd forms too
    seed: int = 0
    accounts: list[FileAccount] = field(default_factory=list)
    bad_rows: list[BadRow] = field(default_factory=list)
    standing: list[Standing] = field(default_factory=list)
    holds: list[Hold] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)
    parked: list[LedgerEntry] = field(default_factory=list)  # what files name that nothing knows


def record_flaws(
    night: Night, books: Sequence[Book], content: Content, row_number: Ints
) -> list[Counter[str]]:
    """Remember each bad row of the content with its number; how many there are by file and severity."""
    fates: list[Counter[str]] = [Counter() for _ in books]
    if not content.marks:
        return fates
    rows = np.array([m.row for m in content.marks], np.int64)
    for mark, file in zip(content.marks, content.rows.file[rows], strict=True):
        fates[file][mark.flaw.kind.severity] += 1
    night.bad_rows += _bad_rows(night, books, content, rows, row_number)
    return fates


def record_files(night: Night, files: Sequence[WrittenFile], fates: Sequence[Counter[str]]) -> None:
    """Remember how many rows each file has and what becomes of them."""
    for file, fate in zip(files, fates, strict=True):
        skipped = {"duplicate_row": fate["skip"], **file.skipped}
        digest = sha256(night.folder / file.book.path)
        account = FileAccount(
            night=night.number,
            feed=file.book.feed,
            file_name=file.book.path,
            slice=file.book.slice,
            rows_before=file.rows_before,
            rows_read=file.count + sum(file.skipped.values()),
            rows_loaded=file.count - fate["row"] - fate["skip"],
            rows_quarantined=fate["row"],
            skipped={k: v for k, v in skipped.items() if v},
            sha256=digest,
            member=file.member,
            dirt=file.dirt,
        )
        night.accounts.append(account)
        night.accounts += [
            replace(account, member=name, rows_before=0, rows_read=rows, rows_loaded=0, rows_quarantined=0,
                    skipped={"other_sheet": rows})
            for name, rows in file.others
        ]  # fmt: skip


def _bad_rows(
    night: Night, books: Sequence[Book], content: Content, rows: Ints, row_number: Ints
) -> list[BadRow]:
    feed = books[0].feed
    names = KEYS.get(feed) or key_of(feed)
    keys = zip(*(pick(content.columns[name], rows) for name in names), strict=True)
    by = sliced_by(feed) if feed not in KEYS else _SLICED_BY.get(feed)
    by_row = pick(content.columns[by], rows) if by else None
    bad_rows = []
    for n, (mark, key) in enumerate(zip(content.marks, keys, strict=True)):
        book = books[content.rows.file[mark.row]]
        number = int(row_number[mark.row])
        bad_rows.append(
            _bad_row(
                night, book, mark, number, dict(zip(names, key, strict=True)),
                str(by_row[n]) if by_row and not book.slice else book.slice,
            )
        )  # fmt: skip
    return bad_rows


def _bad_row(
    night: Night, book: Book, mark: Mark, number: int, key: Mapping[str, str | None], slice_: str
) -> BadRow:
    kind = mark.flaw.kind
    has_key = all(cell for name, cell in key.items() if name not in optional_keys(book.feed))
    row_key = "|".join(str(cell or "") for cell in key.values()) if has_key else f"row:{number}"
    mended = mark.flaw.mended if mark.flaw.mended and mark.flaw.mended <= night.last else None
    return BadRow(
        bad_id=mark.flaw.id,
        night=night.number,
        feed=book.feed,
        file_name=book.path,
        slice=slice_,
        row_number=number,
        row_key=row_key,
        rule=kind.rule,
        severity=kind.severity,
        column_name=kind.column,
        value=row_key if kind.rule.startswith("duplicate_") else mark.value,
        mended=mended,
        candidate=_candidate(kind.rule, kind.column, tuple(key.values())),
    )


def _candidate(rule: str, column: str, key: tuple[str | None, ...]) -> str:
    """The ID number that a G number shows beside one that a spreadsheet has damaged."""
    g_number = key[0] or ""
    return g_number[1:] if (rule, column) == ("id_truncated", "id_number") and g_number.startswith("G") else ""


def sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
