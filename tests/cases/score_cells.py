"""Score sheets of which some cells say nothing that can be read, or which cannot be told to be anybody's.

Stays out: sheets of which every mark arrives (`score_forms`).
"""

from __future__ import annotations

from collections.abc import Callable

from tests.cases import town
from tests.cases.sheets import PERSON, Sitting, book, text, under
from tests.ingest.raw_workbooks import sheet_xml, workbook_of

ERRORS = ("#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NUM!")
LOOKED_UP = Sitting(town.SCHOOLS[8], 4, 1)  # 语文 of every third pupil is #N/A
ERRORS_OF_ALL_KINDS = Sitting(town.SCHOOLS[9], 4, 1)
ERRORS_IN_A_TEXT = Sitting(town.SCHOOLS[8], 5, 1)
ERRORS_OF_PUPILS = Sitting(town.SCHOOLS[9], 5, 1)  # number, name and class of a pupil each
FORMULAS = Sitting(town.SCHOOLS[8], 8, 1)  # 语文 of every second pupil, and all totals
SHARED_FORMULAS = Sitting(town.SCHOOLS[9], 8, 1)
BLANK_FORMULAS = Sitting(town.SCHOOLS[10], 8, 1)
NUMBERS_BY_FORMULA = Sitting(town.SCHOOLS[11], 8, 1)
WORDS = Sitting(town.SCHOOLS[10], 5, 1)
ABSENT_MERGED = Sitting(town.SCHOOLS[11], 5, 1)
WITHOUT_NUMBER = Sitting(town.SCHOOLS[8], 6, 1)
OTHER_NUMBERS = [Sitting(town.SCHOOLS[n], 6, 1) for n in (9, 10, 11)]
NUMBER_HEADERS = ["准考证号", "学号", "考生号"]
PARTS_ALONE = Sitting(town.SCHOOLS[10], 4, 1)
TOTALS_ALONE = Sitting(town.SCHOOLS[11], 4, 1)
OTHER_ORDER_BELOW = Sitting(town.SCHOOLS[8], 7, 1)
OLD_COPY_BESIDE = Sitting(town.SCHOOLS[9], 7, 1)
UNKNOWN_SUBJECTS = Sitting(town.SCHOOLS[10], 7, 1)


def every(n: int, sitting: Sitting) -> list[town.Pupil]:
    return sitting.pupils[::n]


def files() -> dict[str, bytes]:
    found = {LOOKED_UP.path(".xlsx"): _replaced(LOOKED_UP, 3, lambda _: "e:#N/A")}
    errors = iter(ERRORS)
    found[ERRORS_OF_ALL_KINDS.path(".xlsx")] = _replaced(ERRORS_OF_ALL_KINDS, 4, lambda _: f"e:{next(errors)}")
    rows = _rows(ERRORS_IN_A_TEXT)
    rows[1][3], rows[2][4], rows[3][5] = "#N/A", "#SPILL!", "Err:502"
    found[ERRORS_IN_A_TEXT.path(".csv")] = text(rows)
    rows = _rows(ERRORS_OF_PUPILS)
    rows[1][0], rows[2][1], rows[3][2] = "e:#N/A", "e:#REF!", "e:#VALUE!"
    found[ERRORS_OF_PUPILS.path(".xlsx")] = book(rows)
    rows = [[*row, "<f>SUM(D2:K2)</f>"] for row in _rows(FORMULAS)]
    rows[0][-1] = "总分"
    for row in rows[1::2]:
        row[3] = "<f>70+0</f>"
    found[FORMULAS.path(".xlsx")] = book(rows)
    rows = _rows(SHARED_FORMULAS)
    rows[1][3] = '<f t="shared" ref="D2:D25" si="0">L2+M2</f>'
    for row in rows[2:]:
        row[3] = '<f t="shared" si="0"/>'
    found[SHARED_FORMULAS.path(".xlsx")] = book(rows)
    found[BLANK_FORMULAS.path(".xlsx")] = _replaced(BLANK_FORMULAS, 6, lambda _: '<f>IF(A1="","",A1)</f><v></v>')
    rows = _rows(NUMBERS_BY_FORMULA)
    rows[1][0], rows[2][0] = "<f>VLOOKUP(B2,X:Y,2,0)</f>", "<f>VLOOKUP(B3,X:Y,2,0)</f>"
    found[NUMBERS_BY_FORMULA.path(".xlsx")] = book(rows)
    rows = _rows(WORDS)
    for row, word in zip(rows[1:], ("缺考", "未扫，不计排名", "免考", "-", "作弊"), strict=False):
        row[3] = word
    found[WORDS.path(".xlsx")] = book(rows)
    rows = _rows(ABSENT_MERGED)
    rows[2][3:] = ["缺考", "", ""]
    found[ABSENT_MERGED.path(".xlsx")] = book(rows, merged=["D3:F3"])
    return found | _refused_files()


