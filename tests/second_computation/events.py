"""What the platforms sent, night after night, as far as it is good: the input of the second computation.

Lives here: the delivered files read into rows under the register's column names, without the rows and cells that were
planted as bad; and which of them count on a night, since a later delivery of a slice replaces an earlier one.
Add here: another thing that decides which rows count.
Stays out: bytes (`files`), what a cell says (`cells`), figures (one module a subject).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from tests.second_computation import cells, contracts, files

Row = dict[str, str | None]
FEEDS = (
    "school_registry/schools", "school_registry/conditions", "student_registry/students", "teacher_system/teachers",
    "teaching/classes", "teaching/assignments", "exams/results", "exams/items", "exams/blueprint",
    "homework_a/records", "homework_b/records",
    "fitness/results", "quality/records", "finance/records", "after_school/sessions", "declarations/facts",
    "student_registry/changes", "attendance/events", "reading/records", "platform_usage/daily",
    "projects/records", "quality/actions", "assets/networks", "security/incidents",
    "training/records", "honours/records",
)  # fmt: skip
_REPEATED = re.compile(r"_x000D_|\s|\*|★")


@dataclass(frozen=True, eq=False)
class Delivery:
    """The good rows of one slice of a feed, as they came on one night."""

    night: date
    feed: str
    slice: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, eq=False)
class Events:
    """All that a city has sent by its last night; equal to itself alone, so that what follows is worked out once."""

    nights: tuple[date, ...]
    deliveries: dict[str, tuple[Delivery, ...]]  # by feed, in the order in which they came
    secret: bytes  # the bureau's, on which pseudonyms depend

    @property
    def last(self) -> date:
        return self.nights[-1]

    def current(self, feed: str, night: date | None = None) -> dict[str, Delivery]:
        """The delivery of each slice that counts after a night (the last one): that which came last."""
        return {d.slice: d for d in self.deliveries.get(feed, ()) if d.night <= (night or self.last)}

    def rows(self, feed: str, night: date | None = None) -> list[Row]:
        """The rows of all slices that count after a night (the last one)."""
        return [row for delivery in self.current(feed, night).values() for row in delivery.rows]


@cache
def until(events: Events, night: date) -> Events:
    """What had been sent by a night; the same each time, so that what follows from it is worked out once."""
    deliveries = {feed: tuple(d for d in some if d.night <= night) for feed, some in events.deliveries.items()}
    return Events(tuple(n for n in events.nights if n <= night), deliveries, events.secret)


def read(city: Path, secret: bytes) -> Events:
    """The events of a sample city that was written to `city`, truth and all, and the secret of its bureau."""
    bad = _bad_rows(city)
    deliveries = defaultdict(list)
    for account in _records(city, "files"):
        if account["feed"] in FEEDS and account["status"] == "loaded" and int(account["rows_loaded"]):
            rows = _good_rows(city, account, bad[account["night"], account["feed"], account["file_name"]])
            deliveries[account["feed"]] += _slices(account, rows)
    nights = sorted(date.fromisoformat(folder.name) for folder in city.iterdir() if folder.name[:2] == "20")
    return Events(tuple(nights), {feed: tuple(some) for feed, some in deliveries.items()}, secret)


def _slices(account: dict[str, str], rows: Iterator[Row]) -> list[Delivery]:
    """What a file brings: a slice, or each slice of which a column of its rows tells; of a feed without slices all."""
    column = contracts.contract(account["feed"]).get("slice", {}).get("column")
    by_slice: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_slice[account["slice"] or (str(cells.identifier(row.get(column))) if column else "")].append(row)
    night = date.fromisoformat(account["night"])
    return [Delivery(night, account["feed"], part, tuple(some)) for part, some in by_slice.items()]


def _records(city: Path, name: str) -> list[dict[str, str]]:
    with (city / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _bad_rows(city: Path) -> dict[tuple[str, str, str], dict[int, list[tuple[str, str]]]]:
    """By night, feed and file, then by row number: the severity and the column of each planted flaw."""
    bad: dict[tuple[str, str, str], dict[int, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for row in _records(city, "bad_rows"):
        bad[row["night"], row["feed"], row["file_name"]][int(row["row_number"])].append(
            (row["severity"], row["column_name"])
        )
    return bad


def _good_rows(city: Path, account: dict[str, str], bad: dict[int, list[tuple[str, str]]]) -> Iterator[Row]:
    """The rows that are loaded; as many as an honest reader counts, or this reading is wrong."""
    lines = files.lines_of(city / account["night"] / account["file_name"], account["member"])
    is_json = account["rows_before"] == "0"
    before = 1 if is_json else int(account["rows_before"])
    names = _names(account["feed"], lines[:before])
    count = 0
    for number, line in enumerate(lines[before:], 1 if is_json else before + 1):
        flaws = bad.get(number, [])
        if any(severity in ("row", "skip") for severity, _ in flaws) or _is_no_data(line):
            continue
        nulls = {column for severity, column in flaws if severity == "cell"}
        values = {name: cell for name, cell in zip(names, line, strict=False) if name}
        count += 1
        yield {name: None if name in nulls or not cell else cell for name, cell in values.items()}
    if count != int(account["rows_loaded"]):
        raise AssertionError(f"{account['file_name']}: {count} rows read here, {account['rows_loaded']} planted.")


def _is_no_data(line: list[str]) -> bool:
    """Blank, numbered, total, note and example lines."""
    told = [cell for cell in line if cell]
    return len(told) < 3 or any("示例" in cell for cell in told[:3])


def _names(feed: str, head: files.Lines) -> list[str]:
    """The column of the contract under which each place stands; of marks `<subject>_<part>`; '' where none."""
    headers = _headers(feed)
    if feed == "exams/results":
        return _mark_names(headers, head[-2], head[-1])
    best = max(head, key=lambda line: sum(_plain(cell) in headers for cell in line))
    rest = feed == "exams/items"  # every other column is an item
    return [headers.get(_plain(cell), _plain(cell) if rest else "") for cell in best]


def _mark_names(headers: dict[str, str], above: list[str], below: list[str]) -> list[str]:
    """Two merged lines: a subject over its parts."""
    names, subject = [], ""
    for place, cell in enumerate(above):
        subject = _plain(cell) or subject
        part = _plain(below[place]) if place < len(below) else ""
        names.append(f"{subject}_{part}" if part else headers.get(subject, ""))
    return names


def _plain(header: str) -> str:
    return _REPEATED.sub("", header or "")


@cache
def _headers(feed: str) -> dict[str, str]:
    """Every header of the feed's contract, to the name of its column."""
    columns = contracts.contract(feed)["columns"]
    return {_plain(h): c["name"] for c in columns for h in (*c["headers"], c["name"])}
