"""Changes to cells: each becomes what it means, or is listed with its place; none is blank in silence.

Lives here: merged cells, formulas, errors, and the many ways in which people write a number, a date, an option, or
that there is none.
Add here: another way in which a cell is written.
Stays out: names of people (`names`), bytes (`encodings`).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

from registry.model import Column
from tests.ingest.raw_workbooks import place_of
from tests.mutations.drafts import KEYED, Line
from tests.mutations.law.delivered import LISTED, Delivered, Either, LawMutator, free_columns, sheet_of
from tests.mutations.law.sheets import _name, _takes

_WIDE = {ord(c): chr(ord(c) + 0xFEE0) for c in "0123456789.-"}


def _some(draw: Random, d: Delivered, *types: str) -> list[tuple[Line, int, Column]]:
    """Up to six filled cells of columns of these types."""
    places = free_columns(d, *types)
    found = [(line, n, c) for line in d.lines for n, c in places if str(line.cells[n] or "").strip()]
    return draw.sample(found, min(len(found), draw.randrange(1, 7)))


def _written(draw: Random, d: Delivered, types: tuple[str, ...], write: Callable[[Any, str], str | None]) -> bool:
    """Some cells in another writing of the same value: it is read, or listed."""
    done = False
    for line, n, column in _some(draw, d, *types):
        text = write(line.means[column.name], str(line.cells[n]))
        if text is not None:
            line.cells[n], done = text, True
    return done and d.uncertain()


def _untold(d: Delivered, cells: list[tuple[Line, int, Column]], write: Callable[[str], str]) -> bool:
    """Cells that nobody can tell; where they must be filled or are keys, they cost their row."""
    for line, n, column in cells:
        line.cells[n] = write(str(line.cells[n]))
        line.means[column.name] = LISTED
    return bool(cells) and d.uncertain()


def merged(draw: Random, d: Delivered) -> bool:
    """A cell that is merged downwards speaks for all its rows."""
    places = free_columns(d, "text", "identifier", "code", "date")
    if not _takes(d) or not places or d.feed.rest:
        return False
    n, column = draw.choice(places)
    start = draw.randrange(0, len(d.lines) - 3)
    end = min(len(d.lines) - 1, start + draw.randrange(1, 8))
    first, top = d.lines[start], len(d.above) + 1 + len(d.below_header)
    for line in d.lines[start : end + 1]:
        line.cells[n], line.means[column.name] = first.cells[n], first.means[column.name]
    place = f"{place_of(top + start, n)}:{place_of(top + end, n)}"

    def book(d: Delivered) -> list[Any]:
        shown = [list(line.cells) for line in d.lines]
        for line in d.lines[start + 1 : end + 1]:
            line.cells[n] = ""
        sheet = sheet_of(d, _name(d), merged=[place])
        for line, cells in zip(d.lines, shown, strict=True):
            line.cells = cells
        return [sheet]

    d.book = book
    return True


def formula_without_value(draw: Random, d: Delivered) -> bool:
    """A formula that no program has calculated is listed, never blank."""
    if not _takes(d):
        return False
    write = draw.choice(["<f>VLOOKUP(A2,Sheet9!A:B,2,0)</f>", "<f>A1*2</f><v></v>", "<f>A1&amp;B1</f><v/>"])
    d.book = lambda d: [sheet_of(d, _name(d))]
    return _untold(d, _some(draw, d), lambda _: write)


def formula_with_value(draw: Random, d: Delivered) -> bool:
    """A formula with its stored value is that value."""
    if not _takes(d):
        return False
    for line, n, _ in _some(draw, d, "text", "identifier", "code"):
        line.cells[n] = f"<f>INDEX(Z:Z,ROW())</f><v>{line.cells[n]}</v>"
    d.book = lambda d: [_as_text_formulas(sheet) for sheet in [sheet_of(d, _name(d))]]
    return True


def _as_text_formulas(sheet: Any) -> Any:
    """The formulas of a sheet as those of texts (t="str")."""
    xml = sheet.xml.replace('"><f>INDEX(Z:Z,ROW())</f>', '" t="str"><f>INDEX(Z:Z,ROW())</f>')
    return type(sheet)(sheet.name, xml, sheet.is_hidden)


def error_cells(draw: Random, d: Delivered) -> bool:
    """#N/A and its like, as errors of a workbook or as a text."""
    error = draw.choice(["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?"])
    as_cell = _takes(d) and draw.random() < 0.6
    if as_cell:
        d.book = lambda d: [sheet_of(d, _name(d))]
    return _untold(d, _some(draw, d), lambda _: f"e:{error}" if as_cell else error)


