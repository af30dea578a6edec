"""The law of values, applied to what became of a mutant: nothing that was delivered disappears unlisted, and no good
data is replaced by less without a hold.

What was delivered is known from the mutators alone. Of the product, only what it left is read: typed rows, the problem
list, the deliveries, the holds, the lake.
Add here: another article of the law.
Stays out: running nights (`nights`), reading back (`arrived`).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ingest.tables.header_texts import is_serial, label
from tests.mutations.drafts import Line
from tests.mutations.law.arrived import Arrived, Problem, Row, Typed, typed
from tests.mutations.law.delivered import LISTED, Delivered, Either
from tests.mutations.law.lawful import LawMutant

_CRASH = re.compile(r"cannot be read \([A-Za-z_.]+: |Traceback|fault of the program")
_SENTENCE = re.compile(r"[^\n\r]{10,}(?:[.。]|--why REASON)")  # which ends with the verb that lifts a hold
_NO_TABLES = {"other_sheet", "passed_over_sheet", "manifest"}
_SHOWN = 3


def complaints(mutant: LawMutant, said: Arrived, before: Mapping[str, Counter[Typed]]) -> list[str]:
    """What of the law a mutant's fate breaks; nothing where it holds."""
    d = mutant.draft
    mine = [delivery for path in mutant.files for delivery in said.deliveries.get(path, [])]
    if d.is_missing:
        return [f"slice {p} has changed without a file" for p, rows in before.items() if said.now.get(p) != rows]
    if not mine:
        return ["no delivery speaks of the file"]
    if {m["status"] for m in mine} == {"unchanged"}:  # the very bytes of the night before
        return [
            f"slice {p} has changed with an unchanged file" for p, rows in before.items() if said.now.get(p) != rows
        ]
    tables = [m for m in mine if m["status"] != "unchanged" and not _NO_TABLES & set(m["skipped"] or {})]
    reasons = [m["reason"] for m in mine if m["reason"]]
    found = [
        f"the reason is no sentence for a user: {r!r}"
        for r in reasons
        if _CRASH.search(r) or not _SENTENCE.fullmatch(r)
    ]
    loaded = [m for m in tables if m["status"] in ("loaded", "held")]
    refused = [m for m in tables if m["status"] == "refused"]
    found += _accounts(loaded)
    rows = [row for m in loaded for row in said.rows[m["delivery_id"]]]
    problems = [problem for m in mine for problem in said.problems[m["delivery_id"]]]
    held = {row.part for row in rows} & said.holds.keys() or {d.good.scope or ""} & said.holds.keys()
    if refused and d.is_certain:
        found.append(f"must be loaded, and is refused: {refused[0]['reason']}")
    elif refused and not loaded:
        found += _cause(d, [m["reason"] for m in refused])
    if held and d.is_certain and d.is_alone:
        found.append(f"must be loaded, and waits: {said.holds[next(iter(held))]}")
    elif held and d.is_alone:
        found += _cause(d, [said.holds[part] for part in held], problems)
    if not refused:
        found += _values(d, rows, problems)
        if d.is_counted:
            found += _own_count(d, loaded)
        missing = d.must_list - {p.rule for p in problems}
        found += [f"{rule} is not listed" for rule in sorted(missing)] if not d.spoil else []
    return found + _slices(d, rows, held, bool(loaded), said, before)


def _accounts(loaded: Sequence[Mapping[str, Any]]) -> list[str]:
    """Rows and values of a delivery that do not add up."""
    found = []
    for m in loaded:
        if m["values_lost"]:
            found.append(f"{m['values_lost']} values are lost: {m['lost']}")
        parts = [m[f"values_{what}"] for what in ("read", "listed", "passed_over")]
        if None not in parts and m["values_delivered"] != sum(parts) + (m["values_lost"] or 0):
            found.append(f"{m['values_delivered']} values were delivered, and {parts} told")
        skipped = sum((m["skipped"] or {}).values())
        rows = [m[f"rows_{what}"] or 0 for what in ("loaded", "held", "quarantined")]
        if m["rows_read"] != sum(rows) + skipped:
            found.append(f"{m['rows_read']} rows were read, and {rows} and {skipped} skipped told")
    return found


