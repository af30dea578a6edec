"""Rosters of one school in odd forms: hidden and merged parts, formulas, damaged names, other documents, other words.

Lives here: one function a kind; what it leaves unsaid must arrive as in the roster before.
Add here: another kind, and its entry in `KINDS`.
Stays out: the nights (`sending`); marks (`score_sheets`); lists of the whole city (`lists`).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from samples.dirt import formats
from samples.files.workbooks import letter
from samples.odd.draft import Draft, Line, Notice, OddFile, as_csv, as_sheet, as_workbook, numbered
from samples.world.identifiers import days_as_text, id_numbers, student_numbers
from samples.world.pools import GIVEN_NAMES
from samples.world.strings import pick

WATCHED = ("school_code", "name", "birth_date", "id_number", "entry_month", "residence", "phone", "member1_name")
Kind = Callable[[Draft], OddFile]


def standing(draft: Draft, but: Mapping[tuple[int, str], str] | None = None) -> tuple[tuple[str, str, str], ...]:
    """What must stand of a roster: the watched cells of its free rows as they are, `but` those of (line, column)."""
    return tuple(
        (draft.keys[n], name, (but or {}).get((n, name), draft.lines[n][draft.place(name)] or ""))
        for n in draft.free
        for name in WATCHED
    )


def _some(draft: Draft, count: int) -> list[int]:
    """Some of the free rows, spread over the file."""
    return list(draft.free[:: max(1, len(draft.free) // count)][:count])


def unknown_column(draft: Draft) -> OddFile:
    """A column more, filled for a third."""
    cells = ["165/88A" if n % 3 == 0 else None for n in range(len(draft.lines))]
    filled = sum(c is not None for c in cells)
    notice = Notice("unknown_column", "校服尺码", "", "cell", row_key="row:1", values=filled)
    return as_workbook(draft.with_column("校服尺码", cells), notices=(notice,), standing=standing(draft))


def renamed_column(draft: Draft) -> OddFile:
    """A column that every roster had has another header: its values would be gone, so that the roster waits."""
    filled = sum(bool(c) for c in draft.column("commute"))
    notice = Notice(
        "unknown_column", "上下学交通方式", "", "cell", row_key="row:1", nearest="上下学方式", values=filled
    )
    return as_workbook(
        draft.headed("commute", "上下学交通方式"), status="held", says="上下学方式", notices=(notice,),
        standing=standing(draft),
    )  # fmt: skip


def hidden_sheet(draft: Draft) -> OddFile:
    """Last year's list in a hidden sheet before the table."""
    old = replace(draft, lines=draft.lines[:7]).with_cells("residence", dict.fromkeys(range(7), "旧址"))
    sheets = [formats.Table("去年", old.table(), is_hidden=True), formats.Table("本年", draft.table())]
    values = sum(bool(cell) for line in old.lines for cell in line)
    return OddFile(
        formats.workbook(sheets), ".xlsx", numbered(draft), (("本年", len(draft.lines)),),
        others=(("去年", 8, "passed_over_sheet"),),  # with its header
        notices=(Notice("passed_over_sheet", "", f"去年 (hidden): 7 rows, {values} values", row_key="sheet:去年"),),
        standing=standing(draft),
    )  # fmt: skip


def hidden_parts(draft: Draft) -> OddFile:
    """A filter hides two rows, and a column is hidden: they are delivered like the others."""
    sheet = formats.Table(
        "学生", draft.table(), frozenset({5, 6}), hidden_columns=frozenset({draft.place("residence")})
    )
    value = "学生: 2 hidden rows, 1 hidden columns"
    return as_sheet(
        draft, sheet, notices=(Notice("hidden_parts", "", value, row_key="sheet:学生"),), standing=standing(draft)
    )


def merged_cells(draft: Draft) -> OddFile:
    """The school is written once, and merged over the rows that it is said of."""
    runs = _runs(draft.column("school_code"))
    place = draft.place("school_code")
    blank = draft.with_cells("school_code", {n: None for first, last in runs for n in range(first + 1, last + 1)})
    merged = tuple(f"{letter(place)}{first + 2}:{letter(place)}{last + 2}" for first, last in runs if last > first)
    return as_sheet(draft, formats.Table("学生", blank.table(), merged=merged), standing=standing(draft))


