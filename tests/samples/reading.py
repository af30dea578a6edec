"""An independent reading of a sample city, file by file, with other libraries than it was written with; of feeds
that are made by hand. (Those made from their contract are read by the house's own reading, in `test_dirt`.)

Rows are dictionaries under the contract's column names, with their number as a person counts; what it does
not name stands under its own header.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pyarrow as pa
from python_calamine import CalamineWorkbook

from registry import Register
from registry.model import Feed
from registry.written import header_key

FEEDS = (
    "school_registry/schools", "student_registry/students", "teacher_system/teachers", "teaching/classes",
    "exams/results", "homework_a/records", "homework_b/records",
)  # fmt: skip
Cells = list[str]
Row = dict[str, str]


@dataclass(frozen=True)
class File:
    """One file: rows above the data, its data rows, and rows that are none (`total`, `example`)."""

    night: str
    feed: str
    name: str
    path: Path
    rows_before: int
    rows: list[tuple[int, Row]]
    skipped: dict[str, int]

    @property
    def full_name(self) -> str:
        return f"{self.night}/{self.name}"


@dataclass
class City:
    """A written city: its nights, its files, its truth."""

    out: Path
    register: Register
    _files: dict[str, list[File]] = field(default_factory=dict)
    _truth: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    @cached_property
    def nights(self) -> list[str]:
        return sorted(p.name for p in self.out.iterdir() if p.name != "truth")

    @cached_property
    def students(self) -> int:
        return int(json.loads((self.out / "truth" / "city.json").read_text("utf-8"))["students"])

    def files(self, night: str) -> list[File]:
        """Every file of a night, read once."""
        if night not in self._files:
            found = (p for feed in FEEDS for p in (self.out / night / feed).rglob("*.*"))
            self._files[night] = [self._read(night, p) for p in sorted(found)]
        return self._files[night]

    def files_of(self, feed: str, night: str) -> list[File]:
        """The files of a night of any feed that is a table."""
        return [self._read(night, p) for p in sorted((self.out / night / feed).rglob("*.*"))]

    def current(self, feed: str, night: str) -> dict[str, File]:
        """By name, the newest file of the feed that was sent up to the night."""
        return {f.name: f for n in self.nights if n <= night for f in self.files(n) if f.feed == feed}

    def truth(self, name: str) -> list[dict[str, str]]:
        """One list of the truth, read once."""
        if name not in self._truth:
            with (self.out / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
                self._truth[name] = [r for r in csv.DictReader(file) if r.get("feed", FEEDS[0]) in FEEDS]
        return self._truth[name]

    def sound(self, feed: str, night: str) -> Iterator[tuple[File, int, Row]]:
        """Rows of the feed's current files that should be loaded."""
        lost = {
            (r["night"], r["file_name"], int(r["row_number"]))
            for r in self.truth("bad_rows")
            if r["severity"] != "cell"
        }
        for file in self.current(feed, night).values():
            for number, row in file.rows:
                if (file.night, file.name, number) not in lost:
                    yield file, number, row

    def _read(self, night: str, path: Path) -> File:
        name = path.relative_to(self.out / night).as_posix()
        feed = self.register.feed("/".join(name.split("/")[:2]))
        if path.suffix == ".jsonl":
            lines = path.read_text("utf-8").splitlines()
            rows = [
                (n, _named({k: _text(v) for k, v in json.loads(line).items()}, feed))
                for n, line in enumerate(lines, 1)
            ]
            return File(night, feed.id, name, path, 0, rows, {})
        return _table(File(night, feed.id, name, path, 0, [], {}), _cells(path), feed)


def _cells(path: Path) -> list[Cells]:
    if path.suffix == ".xlsx":
        sheet = CalamineWorkbook.from_path(path).get_sheet_by_index(0)
        return [[_text(v) for v in row] for row in sheet.to_python(skip_empty_area=False)]
    data = path.read_bytes()
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        text = data.decode("gb18030")
    return list(csv.reader(io.StringIO(text, newline="")))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) else str(value)


def _table(file: File, cells: list[Cells], feed: Feed) -> File:
    at = next(i for i, row in enumerate(cells) if len([c for c in row if _column(c, feed)]) >= 4)
    header, head = list(cells[at]), at + 1
    if feed.id == "exams/results" and cells[head][0] == "":
        above = ""
        for c, (up, low) in enumerate(zip(cells[at], cells[head], strict=True)):
            above = up or above
            header[c] = f"{above}_{low}" if low else above
        head += 1
    if cells[head][0].startswith("KD_F"):
        head += 1
    rows, skipped = [], {}
    for number, row in enumerate(cells[head:], head + 1):
        reason = {"合计": "total", "示例": "example"}.get(row[0])
        if reason:
            skipped[reason] = skipped.get(reason, 0) + 1
        else:
            rows.append((number, _named(dict(zip(header, row, strict=True)), feed)))
    return File(file.night, file.feed, file.name, file.path, head, rows, skipped)


def _column(header: str, feed: Feed) -> str | None:
    key = header_key(header)
    return next((c.name for c in feed.columns if any(header_key(h) == key for h in c.headers)), None)


def _named(row: Row, feed: Feed) -> Row:
    key = (feed.id, tuple(row))
    if key not in _NAMES:
        _NAMES[key] = [_column(h, feed) or h for h in row]
    return dict(zip(_NAMES[key], row.values(), strict=True))


_NAMES: dict[tuple[str, tuple[str, ...]], list[str]] = {}


def arrow(files: list[File], columns: list[str]) -> pa.Table:
    """Rows of files of one feed as text, with `_file` (night and name) and `_row`."""
    rows = [(f.full_name, n, row) for f in files for n, row in f.rows]
    table = {c: pa.array([row.get(c, "") for _, _, row in rows], pa.string()) for c in columns}
    return pa.table(table | {"_file": [f for f, _, _ in rows], "_row": [n for _, n, _ in rows]})