def _own_count(d: Delivered, loaded: Sequence[Mapping[str, Any]]) -> list[str]:
    """The values that the reader says were delivered are those that stand in the file."""
    own = d.more_cells + sum(bool(str(c).strip()) for line in d.lines for c in line.cells if c is not None)
    told = sum(m["values_delivered"] or 0 for m in loaded)
    return [] if own == told else [f"{own} values stand in the file, and {told} are told as delivered"]


def _cause(d: Delivered, reasons: Sequence[str], problems: Sequence[Problem] = ()) -> list[str]:
    """A refusal or hold that names none of the words of its cause."""
    told = " ".join([*reasons, *(p.column for p in problems)]).casefold()
    words = [] if d.is_any_cause else [c.strip().casefold() for c in d.causes if c.strip()]
    if not words or any(w in told or label(w).casefold() in told for w in words):
        return []
    return [f"the sentence names none of {d.causes[:6]}: {reasons[0]!r}"]


def _values(d: Delivered, rows: Sequence[Row], problems: Sequence[Problem]) -> list[str]:
    """Cells that did not arrive as what they mean and are not listed, rows that are gone, rows that nobody sent."""
    by_key: dict[Typed, list[Row]] = {}
    for row in rows:
        by_key.setdefault(_key(d, row.values), []).append(row)
    listed = _Listed(d, problems)
    found: list[str] = []
    gone: list[Line] = []
    for line in (line for line in d.lines if line.fate == "loaded"):
        mine = by_key.pop(_key(d, line.means), None) if not _is_open(d, line) else None
        if mine is None:
            gone.append(line)
        else:
            found += _cells(d, line, mine[0], listed)
    if len(gone) > listed.rows and not listed.has_damaged_headers:
        lacking = [_key(d, line.means) for line in gone[:_SHOWN]]
        found.append(f"{len(gone)} rows are gone and {listed.rows} listed: {lacking}")
    surplus = sum(map(len, by_key.values()))
    if surplus > len(gone) + d.extra_rows:
        found.append(f"{surplus} rows that nobody delivered: {list(by_key)[:_SHOWN]}")
    if d.is_certain:
        strange = [p for p in problems if p.rule not in d.may_list]
        found += [f"listed although it is right: {p}" for p in strange[:_SHOWN]]
    return _few(found)


def _few(found: list[str]) -> list[str]:
    return found[:4] + ([f"and {len(found) - 4} more"] if len(found) > 4 else [])


def _key(d: Delivered, values: Mapping[str, Any]) -> Typed:
    return tuple(values.get(name) for name in d.feed.key)


def _is_open(d: Delivered, line: Line) -> bool:
    """Whether its key cannot be told."""
    return any(line.means.get(name) is LISTED or isinstance(line.means.get(name), Either) for name in d.feed.key)


class _Listed:
    """What the problems of a mutant's files list."""

    def __init__(self, d: Delivered, problems: Sequence[Problem]) -> None:
        self._headers = {
            label(p.column) for p in problems if p.rule in ("unknown_column", "mark_header", "exam_subject")
        }
        self.has_damaged_headers = any("\ufffd" in header for header in self._headers)  # json, key by key
        self._cells = {(p.delivery, p.row, label(p.column)) for p in problems}
        keys = {label(h) for c in d.feed.columns if c.name in d.feed.key for h in (c.name, *c.headers)}
        self.rows = len({(p.row, p.key) for p in problems if p.severity == "row" or label(p.column) in keys})

    def header(self, d: Delivered, n: int) -> bool:
        """Whether a column is listed as one that nobody understood."""
        return bool({label(d.headers[n]), f"#{n + 1}"} & self._headers)

    def cell(self, d: Delivered, n: int, row: Row) -> bool:
        """Whether a cell of a row is listed under its column."""
        column = d.columns[n]
        names = {label(d.headers[n]), *([column.name, *map(label, column.headers)] if column else [])}
        return any((row.delivery, row.number, name) in self._cells for name in names)


def _shown(value: Any) -> str:
    return re.sub(r"[\s\u200b\ufeff\u2060']", "", str(value or ""))


