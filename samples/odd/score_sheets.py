"""Score sheets of one exam and school in every usual form: headers, blocks, sheets, lists, foot rows, words.

Lives here: one function a form; every mark of the exam must arrive from it.
Add here: another form, and its entry in `KINDS`.
Stays out: who scored what (`world.exams`); which sheet comes on which night (`sending`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath

from samples.dirt import formats
from samples.files.workbooks import letter
from samples.odd.draft import Draft, Line, Notice, OddFile, as_workbook, numbered

Kind = Callable[[Draft], OddFile]
_PERSON = {"candidate_number": "考号", "student_number": "学籍号", "class_code": "班级", "name": "姓名"}
_RANKS = ("校次", "班次")


def standing(draft: Draft) -> tuple[tuple[str, str, str], ...]:
    """What must stand: every mark of every subject; none where the pupil has none."""
    return tuple(
        (key, f"{subject}_得分", _mark(cell))
        for subject in draft.subjects
        for key, cell in zip(draft.keys, draft.column(f"{subject}_得分"), strict=True)
    )


def _mark(cell: str | None) -> str:
    return cell if cell and cell.replace(".", "", 1).isdigit() else ""


def _pupils(draft: Draft) -> list[Line]:
    """The cells that say who it is."""
    return [[line[draft.place(name)] for name in _PERSON] for line in draft.lines]


def _marks(draft: Draft, parts: Sequence[str] = ("得分",), *, total: bool = True) -> list[Line]:
    """The cells of the subjects, subject by subject, and of the total."""
    subjects = [*draft.subjects, *(["总分"] if total else [])]
    places = [draft.place(f"{subject}_{part}") for subject in subjects for part in parts]
    return [[line[place] for place in places] for line in draft.lines]


def _sheet(draft: Draft, head: Sequence[Sequence[str]], rows: Sequence[Line], **more: object) -> OddFile:
    table: list[Line] = [*(_line(cells) for cells in head), *rows]
    odd = as_workbook(draft, **{"standing": standing(draft), **more})
    content = formats.workbook([formats.Table(draft.book.sheet, table)])
    return replace(odd, content=content, row_number=numbered(draft, len(head)), rows_before=len(head))


def _line(cells: Sequence[str]) -> Line:
    return list(cells)


def _joined(people: list[Line], marks: list[Line]) -> list[Line]:
    return [[*person, *cells] for person, cells in zip(people, marks, strict=True)]


def _one_row(draft: Draft, header: Callable[[str], str], **more: object) -> OddFile:
    """One header row, in which each subject is written by `header`."""
    head = [*_PERSON.values(), *map(header, draft.subjects), "总分"]
    return _sheet(draft, [head], _joined(_pupils(draft), _marks(draft)), **more)


def one_header_row(draft: Draft) -> OddFile:
    """Subjects alone: 语文, 数学, 总分."""
    return _one_row(draft, lambda subject: subject)


def subject_and_word(draft: Draft) -> OddFile:
    """Subject and measure in one cell, with any separator or none."""
    forms = ("{}得分", "{}-得分", "{}_成绩", "{}（分数）", "{} 得分", "{}：得分", "得分（{}）", "{}/得分")
    order = {subject: forms[n % len(forms)] for n, subject in enumerate(draft.subjects)}
    return _one_row(draft, lambda subject: order[subject].format(subject))


def full_mark_in_brackets(draft: Draft) -> OddFile:
    """语文（100分）, 数学(满分100), 英语[100]."""
    forms = ("{}（100分）", "{}(满分100)", "{}（满分：100分）", "{}(100)")
    order = {subject: forms[n % len(forms)] for n, subject in enumerate(draft.subjects)}
    return _one_row(draft, lambda subject: order[subject].format(subject))


_ALIASES = {"英语": "外语", "道德与法治": "道法", "生物": "生物学", "历史": "历史（闭卷）", "数学": "数　学"}


def subject_aliases(draft: Draft) -> OddFile:
    """The names that an exam has for its subjects."""
    return _one_row(draft, lambda subject: _ALIASES.get(subject, subject))


def measure_over_subject(draft: Draft) -> OddFile:
    """Two rows: 得分 over all subjects, then 校次 over all subjects."""
    parts = ("得分", "校次")
    upper = [*_PERSON.values(), *(cell for part in parts for cell in (part, *[""] * (len(draft.subjects) - 1)))]
    lower = [*[""] * len(_PERSON), *(subject for _ in parts for subject in draft.subjects)]
    marks = [
        [line[draft.place(f"{subject}_{part}")] for part in parts for subject in draft.subjects] for line in draft.lines
    ]
    return _sheet(draft, [upper, lower], _joined(_pupils(draft), marks))


def subject_over_measure(draft: Draft) -> OddFile:
    """Two rows: each subject over 得分, 校次 and 班次, the pupil's columns in the lower one."""
    parts = ("得分", *_RANKS)
    subjects = [*draft.subjects, "总分"]
    upper = [*[""] * len(_PERSON), *(cell for subject in subjects for cell in (subject, "", ""))]
    lower = [*_PERSON.values(), *parts * len(subjects)]
    return _sheet(draft, [upper, lower], _joined(_pupils(draft), _marks(draft, parts)))