def _refused_files() -> dict[str, bytes]:
    found = {}
    first, second = under(["总分", *WITHOUT_NUMBER.subjects], ("得分", "联考排名", "校次"), 4)
    rows = [["成绩汇总"], ["准考证号", "自定义考号", "班级", "姓名", *first], second]
    for p in WITHOUT_NUMBER.pupils:
        marks = [cell for mark in ["250", *WITHOUT_NUMBER.marks(p)] for cell in (mark, "1", "1")]
        rows.append([p.candidate, p.candidate[-6:], p.class_name, p.name, *marks])
    found[WITHOUT_NUMBER.path(".xlsx")] = book(rows, "成绩汇总")
    for header, sitting in zip(NUMBER_HEADERS, OTHER_NUMBERS, strict=True):
        rows = [[header, *PERSON[1:], *sitting.subjects], *([p.candidate, *sitting.person(p)[1:], *sitting.marks(p)]
                for p in sitting.pupils)]  # fmt: skip
        found[sitting.path(".csv")] = text(rows)
    first, second = under(PARTS_ALONE.subjects, ("A卷", "B卷"))
    rows = [[*PERSON, *first], second]
    rows += [[*PARTS_ALONE.person(p), *("40" for _ in first)] for p in PARTS_ALONE.pupils]
    found[PARTS_ALONE.path(".xlsx")] = book(rows)
    rows = [[*PERSON, "总分", "班级排名"], *([*TOTALS_ALONE.person(p), "250", "1"] for p in TOTALS_ALONE.pupils)]
    found[TOTALS_ALONE.path(".xlsx")] = book(rows)
    rows, body = _rows(OTHER_ORDER_BELOW), OTHER_ORDER_BELOW.subjects[::-1]
    other = [[*row[:3], *row[:2:-1]] for row in rows[13:]]
    found[OTHER_ORDER_BELOW.path(".xlsx")] = book([*rows[:13], [], [*PERSON, *body], *other])
    rows = _rows(OLD_COPY_BESIDE)
    old = [rows[0], *([*row[:3], "60", *row[4:]] for row in rows[1:])]
    found[OLD_COPY_BESIDE.path(".xlsx")] = workbook_of(("成绩", sheet_xml(rows)), ("成绩(2)", sheet_xml(old)))
    rows = [[*PERSON, "学科", "分数"], *([*UNKNOWN_SUBJECTS.person(p), "K7", "70"] for p in UNKNOWN_SUBJECTS.pupils)]
    found[UNKNOWN_SUBJECTS.path(".csv")] = text(rows)
    return found


def _rows(sitting: Sitting) -> list[list[str]]:
    return [[*PERSON, *sitting.subjects], *sitting.rows()]


def _replaced(sitting: Sitting, n: int, cell: Callable[[town.Pupil], str]) -> bytes:
    """The sheet with another cell for 语文 of every n-th pupil."""
    first, second = under(sitting.subjects, ("得分", "校次"))
    rows = [[*PERSON, *first], second]
    changed = {p.number for p in every(n, sitting)}
    for p in sitting.pupils:
        marks = [c for m in sitting.marks(p) for c in (m, "1")]
        rows.append([*sitting.person(p), *marks])
        if p.number in changed:
            rows[-1][3] = cell(p)
    return book(rows)