def _cells(d: Delivered, line: Line, row: Row, listed: _Listed) -> list[str]:
    found = []
    for n, (text, column) in enumerate(zip(line.cells, d.columns, strict=False)):
        shown = str(text if text is not None else "").strip()
        header = d.headers[n] if n < len(d.headers) else ""
        if column is None:
            found += _unknown(d, line, row, n, shown, listed)
            continue
        if not column.load:
            continue
        meant, value = line.means.get(column.name), row.values[column.name]
        if _is_meant(meant, value) or (value is None and (not shown or listed.header(d, n))):
            continue
        if (
            meant is LISTED
            and shown
            and _shown(row.cells[column.name]) in ("", _shown(text))
            and listed.cell(d, n, row)
        ):
            continue
        if value is None and meant is not None and (listed.cell(d, n, row) or row.rest.get(header) == text):
            continue
        if value is None and meant is None:
            continue
        what = "must be listed" if meant is LISTED else f"means {meant!r}"
        found.append(f"{header} ({column.name}): {text!r} {what}, and became {value!r}, unlisted")
    return found


def _is_meant(meant: Any, value: Any) -> bool:
    if meant is LISTED:
        return False
    if isinstance(meant, Either):
        return value in meant
    return bool(meant == value)


def _unknown(d: Delivered, line: Line, row: Row, n: int, shown: str, listed: _Listed) -> list[str]:
    """A cell of a column beyond the contract: among the marks of its feed, or its header is listed."""
    header = d.headers[n] if n < len(d.headers) else ""
    if not shown or listed.header(d, n) or is_serial(label(header)) or label(header) in map(label, d.feed.passed_over):
        return []
    usual = d.marks.get(header, header)
    if d.feed.rest and usual in d.good.marks:
        meant = line.means.get(usual)
        subject, measure = usual.split("_") if "_" in usual else (usual, usual)
        under = [
            value
            for key, value in row.rest.items()
            if key == usual or (subject in key and (measure in key or (measure == "得分" and "校次" not in key)))
        ]
        if meant in under or listed.cell(d, n, row):
            return []
        return [f"{header}: {shown!r} means {meant!r}, and became {under} in {row.rest}"]
    return [f"{header!r} (#{n + 1}) holds {shown!r}, and is neither read nor listed"]


def _slices(
    d: Delivered,
    rows: Sequence[Row],
    held: set[str],
    is_loaded: bool,
    said: Arrived,
    before: Mapping[str, Counter[Typed]],
) -> list[str]:
    """A slice holds what was accepted, or what it held before; and it never held more without a hold."""
    names = [c.name for c in d.feed.loaded_columns]
    mine: dict[str, Counter[Typed]] = {}
    for row in rows:
        values = [row.values[name] for name in names] + ([row.rest] if d.feed.rest else [])
        mine.setdefault(row.part, Counter())[typed(values)] += 1
    scopes = {d.good.scope} if d.good.scope is not None else {*before, *mine}
    found = []
    for part in sorted(scopes | set(mine), key=str):
        now, then = said.now.get(part, Counter()), before.get(part, Counter())
        if not is_loaded or part in said.holds or part not in mine:
            if now != then and not (part not in mine and part not in said.holds and is_loaded and d.good.scope is None):
                found.append(f"slice {part} must stay as it was: it had {then.total()} rows and has {now.total()}")
        elif {*now} != {*mine[part]} and d.feed.batch == "snapshot":
            found.append(
                f"slice {part} holds {now.total()} rows, others than the {mine[part].total()} that were accepted"
            )
        if part not in said.holds:
            found += _less(d, part, now, then)
    return _few(found)


def _less(d: Delivered, part: str | None, now: Counter[Typed], then: Counter[Typed]) -> list[str]:
    """Rows, or values of a column, that fell by more than the register allows, and nothing was held."""
    guard = d.feed.guard
    if then.total() < guard.min_rows:
        return []
    found = []
    if now.total() < (1 - guard.max_fall) * then.total():
        found.append(f"slice {part} fell from {then.total()} to {now.total()} rows without a hold")
    for n, column in enumerate(d.feed.loaded_columns):
        had, has = (sum(count for row, count in rows.items() if row[n] is not None) for rows in (then, now))
        if had >= guard.min_rows and has < (1 - guard.max_fall) * had and not column.seasonal:
            found.append(f"slice {part}: {column.name} fell from {had} to {has} values without a hold")
    return found