def forced_texts(draw: Random, d: Delivered) -> bool:
    """="007": how exports keep a spreadsheet from taking a text for a number."""
    if d.form != "csv":
        return False
    places = {n for n, c in enumerate(d.columns) if c and draw.random() < 0.5}
    for line in d.lines:
        line.cells = [f'="{c}"' if n in places and c else c for n, c in enumerate(line.cells)]
    return bool(places)


def thousands(draw: Random, d: Delivered) -> bool:
    """1,234 and its like: the number, or listed; never 1."""
    signs = draw.choice([",", "，", " ", "'", "\u00a0"])

    def write(meant: Any, text: str) -> str | None:
        return f"{int(meant):,}".replace(",", signs) if meant is not None and abs(meant) >= 1000 else None

    for line, n, column in _some(draw, d, "decimal", "integer"):
        most = 10**9 if column.maximum is None else column.maximum
        if most >= 2000:
            number = draw.randrange(1000, int(min(most, 90000)))
            line.cells[n], line.means[column.name] = str(number), number
    return _written(draw, d, ("decimal", "integer"), write)


def units(draw: Random, d: Delivered) -> bool:
    """A number with what it counts."""
    unit = draw.choice(["分", "分钟", "人", "元", "个", " min", "%", "cm", "M"])
    return _written(draw, d, ("decimal", "integer"), lambda _, text: f"{text}{unit}")


def wide_numbers(draw: Random, d: Delivered) -> bool:
    """Digits in full width, or with blanks around and between."""
    form = draw.choice([lambda t: t.translate(_WIDE), " ".join, lambda t: f"\u3000{t}\u00a0"])
    types = ("decimal", "integer", "date", "phone", "id_number", "student_number", "school_code", "month")
    done = _written(draw, d, types, lambda _, text: form(text))
    for line in d.lines:
        for column in (c for c in d.columns if c and c.type == "phone"):
            meant = line.means.get(column.name)
            line.means[column.name] = meant if meant is None else _Phones({str(meant)})  # kept as it is written
    return done


def float_numbers(draw: Random, d: Delivered) -> bool:
    """Codes and numbers that a spreadsheet has taken for decimals: 1101.0."""
    types = ("integer", "school_code", "area_code", "phone", "code", "month")
    return _written(draw, d, types, lambda _, text: f"{text}.0" if text.isdigit() else None)


def powers_of_ten(draw: Random, d: Delivered) -> bool:
    """A long number as a power of ten: what it was, nobody can tell."""
    if d.form in KEYED:
        return False
    types = ("id_number", "student_number", "school_code", "phone")
    cells = [cell for cell in _some(draw, d, *types) if len(str(cell[0].cells[cell[1]])) >= 10]
    return _untold(d, cells, lambda text: f"{text.lstrip('GLJ')[0]}.{text.lstrip('GLJ')[1:6]}E+{len(text) - 1}")


def other_dates(draw: Random, d: Delivered) -> bool:
    """Dates as other systems and countries write them."""
    forms: list[Callable[[Any], str]] = [
        lambda m: f"{m.day:02d}/{m.month:02d}/{m.year}", lambda m: f"{m:%b %d, %Y}", lambda m: f"{m:%d.%m.%Y}",
        lambda m: f"{m.year}年{m.month}月{m.day}号", lambda m: f"{m:%Y-%m-%d}T00:00:00", lambda m: f"{m:%y-%m-%d}",
        lambda m: f"民国{m.year - 1911}年{m.month}月{m.day}日", lambda m: f"{m:%Y/%m/%d} 0:00:00",
        lambda m: f"{m:%Y%m%d}.0",
        lambda m: f"{m:%m-%d-%Y}", lambda m: f"{m:%Y-%m-%d}（周三）", lambda m: f"{m.year}．{m.month}．{m.day}",
    ]  # fmt: skip
    form = draw.choice(forms)
    return _written(draw, d, ("date",), lambda meant, _: form(meant) if meant else None)


