"""Each reader against a golden file: what a table of that format is as rows of text."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from itertools import chain
from pathlib import Path

import pytest
import xlsxwriter

from ingest.archives import format_of_file
from ingest.errors import Refused
from ingest.readers import delimited, html, json_rows
from ingest.readers.sheets import Sheet
from ingest.readers.workbook import Workbooks
from ingest.tables.header_texts import Names
from registry import Register
from tests.ingest.makers import SCHOOL, STUDENTS, Desk, csv_text, grid, json_lines, students, xlsx_of, zip_of

GOLDEN = Path(__file__).parents[1] / "fixtures" / "ingest"


def rows_of(sheets: list[Sheet]) -> list[list[str | None]]:
    (sheet,) = sheets
    return [[cell or None for cell in row] for row in chain.from_iterable(sheet.pieces)]


def read(path: Path) -> list[list[str | None]]:
    kind = format_of_file.kind_of(path)
    if kind == "text":
        return rows_of(list(delimited.sheets(path, [])))
    if kind in ("json", "html"):
        return rows_of(list(json_rows.sheets(path) if kind == "json" else html.sheets(path)))
    with Workbooks() as books:
        return [[c or None for c in row] for sheet in books.sheets(path) for piece in sheet.pieces for row in piece]


@pytest.mark.parametrize(
    "name", sorted(p.name for p in GOLDEN.glob("table.*") if not p.name.endswith(".expected.json"))
)
def test_a_golden_file_is_read_as_it_was(name: str):
    expected = json.loads((GOLDEN / f"{name}.expected.json").read_text(encoding="utf-8"))
    assert read(GOLDEN / name) == expected


def test_every_format_has_a_golden_file():
    assert {p.suffix for p in GOLDEN.glob("table.*")} >= {
        ".csv", ".tsv", ".xlsx", ".xls", ".xlsb", ".ods", ".html", ".json", ".jsonl", ".gbk", ".utf16",
    }  # fmt: skip


def numbers(
    path: Path, write: Callable[[xlsxwriter.Workbook, xlsxwriter.workbook.Worksheet], None]
) -> list[str | None]:
    with xlsxwriter.Workbook(path) as book:
        write(book, book.add_worksheet())
    return read(path)[0]


def test_numbers_and_dates_of_a_workbook_are_written_as_a_person_sees_them(tmp_path: Path):
    def write(book: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        clock = book.add_format({"num_format": "hh:mm"})
        span = book.add_format({"num_format": "[h]:mm:ss"})
        for c, (value, style) in enumerate([
            (5, None), (0.1 + 0.2, None), (-3.5, None), (42248, None), (330282201509010037, None), (1e-7, None),
            (True, None), (date(2015, 9, 1), day), (datetime(2015, 9, 1, 8, 30), day), (time(20, 15), clock),  # noqa: DTZ001
            (timedelta(hours=30, minutes=3, seconds=45), span), ("  空 ", None), ("007", None),
        ]):  # fmt: skip
            sheet.write(0, c, value, style)

    assert numbers(tmp_path / "a.xlsx", write) == [
        "5", "0.3", "-3.5", "42248", "330282201509010000", "0.0000001", "TRUE", "2015-09-01", "2015-09-01 08:30:00",
        "20:15:00", "30:03:45", "  空 ", "007",
    ]  # fmt: skip


def test_a_formula_gives_its_value_and_one_written_as_text_stays_text(tmp_path: Path):
    def write(_: xlsxwriter.Workbook, sheet: xlsxwriter.workbook.Worksheet) -> None:
        sheet.write_formula(0, 0, "=1+1", None, 2)
        sheet.write_string(0, 1, "=cmd|'/c calc'!A1")

    assert numbers(tmp_path / "a.xlsx", write) == ["2", "=cmd|'/c calc'!A1"]


def test_rows_keep_their_place_when_a_sheet_begins_with_blank_ones(tmp_path: Path):
    path = tmp_path / "a.xlsx"
    path.write_bytes(xlsx_of(("s", [[], [], ["", "a"], [], ["", "b"]])))
    assert [row[-1] if row else None for row in read(path)] == [None, None, "a", None, "b"]


def test_one_workbook_after_another_goes_through_the_same_process(tmp_path: Path):
    good, bad = tmp_path / "a.xlsx", tmp_path / "b.xlsx"
    good.write_bytes(xlsx_of(("s", [["x"]]), ("t", [["y"]])))
    bad.write_bytes(zip_of({"xl/workbook.xml": "<not a workbook"}))
    with Workbooks() as books:
        for _ in range(2):
            assert [s.name for s in books.sheets(good)] == ["s", "t"]
            with pytest.raises(Refused, match="damaged workbook"):
                list(books.sheets(bad))


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
def test_the_separator_is_the_one_under_which_the_header_is_known(house: Register, tmp_path: Path, separator: str):
    names = Names(house.feed("student_registry/students"))
    rows = [["名单，全部", ""], ["学校标识码", "姓名"], ["2132990001", "李 梅"]]
    path = tmp_path / "a.csv"
    path.write_text("".join(separator.join(row) + "\r\n" for row in rows), encoding="utf-8")
    assert rows_of(list(delimited.sheets(path, [names])))[1:] == rows[1:]


def test_a_quotation_mark_inside_a_text_is_a_character(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n5" pipe,x\n"6"" pipe",y\n', encoding="utf-8")
    assert read(path) == [["a", "b"], ['5" pipe', "x"], ['6" pipe', "y"]]


def test_quotation_marks_that_do_not_close_are_characters_where_the_lines_are_even(tmp_path: Path):
    path = tmp_path / "a.csv"
    path.write_text('a,b\n"half,x\nc,d\n', encoding="utf-8")
    assert read(path) == [["a", "b"], ['"half', "x"], ["c", "d"]]
    path.write_text('a,b\n"half,x,y\nc,d\n', encoding="utf-8")
    with pytest.raises(Refused, match="quotation mark that does not close"):
        read(path)


def test_merged_cells_of_a_web_page_keep_the_columns_in_place(tmp_path: Path):
    path = tmp_path / "a.xls"
    path.write_text(
        "<html><style>td{}</style><table><tr><td rowspan=2>姓名<td colspan=2>语文</tr>"
        "<tr><td>得分</td><td>校次</td></tr><tr><td>李&nbsp;梅<td>88<br>优<td></tr></table></html>", encoding="utf-8",
    )  # fmt: skip
    assert read(path) == [["姓名", "语文", None], [None, "得分", "校次"], ["李\xa0梅", "88\n优", None]]


@pytest.mark.parametrize("text", [
    '{"total": 1, "rows": [{"a": 1.50, "b": null}]}',
    '{"code": 0, "msg": "ok", "data": {"total": 1, "list": [{"a": 1.50, "b": null}]}}',
    '[{"a": 1.50, "b": ""}]', '{"a": 1.50}', '{"a":1.50}\n',
])  # fmt: skip
def test_json_comes_in_several_envelopes_and_numbers_stay_as_written(tmp_path: Path, text: str):
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    found = read(path)
    assert found[0][0] == "a"
    assert found[1][0] == "1.50"


def test_a_line_that_is_no_object_keeps_its_place(tmp_path: Path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"a":1}\n{"a":\n\n[2]\n{"b":true,"c":{"d":[1]}}\n', encoding="utf-8")
    assert read(path) == [
        ["a", "b", "c"], ["1", None, None], [None, None, None, '{"a":'], [None, None, None],
        [None, None, None, "[2]"], [None, "true", '{"d": ["1"]}'],
    ]  # fmt: skip


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("suffix", ["csv", "json", "jsonl", "html"])
def test_a_text_in_utf_16_is_what_it_is_in_utf_8(desk: Desk, suffix: str, encoding: str):
    rows = students(3)
    cells = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in grid(rows))
    text = {
        "json": json.dumps(rows, ensure_ascii=False), "jsonl": json_lines(rows).decode(),
        "csv": csv_text(grid(rows)), "html": f"<html><table>{cells}</table></html>",
    }[suffix]  # fmt: skip
    desk.put(f"{STUDENTS}/{SCHOOL}.{suffix}", text.encode(encoding))
    assert desk.read()[f"{STUDENTS}/{SCHOOL}.{suffix}"][:3] == ("loaded", 3, 3)


@pytest.mark.parametrize("name", ["table.xls", "table.xlsb", "table.ods", "table.xlsx"])
@pytest.mark.parametrize("suffix", ["xlsx", "xls", "csv", "dat"])
def test_a_workbook_is_read_whatever_its_name_says(tmp_path: Path, name: str, suffix: str):
    misnamed = tmp_path / f"table.{suffix}"
    misnamed.write_bytes((GOLDEN / name).read_bytes())
    assert read(misnamed) == read(GOLDEN / name)


@pytest.mark.parametrize("broken", ["[1, 2", '{"学籍号": "G3299', '{"备注": "无"}'])
def test_the_first_object_of_json_is_never_taken_for_a_second_row_of_its_header(desk: Desk, broken: str):
    lines = broken.encode() + b"\n" + json_lines(students(2))
    desk.put(f"{STUDENTS}/{SCHOOL}.jsonl", lines)
    assert desk.read()[f"{STUDENTS}/{SCHOOL}.jsonl"][:3] == ("loaded", 3, 2)
