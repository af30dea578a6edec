"""Changes that spoil single cells and rows: exactly these are listed, all others are loaded.

Lives here: each as a mutator that says which line and which column it has spoilt, and the rule that this breaks.
Add here: another way in which a row is spoilt.
Stays out: damage to a file as a whole (`broken`).
"""

from __future__ import annotations

import csv
import io
import json
from random import Random

from registry.model import Column
from tests.mutations import goods, written
from tests.mutations.drafts import Draft, Line, Mutator
from tests.mutations.written import SCHOOLS

SURPLUS = ("", "surplus_cells")


def bad_cells(draw: Random, d: Draft) -> bool:
    """One to three cells that are not of their type, out of range, no option, or blank though they must be filled."""
    lines = draw.sample(d.data(), draw.randrange(1, 4))
    d.is_thinner = sum(_spoil(draw, d, line) for line in lines) > 0
    return d.is_thinner


def _spoil(draw: Random, d: Draft, line: Line) -> bool:
    for n, column in draw.sample(list(enumerate(d.columns)), len(d.columns)):
        told = written.bad(draw, column) if column and column.load else None
        if column is None or told is None:
            continue
        text, rule = told
        line.cells[n] = text
        _break(d, line, column, rule)
        return True
    return False


def _break(d: Draft, line: Line, column: Column, rule: str) -> None:
    """What becomes of a line whose cell breaks a rule."""
    severity = column.severity
    if rule == "id_truncated" or (rule == "cell_error" and severity != "row"):
        severity = "row" if column.name in d.feed.key else "cell"
    line.broken.add((column.name, rule))
    if severity == "row":
        line.fate = "quarantined"
    elif severity == "cell" or rule.startswith(("type_", "code")):
        line.means[column.name] = None


def blank_key(draw: Random, d: Draft) -> bool:
    keys = [(n, c) for n, c in enumerate(d.columns) if c and c.name in d.feed.key and c.filled]
    if not keys:
        return False
    n, column = draw.choice(keys)
    line = draw.choice(d.data())
    line.cells[n] = ""
    _break(d, line, column, "filled")
    return True


def cut_number(draw: Random, d: Draft) -> bool:
    """A number of 18 digits as a spreadsheet leaves it: 15 digits and three zeros, or as a power of ten."""
    numbers = [(n, c) for n, c in enumerate(d.columns) if c and c.type in ("id_number", "student_number")]
    if not numbers:
        return False
    n, column = draw.choice(numbers)
    line = draw.choice(d.data())
    digits = str(line.cells[n] or written.id_number(draw)).lstrip("GJL' ")[:15]
    if len(digits) < 15 or not digits.isascii() or not digits.isdigit():
        return False
    line.cells[n] = draw.choice([f"{digits}000", f"{digits[0]}.{digits[1:6]}E+17", f"{digits[0]}.{digits[1:]}E+17"])
    _break(d, line, column, "id_truncated")
    return True


def two_of_a_key(draw: Random, d: Draft) -> bool:
    """A second row of a key that says something else: the first stays."""
    places = [n for n, c in enumerate(d.columns)
              if c and c.type == "text" and c.load and c.name not in (*d.feed.key, d.feed.slice.column)]  # fmt: skip
    if not places:
        return False
    line = draw.choice(d.data())
    twin = Line(list(line.cells), dict(line.means), "quarantined", {(d.feed.key[-1], "duplicate_key")})
    twin.cells[draw.choice(places)] = "另有说法"
    d.lines.insert(draw.randrange(d.lines.index(line) + 1, len(d.lines) + 1), twin)
    return True


def foreign_row(draw: Random, d: Draft) -> bool:
    """A row of another school in a school's file."""
    n = d.place(d.feed.slice.column or "")
    if n < 0 or d.good.scope is None or d.columns[n].type != "school_code":  # type: ignore[union-attr]
        return False
    line = draw.choice(d.data())
    line.cells[n] = draw.choice([s for s in SCHOOLS if s != d.good.scope])
    line.fate = "quarantined"
    line.broken.add((d.feed.slice.column or "", "wrong_slice"))
    return True


def shifted_row(draw: Random, d: Draft) -> bool:
    """A separator inside a text that is not in quotes: the row has more cells than the header."""
    texts = [n for n, c in enumerate(d.columns) if c and c.type == "text"]
    if d.form != "csv" or not texts:
        return False
    line = draw.choice(d.data())
    line.cells = _padded(line.cells, d)
    line.cells[-1] = str(line.cells[-1]).strip() or "末"
    place = draw.choice(texts)
    line.cells[place : place + 1] = ["甲", "乙"]
    line.fate, line.broken = "quarantined", {SURPLUS}
    return True


def cut_row(draw: Random, d: Draft) -> bool:
    """A row that ends early: what is missing is blank, and a fault where it must be filled."""
    if d.form != "csv" or d.below_header:
        return False
    line = draw.choice(d.data())
    kept = draw.randrange(1, len(d.headers))
    for column in d.columns[kept:]:
        if column is None:
            continue
        line.means[column.name] = None
        if column.filled and column.load:
            _break(d, line, column, "filled")
    for name in (h for h, c in zip(d.headers[kept:], d.columns[kept:], strict=True) if c is None):
        line.means[name] = None
    line.cells = line.cells[:kept]
    if not any(str(cell).strip() for cell, c in zip(line.cells, d.columns, strict=False) if c):
        line.fate, line.broken = "skipped", set()
    return True


def no_object(draw: Random, d: Draft) -> bool:
    """A line of json-lines that was cut, or is none."""
    if d.form not in ("json", "jsonl"):
        return False
    line = draw.choice(d.data())
    whole = json.dumps(dict(zip(d.headers, map(str, line.cells), strict=True)), ensure_ascii=False)
    line.raw = draw.choice([whole[: draw.randrange(2, len(whole) - 1)], "not json", "[1, 2"])
    line.fate, line.broken = "quarantined", {SURPLUS}
    return True


def one_more_row(draw: Random, d: Draft) -> bool:
    """Not harm: a row that is new tonight, with a name that looks like SQL or a formula."""
    made = goods.row(draw, d.good, d.register, {tuple(r[n].means for n in d.feed.key) for r in d.good.rows})
    name = next((c for c in d.columns if c and c.type == "text" and c.name not in d.feed.key), None)
    if name is None:
        return False
    text = draw.choice(
        ["=cmd|' /C calc'!A0", "Robert'); DROP TABLE students;--", '5"屏, "二手"', "@SUM(A1)", "100%", "a\\b"]
    )
    cells = [made[c.name].text if c else made[h].text for c, h in zip(d.columns, d.headers, strict=True)]
    cells[d.place(name.name)] = text
    there = {c.name for c in d.columns if c} | {*d.headers}
    means = {k: v.means if k in there else None for k, v in made.items()} | {name.name: text}
    d.lines.append(Line(cells, means))
    return True


def written_line(cells: list[str], separator: str) -> str:
    """Cells as a line of text."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="").writerow(cells)
    return out.getvalue()


def _padded(cells: list[str], d: Draft) -> list[str]:
    return cells + [""] * (len(d.headers) - len(cells))


ROWS: tuple[Mutator, ...] = (
    bad_cells,
    bad_cells,
    blank_key,
    cut_number,
    two_of_a_key,
    foreign_row,
    no_object,
    one_more_row,
)
LINES: tuple[Mutator, ...] = (shifted_row, cut_row)
"""Of text alone, and last: what they do depends on where the columns stand."""
