"""Forms of score sheets in which every mark must arrive, each with the files that a class sends in it.

A form is named by its kind, then by what is peculiar. Add here: a further form, at the end of its kind.
Stays out: sheets of which something cannot be read (`test_listed`, `test_refused`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tests.cases import town
from tests.cases.sheets import BLANK, CODES, PERSON, Rows, Sitting, book, page, text, under
from tests.ingest.makers import zip_of
from tests.ingest.raw_workbooks import sheet_xml, workbook_of

Files = dict[str, bytes]
Form = Callable[[Sitting], Files]


def _wide(head: Callable[[str], str], *, suffix: str = ".xlsx") -> Form:
    """One header row, each subject under what `head` makes of it."""

    def write(sitting: Sitting) -> Files:
        rows = [[*PERSON, *map(head, sitting.subjects)], *sitting.rows()]
        return {sitting.path(suffix): book(rows) if suffix == ".xlsx" else text(rows)}

    return write


def _named(names: dict[str, str]) -> Form:
    return _wide(lambda subject: names.get(subject, subject))


def one_row(sitting: Sitting) -> Files:
    rows = [[*PERSON, *sitting.subjects, "总分", "班级排名", "年级排名"]]
    rows += [[*row, "250", "3", "9"] for row in sitting.rows()]
    return {sitting.path(".xlsx"): book(rows)}


def total_first_and_pupil_last(sitting: Sitting) -> Files:
    rows = [["总分", "班排", *reversed(sitting.subjects), "姓名", "班级", "学籍号"]]
    rows += [["250", "3", *reversed(sitting.marks(p)), p.name, p.class_code, p.number] for p in sitting.pupils]
    return {sitting.path(".xlsx"): book(rows)}


def ranks_under_one_name(sitting: Sitting) -> Files:
    rows = [["期中成绩单"], [], [*PERSON, *(cell for s in sitting.subjects for cell in (s, "排名"))]]
    rows += [[*sitting.person(p), *(cell for m in sitting.marks(p) for cell in (m, "1"))] for p in sitting.pupils]
    return {sitting.path(".xlsx"): book(rows)}


def _raw_and_converted(raw: str, converted: str) -> Form:
    def write(sitting: Sitting) -> Files:
        heads = [cell for s in sitting.subjects for cell in (converted.format(s), raw.format(s))]
        rows = [[*PERSON, "总分", *heads]]
        rows += [[*sitting.person(p), "600", *(c for m in sitting.marks(p) for c in ("97", m))] for p in sitting.pupils]
        return {sitting.path(".xlsx"): book(rows)}

    return write


def _parts(*measures: str) -> Form:
    """Each subject over its parts and, last, its mark."""

    def write(sitting: Sitting) -> Files:
        first, second = under(sitting.subjects, measures)
        rows = [[*PERSON, *first], second]
        parts = ["20"] * (len(measures) - 1)
        rows += [[*sitting.person(p), *(c for m in sitting.marks(p) for c in (*parts, m))] for p in sitting.pupils]
        return {sitting.path(".xlsx"): book(rows)}

    return write


def old_names_over_measures(sitting: Sitting) -> Files:
    old = {"英语": "外语", "道德与法治": "思品", "历史": "历史（闭卷）", "地理": "地 理", "生物": "生物学"}
    first, second = under([old.get(s, s) for s in sitting.subjects], ("得分", "校次", "班次"))
    rows = [["成绩"], [*PERSON, *first], second]
    rows += [[*sitting.person(p), *(c for m in sitting.marks(p) for c in (m, "1", "1"))] for p in sitting.pupils]
    return {sitting.path(".xlsx"): book(rows)}


def full_marks_below(sitting: Sitting) -> Files:
    rows = [[*PERSON, *sitting.subjects], [*BLANK, *("满分：100" for _ in sitting.subjects)], *sitting.rows()]
    return {sitting.path(".xlsx"): book(rows)}


def _quoted(cell: Callable[[str], str], *, separator: str = ",") -> Form:
    def write(sitting: Sitting) -> Files:
        rows = [[*PERSON, *(f"{s}_得分" for s in sitting.subjects)]]
        rows += [[*map(cell, row[:3]), *row[3:]] for row in sitting.rows()]
        return {sitting.path(".csv"): "\r\n".join(map(separator.join, rows)).encode("gb18030")}

    return write


def quoted_in_a_page(sitting: Sitting) -> Files:
    rows = [[*PERSON, *sitting.subjects], *([*(f'="{c}"' for c in row[:3]), *row[3:]] for row in sitting.rows())]
    return {sitting.path(".xls"): page(rows)}


def quoted_in_a_workbook(sitting: Sitting) -> Files:
    rows = [[*PERSON, *sitting.subjects], *([f'="{c}"' for c in row] for row in sitting.rows())]
    return {sitting.path(".xlsx"): book(rows)}


def _with_foot(*foot: list[str]) -> Form:
    def write(sitting: Sitting) -> Files:
        figures = ["71.3"] * len(sitting.subjects)
        rows = [[*PERSON, *sitting.subjects], *sitting.rows()]
        return {sitting.path(".xlsx"): book([*rows, *([*row, *(figures if len(row) == 3 else [])] for row in foot)])}

    return write


def blocks_below_each_other(sitting: Sitting) -> Files:
    first, second = under(sitting.subjects, ("得分", "班次"))
    head = [[*PERSON, *first], second]
    body = [[*sitting.person(p), *(c for m in sitting.marks(p) for c in (m, "1"))] for p in sitting.pupils]
    rows = [["一组成绩单"], *head, *body[:12], [], ["二组成绩单"], *head, *body[12:]]
    return {sitting.path(".xlsx"): book(rows)}


def _hidden_beside(*names: str, state: bytes = b"hidden") -> Form:
    """The visible sheet is the last; those before it are hidden and hold marks of 1."""

    def write(sitting: Sitting) -> Files:
        head = [*PERSON, *sitting.subjects]
        old = sheet_xml([head, *([*row[:3], *("1" for _ in row[3:])] for row in sitting.rows())])
        made = workbook_of(*((n, old) for n in names), ("成绩", sheet_xml([head, *sitting.rows()])), hidden=names)
        return {sitting.path(".xlsx"): made.replace(b'"hidden"', b'"' + state + b'"')}

    return write


def hidden_rows_and_columns(sitting: Sitting) -> Files:
    columns = '<cols><col min="4" max="4" hidden="1"/></cols>'
    rows = [[*PERSON, *sitting.subjects], *sitting.rows()]
    return {sitting.path(".xlsx"): book(rows, hidden_rows=[3, 4], columns=columns)}


def class_merged(sitting: Sitting) -> Files:
    rows = sitting.rows()
    rows = [[*PERSON, *sitting.subjects], rows[0], *([*row[:2], "", *row[3:]] for row in rows[1:])]
    return {sitting.path(".xlsx"): book(rows, merged=[f"C2:C{len(rows)}"])}


def class_spans_rows_of_a_page(sitting: Sitting) -> Files:
    rows = [[*PERSON, *sitting.subjects], *sitting.rows()]
    return {sitting.path(".xls"): page(rows, spans={(1, 2): len(rows) - 1})}


def class_merged_in_words(sitting: Sitting) -> Files:
    body = [[*row[:2], "", *row[3:]] for row in sitting.rows()]
    body[0][2] = body[12][2] = town.class_name(sitting.grade)
    rows = [[*PERSON, *sitting.subjects], *body]
    return {sitting.path(".xlsx"): book(rows, merged=["C2:C13", f"C14:C{len(rows)}"])}


def subject_merged_in_a_list(sitting: Sitting) -> Files:
    rows, merged = [["科目", *PERSON, "得分"]], []
    for subject in sitting.subjects:
        merged.append(f"A{len(rows) + 1}:A{len(rows) + len(sitting.pupils)}")
        for n, p in enumerate(sitting.pupils):
            rows.append([subject if n == 0 else "", *sitting.person(p), sitting.mark(p, subject)])
    return {sitting.path(".xlsx"): book(rows, merged=merged)}


def _beside(blocks: int, gap: int = 1, *, head: bool = False) -> Form:
    """Blocks beside each other under the same header."""

    def write(sitting: Sitting) -> Files:
        width, size = 3 + len(sitting.subjects), -(-len(sitting.pupils) // blocks)
        body, between = sitting.rows(), [""] * gap
        parts = [body[n * size : (n + 1) * size] for n in range(blocks)]
        lines: Rows = [[f"{n + 1}组", *[""] * (width - 1)] for n in range(blocks)]
        rows = [_side(lines, between)] if head else []
        rows.append(_side([[*PERSON, *sitting.subjects]] * blocks, between))
        rows += [_side([part[n] if n < len(part) else [""] * width for part in parts], between) for n in range(size)]
        return {sitting.path(".xlsx"): book(rows)}

    return write


def _side(parts: Rows, between: list[str]) -> list[str]:
    return [cell for n, part in enumerate(parts) for cell in [*(between if n else []), *part]]


def _list(subject: Callable[[str], str], header: str = "科目", marks: tuple[str, ...] = ("分数",)) -> Form:
    """One row per pupil and subject; of several measures the first is the mark."""

    def write(sitting: Sitting) -> Files:
        rows = [["考试名称", *PERSON, header, *marks, "缺考标记", "备注"]]
        others = ["97"] * (len(marks) - 1)
        rows += [
            ["月考", *sitting.person(p), subject(s), sitting.mark(p, s), *others]
            for p in sitting.pupils for s in sitting.subjects
        ]  # fmt: skip
        return {sitting.path(".csv"): text(rows)}

    return write


def _codes(subject: str) -> str:
    return CODES[subject]


def _zipped(member: str, **others: bytes) -> Form:
    """A zip below exams/results; `member` names the sheet in it."""

    def write(sitting: Sitting) -> Files:
        rows = [[*PERSON, *sitting.subjects], *sitting.rows()]
        name = member.format(exam=sitting.exam, school=sitting.school)
        return {f"exams/results/{sitting.school}-{sitting.exam}.zip": zip_of({name: book(rows), **others})}

    return write


_SHORT = {"语文": "语", "数学": "数", "英语": "英", "道德与法治": "政", "历史": "史", "地理": "地", "生物": "生"}
_USUAL = {"英语": "英文", "道德与法治": "道法", "生物": "生物（含实验）", "物理": "物理（满分100）"}

# kind and peculiarity -> grade, form
FORMS: dict[str, tuple[int, Form]] = {
    "one header row: totals and ranks": (4, one_row),
    "one header row: total first, pupil last": (4, total_first_and_pupil_last),
    "one header row: ranks under one name": (5, ranks_under_one_name),
    "one header row: full mark in brackets": (6, _wide(lambda s: f"{s}（满分100分）")),
    "one header row: full marks below": (4, full_marks_below),
    "subject and word: 语文成绩": (4, _wide("{}成绩".format)),
    "subject and word: raw wins over converted": (7, _raw_and_converted("{}原始成绩", "{}赋分成绩")),
    "subject and word: a line break between": (6, _wide("{}\n得分".format)),
    "subject and word: 语文-得分": (7, _wide("{}-得分".format)),
    "subject and word: 语文得分": (7, _wide("{}得分".format)),
    "subject and word: 得分（语文）": (5, _wide("得分（{}）".format)),
    "subject and word: 期中_语文·分数": (8, _wide("期中_{}·分数".format)),
    "subject and word: 语文（原）, 语文（赋）": (9, _raw_and_converted("{}（原）", "{}（赋）")),
    "subject and word: parts and their sum": (7, _parts("客观", "主观", "合计")),
    "subject and word: parts and the mark": (8, _parts("选择题", "非选择题", "得分")),
    "subject names: 语文(100分)": (5, _wide("{}(100分)".format)),
    "subject names: older names": (7, old_names_over_measures),
    "subject names: of one character": (7, _named(_SHORT)),
    "subject names: with what they hold": (8, _named(_USUAL)),
    "subject names: with the grade": (9, _wide("九年级{}".format)),
    "=\"…\": of the pupil's columns": (5, _quoted('="{}"'.format)),
    '="…": with doubled quotation marks': (6, _quoted('"=""{}"""'.format)),
    '="…": after a blank': (4, _quoted(' ="{}"'.format)),
    '="…": between tabs': (8, _quoted('="{}"'.format, separator="\t")),
    '="…": in a page named .xls': (9, quoted_in_a_page),
    '="…": as texts of a workbook': (9, quoted_in_a_workbook),
    "foot rows: averages and shares": (5, _with_foot(
        ["班级平均分", "", ""], ["班级得分率%", "", ""], ["年级平均分", "", ""], ["年级得分率%", "", ""])),
    "foot rows: in the column of names": (8, _with_foot(
        ["", "年级均分", ""], ["", "参考人数", ""], ["", "低分率", ""], ["", "总分", ""],
        ["阅卷人：", "审核：", "", ""])),
    "foot rows: title and header come again": (8, blocks_below_each_other),
    "foot rows: of a class and of all": (6, _with_foot(
        ["四(1)班平均分", "", ""], ["全年级", "", ""], ["1班平均", "", ""], ["合 计", "", ""])),
    "foot rows: signatures and ends": (9, _with_foot(
        ["教师签名：", ""], ["——以下空白——"], ["第1页 共2页"], ["参考人数：24"], ["注：缺考学生不计入"])),
    "foot rows: extremes": (7, _with_foot(
        ["最高分", "", ""], ["", "标准差", ""], ["", "", "及格率"], ["优秀率(≥80)", "", ""])),
    "hidden sheet: it is the first": (7, _hidden_beside("上次")),
    "hidden sheet: two of them": (5, _hidden_beside("上次", "备份")),
    "hidden sheet: so that no menu shows it": (6, _hidden_beside("上次", state=b"veryHidden")),
    "hidden sheet: rows and a column": (8, hidden_rows_and_columns),
    "merged cell: the class, over all rows": (8, class_merged),
    "merged cell: the class, in a page": (4, class_spans_rows_of_a_page),
    "merged cell: the class in words, twice": (6, class_merged_in_words),
    "merged cell: the subject in a list": (9, subject_merged_in_a_list),
    "side by side: two blocks": (9, _beside(2)),
    "side by side: three blocks without a gap": (7, _beside(3, 0)),
    "side by side: of unequal length": (8, _beside(5, 2)),
    "side by side: titles above": (5, _beside(2, 1, head=True)),
    "long list: 科目 and 分数": (7, _list(str)),
    "long list: codes": (4, _list(_codes, "学科", ("成绩",))),
    "long list: name and code": (5, _list(lambda s: f"{s}|{_codes(s)}", "课程名称", ("得分",))),
    "long list: raw and converted": (9, _list(str, "科目", ("原始分", "赋分"))),
    "zip: backslashes": (9, _zipped("{exam}\\{school}.xlsx")),
    "zip: backslashes below a folder": (8, _zipped("成绩/{exam}\\{school}.xlsx")),
    "zip: backslashes after a dot": (7, _zipped(".\\{exam}\\{school}.xlsx")),
    "zip: what systems put beside": (6, _zipped(
        "{exam}\\{school}.xlsx", **{"__MACOSX\\._x": b"1", "2025\\~$成绩.xlsx": b"x", "Thumbs.db": b"x"})),
}  # fmt: skip


def sittings() -> Iterator[tuple[str, Sitting, Form]]:
    """Each form with a slice of its own."""
    taken: dict[int, int] = {}
    for name, (grade, form) in FORMS.items():
        n = taken[grade] = taken.get(grade, -1) + 1
        survey, school = (1, n) if n < 8 else (2, n - 8)
        yield name, Sitting(town.SCHOOLS[school], grade, survey), form
