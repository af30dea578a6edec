"""Cells that are not plain text: each becomes its value or a listed problem with its place, none is blank in silence.
"""

import io
import zipfile
from collections.abc import Callable

import pytest

from ingest.readers import delimited
from ingest.reading import read_files
from tests.ingest.binary_workbooks import Cells, ods_of, xls_of, xlsb_of
from tests.ingest.makers import SCHOOL, STUDENTS, Desk, csv_text, grid, id_number, students, xlsx_of, zip_of
from tests.ingest.raw_workbooks import sheet_xml, workbook_of

EXPORT = "student_registry/students/2132990001.csv"


def as_formula(rows: list[list[str]], columns: slice, *, quoted: bool) -> str:
    """Csv with cells written as formulas of a text, in both forms that exports have: ="007" and \"=\"\"007\"\"\"."""
    if quoted:
        return csv_text([[f'="{c}"' if n in range(*columns.indices(99)) else c for n, c in enumerate(r)] for r in rows])
    return "".join(
        ",".join(f'="{c}"' if n in range(*columns.indices(99)) else c for n, c in enumerate(r)) + "\r\n" for r in rows
    )


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every text twice: as a small file, and in the way that large ones are read."""
    if request.param == "large":
        monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": 0, "json": 0})
    return str(request.param)


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("columns", [slice(9, 10), slice(0, 99)])
@pytest.mark.usefixtures("size")
def test_a_formula_of_a_text_is_its_text(desk: Desk, columns: slice, quoted: bool):
    desk.put(EXPORT, as_formula(grid(students(3)), columns, quoted=quoted).encode())
    (found,) = desk.read().values()
    assert found[:4] == ("loaded", 3, 3, 0)
    assert desk.left(STUDENTS, "student_number") == sorted((f"G{id_number(n)}",) for n in range(3))


@pytest.mark.parametrize(("cell", "text"), [
    ('="007"', "007"), ('=""', ""), ('="a""b"', 'a"b'), ('="007" ', "007"), ('="a"&"b"', '="a"&"b"'), ("=1+1", "=1+1"),
    ('="', '="'), ('="a', '="a'),
])  # fmt: skip
def test_only_a_formula_of_one_text_is_taken_for_it(cell: str, text: str):
    assert delimited.text_of_cell(cell) == text


MARKS = "exams/results"
SHEET = f"exams/results/2025-2026-1-m1-g4/{SCHOOL}.xlsx"
HEADER = ["考号", "学籍号", "班级", "姓名", "语文_得分", "数学_得分"]


def marks(*cells: str, column: int = 4) -> list[list[str]]:
    """A score sheet, a student for each of the cells in one column."""
    rows = [[f"25{n}", f"G{id_number(n)}", "1401", "李梅", "80", "90"] for n in range(len(cells))]
    for row, cell in zip(rows, cells, strict=True):
        row[column] = cell
    return [HEADER, *rows]


def listed(desk: Desk, feed: str = MARKS) -> list[tuple[object, ...]]:
    return desk.left(feed, "row_number, column_name, rule, severity, value", "problems")


@pytest.mark.parametrize(("cell", "rule", "value"), [
    ("e:#N/A", "cell_error", "#N/A"), ("e:#DIV/0!", "cell_error", "#DIV/0!"), ("e:#REF!", "cell_error", "#REF!"),
    ("<f>SUM(A1,B1)</f>", "formula_without_value", "=SUM(A1,B1)"),
    ("<f>A1*2</f><v></v>", "formula_without_value", "=A1*2"),
    ("<f>A1&amp;B1</f><v/>", "formula_without_value", "=A1&B1"),
    ('<f t="shared" ref="E2:E3" si="0">A2+1</f>', "formula_without_value", "=A2+1"),
    ("<f>VLOOKUP(B4,[1]Sheet1!A:B,2,0)</f>\n <v />\n", "formula_without_value", "=VLOOKUP(B4,[1]Sheet1!A:B,2,0)"),
])  # fmt: skip
def test_an_error_or_a_formula_without_a_value_is_listed(desk: Desk, cell: str, rule: str, value: str):
    column = 2 if cell == "e:#REF!" else 4
    desk.put(SHEET, workbook_of(("成绩", sheet_xml(marks("80", cell, column=column)))))
    (found,) = desk.read().values()
    assert found[:4] == ("loaded", 2, 2, 0)
    assert listed(desk) == [(3, {2: "class_code"}.get(column, HEADER[column]), rule, "cell", value)]
    (accepted,) = [row for row in desk.left(MARKS, "class_code, marks, _row_number") if row[-1] == 3]
    assert value not in str(accepted)


def test_a_formula_whose_stored_value_is_an_empty_text_is_blank(desk: Desk):
    rows = marks("80", "81")
    xml = sheet_xml(rows).replace(
        '<c r="E3" t="inlineStr"><is><t>81</t></is></c>', '<c r="E3" t="str"><f>IF(A1="","",1)</f><v></v></c>'
    )
    desk.put(SHEET, workbook_of(("成绩", xml)))
    desk.read()
    assert listed(desk) == []


@pytest.mark.parametrize("xml", [
    lambda xml: xml.replace("<c ", "<x:c ").replace("</c>", "</x:c>").replace("<f>", "<x:f>").replace("</f>", "</x:f>")
    .replace("<worksheet ", '<worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '),
    lambda xml: xml.replace('t="e"', "t='e'"), lambda xml: xml.replace("><", ">\n<"),
])  # fmt: skip
def test_the_xml_may_be_written_in_any_style(desk: Desk, xml: Callable[[str], str]):
    desk.put(SHEET, workbook_of(("成绩", xml(sheet_xml(marks("e:#N/A", "<f>A1</f>", "3"))))))
    desk.read()
    assert [row[2] for row in listed(desk)] == ["cell_error", "formula_without_value"]


@pytest.mark.parametrize("cell", ["#N/A", "#DIV/0!", "#NV", "Err:502", "######", " #N/A "])
@pytest.mark.usefixtures("size")
def test_an_error_that_an_export_has_written_as_text_is_listed(desk: Desk, cell: str):
    desk.put(SHEET.replace("xlsx", "csv"), csv_text(marks("80", cell, "70")).encode())
    (found,) = desk.read().values()
    assert found[:4] == ("loaded", 3, 3, 0)
    assert listed(desk) == [(3, "语文_得分", "cell_error", "cell", cell)]


def test_an_error_in_the_key_costs_the_row_and_one_in_a_code_is_named_as_what_it_is(desk: Desk):
    rows = students(3)
    rows[0]["学籍号"], rows[1]["性别"], rows[2]["现住址"] = "#N/A", "#REF!", "=A1&B1"
    desk.put(EXPORT, csv_text(grid(rows)).encode())
    (found,) = desk.read().values()
    assert found[:4] == ("loaded", 3, 2, 1)
    assert listed(desk, STUDENTS) == [
        (2, "student_number", "cell_error", "row", "#N/A"), (3, "sex", "cell_error", "cell", "#REF!"),
    ]  # fmt: skip
    assert ("=A1&B1",) in desk.left(STUDENTS, "residence")  # typed as a text


@pytest.mark.parametrize("made", [xls_of, xlsb_of, ods_of])
def test_errors_in_older_and_other_workbooks_are_listed(desk: Desk, made: Callable[[Cells], bytes]):
    rows: list[list[str]] = [["成绩单"], [], *marks("80", "#N/A", "#DIV/0!", "70", "#REF!")]
    desk.put(SHEET, made(rows))
    (found,) = desk.read().values()
    assert found[2:4] == (5, 0)
    assert [(row, value) for row, *_, value in listed(desk)] == [(5, "#N/A"), (6, "#DIV/0!"), (8, "#REF!")]


@pytest.mark.parametrize("made", [xls_of, xlsb_of, ods_of])
def test_a_workbook_cut_short_is_refused_with_a_sentence(desk: Desk, made: Callable[[Cells], bytes]):
    content = made(marks("80", "#N/A"))
    desk.put(SHEET, content[: len(content) * 2 // 3])
    (found,) = desk.read().values()
    assert found[0] == "refused"


def test_merged_cells_and_formulas_of_an_ods_are_read(desk: Desk):
    rows = marks("80", "81", "82")
    rows[2][2] = rows[3][2] = ""
    with zipfile.ZipFile(io.BytesIO(ods_of(rows))) as archive:
        members = {name: archive.read(name).decode() for name in archive.namelist()}
    cell, spanning = '<table:table-cell office:value-type="string"', '<table:table-cell table:number-rows-spanned="3"'
    members["content.xml"] = (
        members["content.xml"]
        .replace(f"{cell}><text:p>1401<", f'{spanning} office:value-type="string"><text:p>1401<')
        .replace(f"{cell}><text:p>82</text:p></table:table-cell>", '<table:table-cell table:formula="of:=A1+1"/>')
    )
    desk.put(SHEET, zip_of(members))
    desk.read()
    assert desk.left(MARKS, "class_code") == [("1401",)] * 3
    assert listed(desk) == [(4, "语文_得分", "formula_without_value", "cell", "=A1+1")]


def test_a_formula_of_one_text_is_its_text_in_every_format(desk: Desk):
    rows = [HEADER, *marks("80", "90")]
    written = [HEADER, *([f'="{cell}"' for cell in row] for row in rows[1:])]
    page = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in written)
    blank = "\r\n".join(", ".join(row) for row in written)
    for number, content in enumerate((xlsx_of(("成绩", written)), f"<table>{page}</table>".encode(), blank.encode())):
        desk.put(SHEET.replace(SCHOOL, str(int(SCHOOL) + number)), content)
    found = desk.read().values()
    assert [row[:4] for row in found] == [("loaded", 2, 2, 0)] * 3
    assert {mark for (mark,) in desk.left(MARKS, "marks['语文_得分']")} == {"80", "90"}
