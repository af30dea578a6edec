"""Changes to the sheets of a workbook: every visible sheet with the header is read, and a hidden one is spoken of.

Lives here: sheets that hide, follow or part the table; rows and columns that hide; tables beside and below each other.
Add here: another arrangement of a workbook.
Stays out: single cells, merged ones too (`cells`).
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.ingest.raw_workbooks import sheet_xml
from tests.mutations.law.delivered import Delivered, LawMutator, Sheet, sheet_of, table

_OLD = ["上次导出", "备份", "Sheet2", "隐藏数据"]


def _name(d: Delivered) -> str:
    """A name under which the feed's sheet may stand."""
    return next((s for s in d.feed.sheets if "*" not in s and "[" not in s), "数据")


def _takes(d: Delivered) -> bool:
    return d.form == "xlsx" and d.book is None


def _many(d: Delivered) -> bool:
    """Whether the feed may stand in any sheet."""
    return _takes(d) and not d.feed.sheets and not d.feed.beside


def hidden_sheet(draw: Random, d: Delivered) -> bool:
    """A hidden sheet with the header, first or last, holds an older list: nobody comes back by it."""
    if not _many(d):
        return False
    name, is_first, count = draw.choice(_OLD), draw.random() < 0.7, draw.randrange(1, 9)
    return _passed_over(d, lambda d: sheet_of(d, name, d.lines[:count], is_hidden=True), is_first=is_first)


def example_sheet(draw: Random, d: Delivered) -> bool:
    """A sheet that shows how to fill in the table: whoever stands there is nobody."""
    if not _many(d):
        return False
    name, is_first = draw.choice(["填写示例", "样例", "范例", "Example"]), draw.random() < 0.5
    return _passed_over(d, lambda d: sheet_of(d, name, d.lines[:1]), is_first=is_first)


def _passed_over(d: Delivered, other: Callable[[Delivered], Sheet], *, is_first: bool) -> bool:
    """Beside the feed's sheet another one that is passed over, and said to be."""

    def book(d: Delivered) -> list[Sheet]:
        return [other(d), sheet_of(d, _name(d))] if is_first else [sheet_of(d, _name(d)), other(d)]

    d.book = book
    d.must_list.add("passed_over_sheet")
    d.may_list.add("passed_over_sheet")
    d.is_counted = False
    return True


def sheet_a_part(draw: Random, d: Delivered) -> bool:
    """A sheet for each class or grade: the rows stand in two to four of them, each with the header."""
    if not _many(d):
        return False
    count = draw.randrange(2, 5)
    names = draw.choice(
        [["一班", "二班", "三班", "四班"], ["Sheet1", "Sheet2", "Sheet3", "Sheet4"], ["1", "2", "3", "4"]]
    )

    def book(d: Delivered) -> list[Sheet]:
        return [sheet_of(d, name, d.lines[n::count]) for n, name in enumerate(names[:count])]

    d.book = book
    return True


def sheets_of_words(draw: Random, d: Delivered) -> bool:
    """Notes, code lists and empty sheets around the table."""
    if not _takes(d):
        return False
    notes = [["填表说明"], ["1. 请按模板填写"], ["2. 不要改动表头"]]
    codes = [["性别", "代码"], ["男", "1"], ["女", "2"]]
    around = [Sheet("说明", sheet_xml(notes)), Sheet("字典", sheet_xml(codes), draw.random() < 0.5),
              Sheet("空表", sheet_xml([]))]  # fmt: skip
    draw.shuffle(around)
    place = draw.randrange(4)
    d.book = lambda d: [*around[:place], sheet_of(d, _name(d)), *around[place:]]
    return True


def hidden_rows(draw: Random, d: Delivered) -> bool:
    """A filter hides rows: they are read, and it is said."""
    if not _takes(d):
        return False
    below = len(d.above) + 1 + len(d.below_header)
    rows = sorted({below + draw.randrange(1, len(d.lines) + 1) for _ in range(draw.randrange(1, 6))})
    d.book = lambda d: [sheet_of(d, _name(d), hidden_rows=rows)]
    d.must_list.add("hidden_parts")
    d.may_list.add("hidden_parts")
    return True


def hidden_columns(draw: Random, d: Delivered) -> bool:
    """Columns that nobody sees are read, and it is said."""
    if not _takes(d):
        return False
    first = draw.randrange(1, len(d.headers) + 1)
    columns = f'<cols><col min="{first}" max="{first}" hidden="1" width="0"/></cols>'
    d.book = lambda d: [sheet_of(d, _name(d), columns=columns)]
    d.must_list.add("hidden_parts")
    d.may_list.add("hidden_parts")
    return True


def off_the_corner(draw: Random, d: Delivered) -> bool:
    """The table begins some rows and columns away from A1."""
    if not _takes(d):
        return False
    right, down = draw.randrange(1, 4), draw.randrange(0, 4)

    def book(d: Delivered) -> list[Sheet]:
        rows = [[""] * len(row) for row in table(d)[:1]] * down + table(d)
        return [Sheet(_name(d), sheet_xml([[*[""] * right, *row] for row in rows]))]

    d.book = book
    return True


def side_by_side(draw: Random, d: Delivered) -> bool:
    """Two tables with the same header beside each other, as a class list is printed."""
    if not _many(d) or d.above or d.below_header or len(d.headers) < 3:
        return False
    gap, half = draw.randrange(3), (len(d.lines) + 1) // 2

    def book(d: Delivered) -> list[Sheet]:
        blank = [""] * len(d.headers)
        left, right = table(d, d.lines[:half]), table(d, d.lines[half:])
        right += [blank] * (len(left) - len(right))
        rows = [[*one, *[""] * gap, *other] for one, other in zip(left, right, strict=True)]
        return [Sheet(_name(d), sheet_xml(rows))]

    d.book = book
    return True


def one_below_the_other(draw: Random, d: Delivered) -> bool:
    """Two tables in a sheet, the second with a title and the header again: all their rows are delivered."""
    if not _many(d) or d.below_header:
        return False
    half, title = len(d.lines) // 2, draw.choice([[], ["二班"], ["（续表）"]])

    def book(d: Delivered) -> list[Sheet]:
        first, second = table(d, d.lines[:half]), table(d, d.lines[half:])[len(d.above) :]
        return [Sheet(_name(d), sheet_xml([*first, [""], title, *second]))]

    d.book = book
    d.is_counted = False
    return d.uncertain()


ALL: tuple[LawMutator, ...] = (
    hidden_sheet, example_sheet, sheet_a_part, sheets_of_words, hidden_rows, hidden_columns, off_the_corner,
    side_by_side, one_below_the_other,
)  # fmt: skip
