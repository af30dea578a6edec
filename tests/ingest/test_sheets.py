"""Sheets, merged cells and blocks: every table of a workbook that holds the feed is read, or a problem says why not."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from common.night_files import FeedFiles
from ingest.readers.sheets import Row
from ingest.reading.read_feed import read_deliveries
from ingest.tables import merged_cells
from registry import Register
from tests.ingest.makers import SCHOOL, Desk, csv_text, id_number, with_feed
from tests.ingest.raw_workbooks import sheet_xml, workbook_of

FEED = "exams/results"
PATH = f"exams/results/2025-2026-1-m1-g4/{SCHOOL}.xlsx"
HEADER = ["考号", "学籍号", "班级", "姓名", "语文_得分"]


def marks(start: int, count: int, group: str = "1401") -> list[list[str]]:
    return [[f"25{n}", f"G{id_number(n)}", group, "李梅", str(60 + n % 40)] for n in range(start, start + count)]


def problems(desk: Desk) -> list[tuple[object, ...]]:
    return desk.left(FEED, "rule, severity, row_key, value", "problems")


def loaded(desk: Desk) -> dict[str, int]:
    return {name.rpartition("#")[2]: row[2] for name, row in desk.read().items()}


def test_each_visible_sheet_with_the_header_is_read(desk: Desk):
    sheets = [(name, sheet_xml([HEADER, *marks(n * 3, 3)])) for n, name in enumerate(("一班", "二班", "三班"))]
    desk.put(PATH, workbook_of(*sheets, ("说明", sheet_xml([["本表由教务处填写"]]))))
    assert loaded(desk) == {"一班": 3, "二班": 3, "三班": 3, "说明": 0}
    assert len(set(desk.left(FEED, "student_number"))) == 9


@pytest.mark.parametrize("titles", [["二班"], ["2025年秋季", "续表"]])
def test_a_title_between_two_tables_of_a_sheet_is_no_class(desk: Desk, titles: list[str]):
    header, *classes = [["学校标识码", "班号", "班级名称", "年级"]] + [
        [SCHOOL, f"140{n}", f"四年级{n}班", "四年级"] for n in (1, 2, 3)
    ]
    between = [["", title, "", ""] for title in titles]
    desk.put("teaching/classes/list.xlsx", workbook_of(
        ("名单", sheet_xml([header, *classes[:2], *between, header, classes[2]]))))  # fmt: skip
    assert [row[2] for row in desk.read().values()] == [3]
    assert desk.left("teaching/classes", "rule", "problems") == []
    (delivery,) = read_deliveries(FeedFiles(desk.work() / "teaching__classes"))
    assert (delivery.rows_skipped, delivery.values_lost) == (1 + len(titles), 0)


def of_sheet(house: Register, *, required: bool = True) -> Register:
    """The register in which the class of a score sheet may be said by the name of its sheet."""
    feed = house.feed(FEED)
    said = {"of_sheet": True, "required": required, "filled": True, "severity": "row"}
    columns = tuple(c.model_copy(update=said) if c.name == "class_code" else c for c in feed.columns)
    return with_feed(house, feed.model_copy(update={"columns": columns, "references": ()}))


def test_the_name_of_a_sheet_says_what_its_header_does_not(desk_of: Callable[[Register], Desk], house: Register):
    desk = desk_of(of_sheet(house))
    short = [[c for n, c in enumerate(row) if n != 2] for row in (HEADER, *marks(0, 2), [""] * 5, *marks(2, 1))]
    other = [HEADER, *marks(3, 2, "1402")]
    desk.put(PATH, workbook_of(("1401", sheet_xml([*short, ["合计", "", "", "3"]])), ("五班", sheet_xml(other))))
    assert loaded(desk) == {"1401": 3, "五班": 2}
    assert sorted(desk.left(FEED, "class_code")) == [("1401",)] * 3 + [("1402",)] * 2
    assert problems(desk) == []
    lost = {d.values_lost for d in read_deliveries(FeedFiles(desk.work() / "exams__results"))}
    assert lost == {0}


def test_a_text_has_no_sheet_that_could_say_a_required_column(desk_of: Callable[[Register], Desk], house: Register):
    desk = desk_of(of_sheet(house))
    desk.put(PATH.replace("xlsx", "csv"), csv_text([["学籍号", "姓名", "语文_得分"], ["G1", "李梅", "60"]]).encode())
    ((status, *_, reason),) = desk.read().values()
    assert (status, "its header lacks 班级, and there is no sheet whose name says it" in reason) == ("refused", True)


@pytest.mark.parametrize("name", ["上次", "一班"])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_hidden_sheet_is_passed_over_and_a_problem_says_what_it_holds(desk: Desk, name: str, is_first: bool):
    sheets = [(name, sheet_xml([HEADER, *marks(0, 4)])), ("成绩", sheet_xml([HEADER, *marks(0, 3)]))]
    desk.put(PATH, workbook_of(*(sheets if is_first else sheets[::-1]), hidden=[name]))
    assert loaded(desk) == {name: 0, "成绩": 3}
    assert problems(desk) == [
        ("passed_over_sheet", "warn", f"sheet:{name}", f"{name} (hidden): 4 rows, 20 values")
    ]  # fmt: skip


def test_a_hidden_sheet_without_the_header_needs_no_word(desk: Desk):
    sheets = [("字典", sheet_xml([["01", "语文"]])), ("成绩", sheet_xml([HEADER, *marks(0, 3)]))]
    desk.put(PATH, workbook_of(*sheets, hidden=["字典"]))
    assert loaded(desk) == {"字典": 0, "成绩": 3}
    assert problems(desk) == []


def test_a_file_whose_only_table_is_hidden_is_refused_with_what_to_do(desk: Desk):
    sheets = [("成绩", sheet_xml([HEADER, *marks(0, 3)])), ("说明", sheet_xml([["请看"]]))]
    desk.put(PATH, workbook_of(*sheets, hidden=["成绩"]))
    (found,) = desk.read().values()
    assert found[0] == "refused"
    assert "has exams/results only in sheets that are not read: 成绩 (hidden): show that sheet" in found[-1]


@pytest.mark.parametrize("name", ["填写示例", "样例", "Example"])
def test_a_sheet_of_examples_adds_nobody(desk: Desk, name: str):
    desk.put(PATH, workbook_of(("成绩", sheet_xml([HEADER, *marks(0, 3)])), (name, sheet_xml([HEADER, *marks(5, 1)]))))
    assert loaded(desk) == {"成绩": 3, name: 0}
    assert problems(desk)[0][-1] == f"{name} (example): 1 rows, 5 values"


@pytest.mark.parametrize(("merged", "classes"), [
    (["C2:C4"], ["1401", "1401", "1401", None]), (["C2:C3", "C4:C5"], ["1401", "1401", "1403", "1403"]),
    (["C2:C5"], ["1401", "1401", "1401", "1401"]), (["C1:C1"], ["1401", None, "1403", None]),
])  # fmt: skip
def test_a_merged_cell_speaks_for_all_its_rows(desk: Desk, merged: list[str], classes: list[str | None]):
    rows = marks(0, 4)
    third = "" if merged[0] in ("C2:C4", "C2:C5") else "1403"
    for row, value in zip(rows, ["1401", "", third, ""], strict=True):
        row[2] = value
    desk.put(PATH, workbook_of(("成绩", sheet_xml([HEADER, *rows], merged=merged))))
    desk.read()
    assert [found for _, found in desk.left(FEED, "_row_number, class_code")] == classes


@pytest.mark.parametrize(("hidden_rows", "columns", "said"), [
    ([3, 4], "", "成绩: 2 hidden rows, 0 hidden columns"), ([1], "", None), ([], "<cols/>", None),
    ([], '<cols><col min="3" max="4" hidden="1"/></cols>', "成绩: 0 hidden rows, 2 hidden columns"),
    ([], '<cols><col min="9" max="16384" hidden="true"/></cols>', None), ([99], "", None),
])  # fmt: skip
def test_hidden_rows_and_columns_are_read_and_said(desk: Desk, hidden_rows: list[int], columns: str, said: str | None):
    xml = sheet_xml([HEADER, *marks(0, 5)], hidden_rows=hidden_rows, columns=columns)
    desk.put(PATH, workbook_of(("成绩", xml)))
    assert loaded(desk) == {"成绩": 5}
    assert problems(desk) == ([("hidden_parts", "warn", "sheet:成绩", said)] if said else [])


def page(rows: Sequence[str]) -> bytes:
    return f"<html><table>{''.join(f'<tr>{row}</tr>' for row in rows)}</table></html>".encode()


def test_a_cell_that_spans_rows_of_a_web_page_speaks_for_them(desk: Desk):
    rows = [[f"<td>{c}</td>" for c in row] for row in marks(0, 3)]
    rows[0][2] = "<td rowspan=3>1401</td>"
    rows[1][2] = rows[2][2] = ""
    rows[1][4:] = ["<td colspan=1 rowspan=2>缺考</td>"]
    rows[2][4:] = []
    desk.put(PATH, page(["".join(f"<th>{h}</th>" for h in HEADER), *map("".join, rows)]))
    desk.read()
    assert desk.left(FEED, "class_code, marks") == [
        ("1401", {"语文_得分": "60"}), ("1401", {"语文_得分": "缺考"}), ("1401", {"语文_得分": "缺考"}),
    ]  # fmt: skip


def test_an_xml_workbook_has_merged_cells_hidden_sheets_and_formulas_too(desk: Desk):
    def cell(value: str, more: str = "") -> str:
        return f'<Cell{more}><Data ss:Type="String">{value}</Data></Cell>'

    first, second, third = marks(0, 3)
    rows = ["".join(map(cell, HEADER)), "".join(map(cell, third)),
            "".join([*map(cell, first[:2]), cell("1401", ' ss:MergeDown="1"'), cell("李梅"),
            '<Cell ss:Formula="=SUM(A1:B2)"/>']),
            "".join([*map(cell, second[:2]), cell("王五", ' ss:Index="4"'), cell("#N/A")])]  # fmt: skip
    table = f"<Table>{''.join(f'<Row>{row}</Row>' for row in rows)}</Table>"
    hidden = '<x:WorksheetOptions xmlns:x="urn:schemas-microsoft-com:office:excel"><x:Visible>SheetHidden</x:Visible>'
    desk.put(PATH, (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="旧">{table}{hidden}</x:WorksheetOptions></Worksheet>'
        f'<Worksheet ss:Name="新">{table}</Worksheet></Workbook>'
    ).encode())  # fmt: skip
    assert loaded(desk) == {"旧": 0, "新": 3}
    assert desk.left(FEED, "class_code") == [(third[2],), ("1401",), ("1401",)]
    assert [(rule, value) for rule, _, _, value in problems(desk)] == [
        ("cell_error", "#N/A"), ("formula_without_value", "=SUM(A1:B2)"),
        ("passed_over_sheet", "旧 (hidden): 3 rows, 14 values"),
    ]  # fmt: skip


@pytest.mark.parametrize(("rows", "merged", "expected"), [
    ([["a", "x"], ["b", None]], [((0, 1), (1, 1))], [["a", "x"], ["b", "x"]]),
    ([["a", "x", None]], [((0, 1), (0, 2))], [["a", "x", "x"]]),
    ([["note", None, None]], [((0, 0), (0, 2))], [["note", None, None]]),
    ([["1401", None, "a"], [None, None, "b"]], [((0, 0), (1, 1))], [["1401", None, "a"], ["1401", None, "b"]]),
    ([["a", "x"], [None, None], ["b"]], [((0, 1), (2, 1))], [["a", "x"], [None, None], ["b", "x"]]),
    ([["a", "x"], ["b", "y"]], [((0, 1), (1, 1))], [["a", "x"], ["b", "y"]]),
    ([["a", None], ["b", None]], [((0, 1), (1, 1))], [["a", None], ["b", None]]),
])  # fmt: skip
@pytest.mark.parametrize("size", [1, 10])
def test_a_value_fills_its_range_and_no_other_cell(rows: list[Row], merged: list, expected: list[Row], size: int):
    pieces = iter([[list(row) for row in rows[n : n + size]] for n in range(0, len(rows), size)])
    assert [row for piece in merged_cells.filled(pieces, merged, 0) for row in piece] == expected


def side_by_side(*blocks: list[list[str]], gap: int = 1, header: Sequence[str] = HEADER) -> list[list[str]]:
    """Blocks beside each other under the same header, the shorter ones filled with blank rows."""
    height, between = max(map(len, blocks)), [""] * gap
    width = len(header)
    rows = [[header] * len(blocks)] + [
        [block[n] if n < len(block) else [""] * width for block in blocks] for n in range(height)
    ]
    return [[cell for n, part in enumerate(row) for cell in [*(between if n else []), *part]] for row in rows]


@pytest.mark.parametrize("gap", [0, 1, 2])
@pytest.mark.parametrize("sizes", [(5, 5), (5, 3), (4, 4, 2)])
def test_blocks_side_by_side_are_all_read(desk: Desk, sizes: tuple[int, ...], gap: int):
    blocks = [marks(n * 10, size) for n, size in enumerate(sizes)]
    desk.put(PATH, workbook_of(("成绩", sheet_xml([["成绩单"], *side_by_side(*blocks, gap=gap)]))))
    assert sum(loaded(desk).values()) == sum(sizes)
    assert problems(desk) == []


def test_blocks_side_by_side_of_a_text_are_read_too(desk: Desk):
    desk.put(PATH.replace("xlsx", "csv"), csv_text(side_by_side(marks(0, 4), marks(10, 4))).encode())
    assert sum(loaded(desk).values()) == 8


def test_a_name_that_stands_twice_makes_no_blocks(desk: Desk):
    rows = [[*HEADER, "姓名"], *([*row, "王五"] for row in marks(0, 3))]
    desk.put(PATH, workbook_of(("成绩", sheet_xml(rows))))
    assert loaded(desk) == {"成绩": 3}
    assert set(desk.left(FEED, "name")) == {("李梅",)}