def three_header_rows(draft: Draft) -> OddFile:
    """The exam over the subjects over the measures."""
    parts = ("得分", "班次")
    width = len(draft.subjects) * len(parts)
    first = [*_PERSON.values(), "月考成绩", *[""] * (width - 1)]
    second = [*[""] * len(_PERSON), *(cell for subject in draft.subjects for cell in (subject, ""))]
    third = [*[""] * len(_PERSON), *parts * len(draft.subjects)]
    return _sheet(draft, [first, second, third], _joined(_pupils(draft), _marks(draft, parts, total=False)))


def raw_before_converted(draft: Draft) -> OddFile:
    """Of the last subject the raw mark and a converted one: the raw one counts, both are kept."""
    last = draft.subjects[-1]
    head = [*_PERSON.values(), *draft.subjects[:-1], f"{last}赋分", f"{last}原始分"]
    place = draft.place(f"{last}_得分")
    marks = [[*cells[:-1], "70" if _mark(line[place]) else None, cells[-1]]
             for cells, line in zip(_marks(draft, total=False), draft.lines, strict=True)]  # fmt: skip
    return _sheet(draft, [head], _joined(_pupils(draft), marks))


def long_list(draft: Draft) -> OddFile:
    """One row for each pupil and subject."""
    head: Line = ["学籍号", "姓名", "班级", "科目", "得分"]
    names = ("student_number", "name", "class_code")
    rows: list[Line] = [
        [*(line[draft.place(name)] for name in names), subject, line[draft.place(f"{subject}_得分")]]
        for line in draft.lines
        for subject in draft.subjects
    ]
    content = formats.text([head, *rows], ",", "utf-8-sig")
    return OddFile(content, ".csv", numbered(draft), (("", len(rows)),), standing=standing(draft))


def _halves(draft: Draft) -> tuple[Draft, Draft]:
    half = (len(draft.lines) + 1) // 2
    return replace(draft, lines=draft.lines[:half]), replace(draft, lines=draft.lines[half:])


def sheet_per_class(draft: Draft) -> OddFile:
    """The pupils on two sheets, each with its header, and a sheet of notes after them."""
    head = [*_PERSON.values(), *draft.subjects]
    parts = dict(zip(("一班", "二班"), _halves(draft), strict=True))
    sheets = [
        formats.Table(name, [head, *_joined(_pupils(part), _marks(part, total=False))]) for name, part in parts.items()
    ]
    content = formats.workbook([*sheets, formats.Table("说明", [["缺考不计入平均分"]])])
    row_number = tuple(n for part in parts.values() for n in numbered(part))
    members = tuple((name, len(part.lines)) for name, part in parts.items())
    return OddFile(
        content, ".xlsx", row_number, members, others=(("说明", 1, "other_sheet"),), standing=standing(draft)
    )  # fmt: skip


def sheet_per_subject(draft: Draft) -> OddFile:
    """A sheet for each subject, which its name says."""
    sheets = [
        formats.Table(
            subject,
            [["学籍号", "姓名", "班级", "得分"],
             *([line[draft.place(n)] for n in ("student_number", "name", "class_code", f"{subject}_得分")]
               for line in draft.lines)],
        )
        for subject in draft.subjects
    ]  # fmt: skip
    members = tuple((subject, len(draft.lines)) for subject in draft.subjects)
    return OddFile(formats.workbook(sheets), ".xlsx", numbered(draft), members, standing=standing(draft))