def null_words(draw: Random, d: Delivered) -> bool:
    """Words that say that there is none, where no word is a value."""
    types = ("integer", "decimal", "date", "month", "phone", "id_number", "area_code", "uscc", "run_time")
    word = draw.choice(["无", "-", "—", "/", "N/A", "NULL", "none", "暂无", "nan"])
    cells = [cell for cell in _some(draw, d, *types) if not cell[2].filled]
    for line, n, column in cells:
        line.cells[n], line.means[column.name] = word, None
    return bool(cells) and d.uncertain()


def reasons(draw: Random, d: Delivered) -> bool:
    """Words that say why there is no measure: 缺考, 免测. They are no zero, and not lost."""
    word = draw.choice(["缺考", "免测", "病假", "未扫描", "转学", "弃权", "旷考"])
    if d.feed.rest and draw.random() < 0.7:
        marks = [n for n, header in enumerate(d.headers) if header in d.good.marks]
        for line in draw.sample(d.lines, min(4, len(d.lines))) if marks else []:
            n = draw.choice(marks)
            line.cells[n], line.means[d.headers[n]] = word, word
        return bool(marks) and d.uncertain()
    cells = [cell for cell in _some(draw, d, "integer", "decimal", "run_time") if not cell[2].filled]
    for line, n, column in cells:
        line.cells[n], line.means[column.name] = word, None
    return bool(cells) and d.uncertain()


def options(draw: Random, d: Delivered) -> bool:
    """An option with its code, in the many ways of combining the two."""
    form = draw.choice(["{}|1", "1|{}", "01-{}", "{}(1)", "1、{}", "[2]{}", "{}-03", "A.{}", "{} ", "2：{}"])
    return _written(draw, d, ("code", "boolean"), lambda _, t: form.format(t) if not t[:1].isdigit() else None)


def yes_and_no(draw: Random, d: Delivered) -> bool:
    pairs = draw.choice([("√", "×"), ("Y", "N"), ("true", "false"), ("1.0", "0.0"), ("是|1", "否|0"), ("有", "无"),
                         ("已", "未"), ("TRUE", "FALSE"), ("yes", "no")])  # fmt: skip
    return _written(draw, d, ("boolean",), lambda meant, _: pairs[0] if meant else pairs[1])


def telephones(draw: Random, d: Delivered) -> bool:
    """Several numbers in a cell, or words beside them."""
    forms = ["{}/13900000001", "父{}母13900000002", "{}转801", "+86 {}", "{}；0513-88888888", "{}（妈妈）"]
    cells = _some(draw, d, "phone")
    for line, n, column in cells:
        line.cells[n] = draw.choice(forms).format(line.cells[n])
        line.means[column.name] = _Phones({str(line.means[column.name])})
    return bool(cells) and d.uncertain()


class _Phones(Either):
    """Any text that still holds the number's digits."""

    def __contains__(self, value: object) -> bool:
        digits = "".join(s for s in str(value) if s.isdigit())
        return any(number in digits for number in self)


def unknown_options(draw: Random, d: Delivered) -> bool:
    """An option that no code set knows is listed, in every register."""
    return _untold(d, _some(draw, d, "code"), lambda _: draw.choice(["外星选项", "Quux", "其他未列明甲", "77zz"]))


ALL: tuple[LawMutator, ...] = (
    merged, formula_without_value, formula_with_value, error_cells, forced_texts, thousands, units, wide_numbers,
    float_numbers, powers_of_ten, other_dates, null_words, reasons, options, yes_and_no, telephones, unknown_options,
)  # fmt: skip