def _runs(cells: list[str | None]) -> list[tuple[int, int]]:
    """First and last of each run of equal cells."""
    starts = [n for n, cell in enumerate(cells) if n == 0 or cell != cells[n - 1]]
    return list(zip(starts, [*(n - 1 for n in starts[1:]), len(cells) - 1], strict=True))


def formula_without_value(draft: Draft) -> OddFile:
    """A program wrote the addresses as formulas and stored no results."""
    rows = _some(draft, 2)
    formula = "VLOOKUP(A2,名册!A:B,2,0)"
    spoilt = draft.with_cells("residence", dict.fromkeys(rows, formats.FORMULA + formula))
    notices = tuple(Notice("formula_without_value", "residence", f"={formula}", "cell", n) for n in rows)
    return as_workbook(spoilt, notices=notices, standing=standing(draft, {(n, "residence"): "" for n in rows}))


def error_cells(draft: Draft) -> OddFile:
    """Addresses that a formula did not find."""
    rows = _some(draft, 3)
    errors = dict(zip(rows, ("#N/A", "#REF!", "#VALUE!"), strict=False))
    spoilt = draft.with_cells("residence", {n: formats.ERROR + error for n, error in errors.items()})
    notices = tuple(Notice("cell_error", "residence", error, "cell", n) for n, error in errors.items())
    return as_workbook(spoilt, notices=notices, standing=standing(draft, {(n, "residence"): "" for n in rows}))


def equals_quoted(draft: Draft) -> OddFile:
    """Numbers as ="…", so that a spreadsheet leaves them as they are."""
    quoted = draft
    for name in ("student_number", "id_number", "class_code", "phone", "birth_date"):
        quoted = quoted.with_cells(
            name, {n: f'="{c}"' for n, c in enumerate(draft.column(name)) if c and n in draft.free}
        )
    return as_csv(quoted, "gb18030", standing=standing(draft))


def half_character(draft: Draft) -> OddFile:
    """A system cut two addresses after so many bytes: the last character of each lacks its second byte."""
    rows = _some(draft, 2)
    mark = "甲乙丙"
    marked = draft.with_cells("residence", dict.fromkeys(rows, mark))
    odd = as_csv(marked, "gb18030")
    content = odd.content.replace(mark.encode("gb18030"), mark.encode("gb18030")[:-1])
    notices = tuple(Notice("damaged_character", "residence", "甲乙\ufffd", "cell", n) for n in rows)
    return replace(
        odd, content=content, notices=notices, standing=standing(draft, {(n, "residence"): "" for n in rows})
    )


def backslash_zip(draft: Draft) -> OddFile:
    """A zip whose names have backslashes."""
    odd = as_csv(draft, "gb18030", standing=standing(draft))
    code = draft.book.slice
    content = formats.zip_of([(f"导出\\{code}.csv", odd.content)]).replace(
        f"导出/{code}".encode(), f"导出\\{code}".encode()
    )
    return replace(odd, content=content, suffix=".zip", members=((f"导出/{code}.csv", len(draft.lines)),))


def nested_archive(draft: Draft) -> OddFile:
    """A zip in a zip is refused, with a sentence that says to pack the files themselves."""
    inner = formats.zip_of([(f"{draft.book.slice}.csv", as_csv(draft, "gb18030").content)])
    content = formats.zip_of([("内包.zip", inner)])
    return OddFile(
        content,
        ".zip",
        (),
        (("内包.zip", 0),),
        status="refused",
        says="is a zip inside a zip",
        standing=standing(draft),
    )


def private_use(draft: Draft) -> OddFile:
    """A rare character as the private-use character that GBK of before 2005 had for it."""
    rows = _some(draft, 2)
    written = draft.with_cells("member1_name", dict.fromkeys(rows, "王\ue863"))  # 䶮, U+4DAE
    return as_csv(written, "utf-8-sig", standing=standing(draft, {(n, "member1_name"): "王䶮" for n in rows}))