def side_by_side(draft: Draft) -> OddFile:
    """Two blocks beside each other, with an empty column between."""
    head = [*_PERSON.values(), *draft.subjects]
    left, right = (_joined(_pupils(part), _marks(part, total=False)) for part in _halves(draft))
    blank: Line = [None] * len(head)
    rows = [[*row, None, *(right[n] if n < len(right) else blank)] for n, row in enumerate(left)]
    table = [[*head, None, *head], *rows]
    row_number = tuple(2 + n for part in (left, right) for n in range(len(part)))
    beside = f"{draft.book.sheet}!{letter(len(head) + 1)}:{letter(2 * len(head))}"
    return OddFile(
        formats.workbook([formats.Table(draft.book.sheet, table)]), ".xlsx", row_number,
        ((draft.book.sheet, len(left)), (beside, len(right))),
        blank=(0, len(left) - len(right)), standing=standing(draft),
    )  # fmt: skip


def header_again_and_foot(draft: Draft) -> OddFile:
    """The header again between the rows, and below them every aggregate that schools write."""
    head = [*_PERSON.values(), *draft.subjects, "总分"]
    rows = _joined(_pupils(draft), _marks(draft))
    half = len(rows) // 2
    words = ("平均分", "最高分", "最低分", "及格率", "优秀率", "标准差", "参考人数", "全班平均")
    foot: list[Line] = [[word, *[None] * (len(_PERSON) - 1), *["71.5"] * (len(draft.subjects) + 1)] for word in words]
    table: list[Line] = [list(head), *rows[:half], list(head), *rows[half:], *foot]
    row_number = (*range(2, half + 2), *range(half + 3, len(rows) + 3))
    return OddFile(
        formats.workbook([formats.Table(draft.book.sheet, table)]), ".xlsx", row_number,
        ((draft.book.sheet, len(rows)),), skipped={"header": 1, "total": len(words)}, standing=standing(draft),
    )  # fmt: skip


def column_not_understood(draft: Draft) -> OddFile:
    """Two columns that are no mark of the exam: a second paper, and a subject that the exam does not have."""
    head = [*_PERSON.values(), *draft.subjects, "数学B卷", "音乐"]
    rows = [[*row, "12", "80"] for row in _joined(_pupils(draft), _marks(draft, total=False))]
    count = len(rows)
    notices = (
        Notice("exam_subject", "音乐", f"{count} × 80", "cell", row_key="header:音乐"),
        Notice("mark_header", "数学B卷", f"{count} × 12", "cell", row_key="header:数学B卷", nearest="数学"),
    )
    return _sheet(draft, [head], rows, notices=notices)


_WORDS = ("旷考", "免考", "未扫", "转学", "弃权", "休学")


def words_for_no_mark(draft: Draft) -> OddFile:
    """Words that say why a pupil has no mark, where the sheet before had another."""
    said = draft
    for n, subject in enumerate(draft.subjects):
        cells = draft.column(f"{subject}_得分")
        blank = {r: _WORDS[(r + n) % len(_WORDS)] for r, cell in enumerate(cells) if not _mark(cell)}
        said = said.with_cells(f"{subject}_得分", blank)
    return replace(one_header_row(said), standing=standing(draft))


def no_mark_at_all(draft: Draft) -> OddFile:
    """The pupils are there and their marks are blank: refused, and the marks before it stay."""
    head = [*_PERSON.values(), *draft.subjects]
    blank: list[Line] = [[*row, *[None] * len(draft.subjects)] for row in _pupils(draft)]
    return _sheet(draft, [head], blank, status="refused", says="no mark in any row")


def two_sheets_of_one_school(draft: Draft) -> OddFile:
    """A second, shorter sheet of the same exam and school: both wait, since nobody can tell which counts."""
    other = replace(draft, lines=draft.lines[:-3])
    rows = _joined(_pupils(other), _marks(other, total=False))
    second = formats.text([[*_PERSON.values(), *draft.subjects], *rows], ",", "utf-8-sig")
    path = PurePosixPath(draft.book.path).with_suffix(".csv").as_posix()
    beside = ((path, second, len(rows)),)
    return replace(one_header_row(draft), status="held", says="several whole lists", beside=beside)


KINDS: Mapping[str, Kind] = {
    kind.__name__: kind
    for kind in (
        one_header_row, subject_and_word, full_mark_in_brackets, subject_aliases, measure_over_subject,
        subject_over_measure, three_header_rows, raw_before_converted, long_list, sheet_per_class, sheet_per_subject,
        side_by_side, header_again_and_foot, column_not_understood, words_for_no_mark, no_mark_at_all,
        two_sheets_of_one_school,
    )
}  # fmt: skip