_FORMS = {
    unicodedata.normalize("NFKC", chr(c)): chr(c)
    for block in (range(0x2F00, 0x2FD6), range(0xF900, 0xFA6E))
    for c in block
    if unicodedata.normalize("NFKC", chr(c)) != chr(c)
}


def compatibility_forms(draft: Draft) -> OddFile:
    """Names in the radical and compatibility forms that a copy from a pdf has: the same names."""
    names = {
        n: "".join(_FORMS.get(c, c) for c in name or "")
        for n, name in enumerate(draft.column("name"))
        if n in draft.free
    }
    return as_workbook(draft.with_cells("name", names), standing=standing(draft))


_DAMAGES = ("{}??", "{}□", "{}\ufffd", "锟斤拷", "{}伟1", "{}*", "无", "nan")


def damaged_names(draft: Draft) -> OddFile:
    """Names that an export or a spreadsheet damaged, few enough to be taken: listed, and nobody's name."""
    rows = _some(draft, len(draft.lines) // 10)
    whole = draft.column("name")
    spoilt = {
        n: _DAMAGES[(place + 4 * draft.turn) % len(_DAMAGES)].format((whole[n] or "王")[0])
        for place, n in enumerate(rows)
    }
    notices = tuple(
        Notice("damaged_character" if "\ufffd" in name else "damaged_name", "name", name, "cell", n)
        for n, name in spoilt.items()
    )
    return as_workbook(
        draft.with_cells("name", spoilt), notices=notices, standing=standing(draft, {(n, "name"): "" for n in rows})
    )


_DOCUMENTS = (
    ("护照", "E12345678"), ("港澳居民来往内地通行证", "H1234567801"), ("台湾居民来往大陆通行证", "12345678"),
    ("境外永久居住证", "ABC000080091300"), ("港澳台居民居住证", "810000199408230021"),
)  # fmt: skip


def other_documents(draft: Draft) -> OddFile:
    """Children with a passport or a permit: the number is kept as written, checked by its document alone."""
    rows = dict(zip(_some(draft, 5), _DOCUMENTS, strict=False))
    written = draft.with_cells("id_type", {n: kind for n, (kind, _) in rows.items()})
    written = written.with_cells("id_number", {n: number for n, (_, number) in rows.items()})
    kept = {(n, "id_number"): number for n, (_, number) in rows.items()}
    return as_workbook(written, standing=standing(draft, kept))


_HIGH = {"高一年级": "高一", "高二年级": "高二", "高三年级": "高三"}
_JUNIOR = {"七年级": "初一", "八年级": "初二", "九年级": "初三"}


def classes_in_words(draft: Draft) -> OddFile:
    """Classes and grades in the words that a school uses: 四(1)班, 高一(1)班; 初二, 高一."""
    grades = [cell or "" for cell in draft.column("grade")]
    rows = {*draft.free} - draft.nameless
    codes = {n: code for n, code in enumerate(draft.column("class_code")) if code and n in rows}
    classes = {n: f"{_HIGH.get(grades[n], grades[n][:1])}({int(code[2:])})班" for n, code in codes.items()}
    words = {n: (_HIGH | _JUNIOR).get(grades[n], grades[n]) for n in codes}
    return as_workbook(draft.with_cells("class_code", classes).with_cells("grade", words), standing=standing(draft))


def classes_by_entry_year(draft: Draft) -> OddFile:
    """Grades as years of entry: 2022级."""
    years = {n: f"{m[:4]}级" for n, m in enumerate(draft.column("entry_month")) if m and n in draft.free}
    return as_workbook(draft.with_cells("grade", years), standing=standing(draft))


def options_with_codes(draft: Draft) -> OddFile:
    """Options as name|code and code-name, yes and no alike."""
    codes = {"男": "1", "女": "2"}
    sexes = draft.column("sex")
    written = draft.with_cells("sex", {n: f"{s}|{codes[s]}" for n, s in enumerate(sexes) if s in codes})
    for name in ("only_child", "preschool", "school_bus"):
        flags = draft.column(name)
        written = written.with_cells(
            name, {n: f"{f}|1" if f == "是" else "0-否" for n, f in enumerate(flags) if n in draft.free and f}
        )
    return as_workbook(written, standing=standing(draft))


def several_telephones(draft: Draft) -> OddFile:
    """Two telephone numbers in a cell: both are kept."""
    phones = {n: phone for n, phone in enumerate(draft.column("phone")) if phone and n in draft.free}
    second = {n: f"{phone[:-1]}{(int(phone[-1]) + 5) % 10}" for n, phone in phones.items()}
    written = draft.with_cells("phone", {n: f"{phone}/{second[n]}" for n, phone in phones.items()})
    kept = {(n, "phone"): f"{phone}; {second[n]}" for n, phone in phones.items()}
    return as_workbook(written, standing=standing(draft, kept))


def no_document(draft: Draft) -> OddFile:
    """无 as an ID number says that there is none; it is no bad number."""
    rows = _some(draft, 3)
    written = draft.with_cells("id_number", dict.fromkeys(rows, "无"))
    return as_workbook(written, standing=standing(draft, {(n, "id_number"): "" for n in rows}))


def repeated_header(draft: Draft) -> OddFile:
    """The header stands again after every twentieth row, as it is printed."""
    table: list[Line] = [list(draft.headers)]
    numbers = []
    for n, line in enumerate(draft.lines):
        if n and n % 20 == 0:
            table.append(list(draft.headers))
        table.append(list(line))
        numbers.append(len(table))
    odd = as_sheet(draft, formats.Table("学生", table), standing=standing(draft))
    return replace(odd, row_number=tuple(numbers), skipped={"header": (len(draft.lines) - 1) // 20})


def foot_rows(draft: Draft) -> OddFile:
    """小计, 总计 and a signature below the rows."""
    blank: Line = [None] * (len(draft.headers) - 2)
    foot: list[Line] = [["小计", str(len(draft.lines)), *blank], ["总人数", str(len(draft.lines)), *blank]]
    odd = as_sheet(draft, formats.Table("学生", [*draft.table(), *foot]), standing=standing(draft))
    return replace(odd, skipped={"total": 2})


def named_by_the_school(draft: Draft) -> OddFile:
    """A file with a name in words: every row says which school it is of."""
    odd = as_workbook(draft, standing=standing(draft))
    return replace(odd, path=f"{draft.book.feed}/本校学生花名册（定稿）.xlsx")


def rise(draft: Draft) -> OddFile:
    """Twelve times as many children overnight: the roster waits."""
    each = np.arange(11 * len(draft.lines))
    area, birth, sequence = each % 4, 8_000 + each // 4, each % 99 + 1
    made = id_numbers(area, birth, sequence)
    numbers = pick(student_numbers(np.zeros(len(each), int), area, birth, sequence), each)
    template = draft.lines[draft.free[0]]
    blank = set(draft.names) - {"school_code", "class_code", "grade", "entry_month", "sex"}
    lines: list[Line] = []
    for n, (number, identity, day) in enumerate(
        zip(numbers, made.to_pylist(), days_as_text(birth).to_pylist(), strict=True)
    ):
        line: Line = [None if name in blank else cell for name, cell in zip(draft.names, template, strict=True)]
        for name, value in (
            ("student_number", number),
            ("id_number", identity),
            ("birth_date", day),
            ("name", f"新{GIVEN_NAMES[n % 50]}{GIVEN_NAMES[n // 50]}"),
        ):
            line[draft.place(name)] = value
        lines.append(line)
    grown = replace(draft, lines=(*draft.lines, *lines))
    return as_workbook(grown, status="held", says="times as many", standing=standing(draft))


KINDS: dict[str, Kind] = {
    kind.__name__: kind
    for kind in (
        unknown_column, renamed_column, hidden_sheet, hidden_parts, merged_cells, formula_without_value, error_cells,
        equals_quoted, half_character, backslash_zip, nested_archive, private_use, compatibility_forms, damaged_names,
        other_documents, classes_in_words, classes_by_entry_year, options_with_codes, several_telephones, no_document,
        repeated_header, foot_rows, named_by_the_school, rise,
    )
}  # fmt: skip
