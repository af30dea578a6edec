"""What systems that no shipped register knows export of the town's fifth grade, each in a form of its own.

Lives here: the town with two classes in grade 5, and the files of `tests/fixtures/own_directory/sources`.
Add here: a further form of an exam platform, a list of clubs, or a school's own list of pupils.
Stays out: what must come of them (`test_own_directory`), the town itself (`town`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import xlsxwriter

from tests.cases import town
from tests.cases.town import Pupil

EXAM, TERM, GRADE, SECOND_CLASS = "2025-10-joint-g5", "2025-2026-1", 5, 12  # from place 13 on in the second class
SCHOOLS = town.SCHOOLS[:4]
UNSCANNED, UNMARKED = 3, 4  # places of pupils whose sheet was not scanned, who were absent in mathematics
STRANGER = "欧阳无籍"
ClubRow = tuple[Pupil, Mapping[str, str | None]]  # a pupil's clubs, and what he is in each

_TAKEN_NAME = 1  # of place 1: the pupil in the same place of the second class has the same name


@dataclass(frozen=True)
class Cells:
    """A sheet: its name, rows, and merged ranges."""

    name: str
    rows: Sequence[Sequence[Any]]
    merged: Sequence[str] = ()


def fifth(school: str) -> list[Pupil]:
    return town.pupils(school, GRADE)


def name_of(pupil: Pupil) -> str:
    """The pupil's name: the first of each class of a school have the same, and only their class tells them apart."""
    if pupil.grade == GRADE and pupil.place == SECOND_CLASS + _TAKEN_NAME:
        return fifth(pupil.school)[_TAKEN_NAME - 1].name
    return pupil.name


def class_number(pupil: Pupil) -> int:
    return 2 if pupil.grade == GRADE and pupil.place > SECOND_CLASS else 1


def first_night() -> dict[str, bytes]:
    """The town's first night, but with two classes in grade 5 of each school."""
    files = town.first_night()
    classes = list(csv.DictReader(io.StringIO(files["teaching/classes/classes.csv"].decode())))
    second = [row | {"班号": "1502", "班级名称": "五年级(2)班"} for row in classes if row["班号"] == "1501"]
    files["teaching/classes/classes.csv"] = town.csv_bytes(classes + second)
    for school in town.SCHOOLS:
        rows = [
            town.roster_row(
                pupil, 姓名=name_of(pupil), 班号=pupil.class_code[:-1] + str(class_number(pupil)),
                成员1姓名="家" + pupil.name, 成员1联系电话=phone(pupil), 家庭地址=address(pupil), 现住址=address(pupil),
            )
            for pupil in town.pupils(school)
        ]  # fmt: skip
        files[f"student_registry/students/{school}.csv"] = town.csv_bytes(rows)
    return files


def phone(pupil: Pupil) -> str:
    return f"1250{pupil.serial:07d}"


def address(pupil: Pupil) -> str:
    return f"数源市墨池巷{pupil.serial + 1}号"


# ---------------------------------------------------------------- marks


def marks() -> dict[str, bytes]:
    """One joint exam, of which each school's marks come from another platform."""
    return {
        f"paperscan/scores/{EXAM}/{SCHOOLS[0]}.xlsx": _two_header_rows(SCHOOLS[0]),
        f"quickmark/results/{EXAM}/{SCHOOLS[1]}.csv": _one_header_row(SCHOOLS[1]),
        f"classbook/marks/{EXAM}/{SCHOOLS[2]}.xlsx": _sheet_a_class(SCHOOLS[2]),
        f"marklist/marks/{EXAM}/{SCHOOLS[3]}.jsonl": _row_a_mark(SCHOOLS[3]),
    }


def has_mark(pupil: Pupil, subject: str) -> bool:
    """Whether any of the files above gives the pupil a mark in a subject."""
    if pupil.place == UNSCANNED:
        return subject == "英语"
    return not (pupil.place == UNMARKED and subject == "数学")


def _mark(pupil: Pupil, subject: str, missing: str) -> str:
    return town.number(pupil.mark(EXAM, subject)) if has_mark(pupil, subject) else missing


def _two_header_rows(school: str) -> bytes:
    """智学网: a title, subjects over 得分 and ranks, candidate numbers, foot rows of averages."""
    measures = ("得分", "联考排名", "校次", "校次进退步")
    top: list[Any] = ["准考证号", "自定义考号", "班级", "姓名", "学生属性"]
    low = [""] * len(top)
    for subject in ("总分", *town.PRIMARY):
        top += [subject, "", "", ""]
        low += measures
    rows = [["成绩汇总 - 五年级联考"], top, low]
    for pupil in fifth(school):
        row = [pupil.candidate, f"{pupil.place:06d}", f"五年级{class_number(pupil)}班", name_of(pupil), "正常"]
        total = sum(pupil.mark(EXAM, s) for s in town.PRIMARY)
        for score in (town.number(total), *(_mark(pupil, s, "未扫，不计排名") for s in town.PRIMARY)):
            row += [score, str(pupil.place), str(pupil.place), "↑3" if pupil.place % 2 else "-"]
        rows.append(row)
    rows += [[word, "", "", "", "", *["71.3"] * 16] for word in ("班级平均分", "班级得分率%", "年级平均分")]
    return book(Cells("成绩汇总", rows, ["A1:U1", "F2:I2", "J2:M2", "N2:Q2", "R2:U2", "A2:A3", "D2:D3"]))


def _one_header_row(school: str) -> bytes:
    """A text with the full mark beside each subject, and classes written as 501."""
    header = ["考生号", "班", "学生", "语文成绩(100分)", "数学成绩(100分)", "英语成绩(100分)", "总分", "班级排名"]
    rows = [header]
    for pupil in fifth(school):
        scores = [_mark(pupil, subject, "缺考") for subject in town.PRIMARY]
        rows.append([f"Q{pupil.candidate}", f"50{class_number(pupil)}", name_of(pupil), *scores, "240", "1"])
    rows += [["", "", "平均分", "71.3", "70.1", "69.0", "210.4", ""], ["", "及格率", "", "98%", "97%", "96%", "", ""]]
    return text(rows, "gb18030")


def _sheet_a_class(school: str) -> bytes:
    """A sheet a class, whose name alone says which; raw and converted marks."""
    sheets = []
    for number in (1, 2):
        header = ["序号", "姓名", "语文原始分", "语文等级", "数学原始分", "数学等级", "英语原始分", "英语等级"]
        rows = [[f"五({number})班成绩册"], header]
        for n, pupil in enumerate((p for p in fifth(school) if class_number(p) == number), start=1):
            cells = [cell for s in town.PRIMARY for cell in (_mark(pupil, s, "缺考"), "A")]
            rows.append([str(n), name_of(pupil), *cells])
        sheets.append(Cells(f"五({number})班", [*rows, ["", "平均", "71.3", "", "70.2", "", "69.9", ""]], ["A1:H1"]))
    return book(*sheets, Cells("说明", [["本册由教务处填写"]]))


def _row_a_mark(school: str) -> bytes:
    """An interface: a line a mark, the pupil an object inside."""
    lines = [
        {
            "student": {
                "no": f"S{pupil.serial}", "name": name_of(pupil), "class": f"五年级{'一二'[class_number(pupil) - 1]}班",
            },
            "subject": subject, "score": _mark(pupil, subject, "-1"),
        }
        for pupil in fifth(school) for subject in town.PRIMARY
    ]  # fmt: skip
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


# ---------------------------------------------------------------- clubs


def memberships(school: str) -> list[ClubRow]:
    """Who of the fifth grade is in which clubs, and as what."""
    clubs = ("合唱", "足球", "编程", "书法")
    found: list[ClubRow] = []
    for pupil in fifth(school)[:-2]:  # the last two are in none
        first, second = clubs[pupil.place % 4], clubs[(pupil.place + 1) % 4]
        joined: dict[str, str | None] = {first: None}
        if pupil.place % 3 == 0:
            joined[second] = None
        if school == SCHOOLS[2] and pupil.place == 1:
            joined[first] = "社长"
        found.append((pupil, joined))
    return found


def clubs() -> dict[str, bytes]:
    """Lists of clubs, each school's by another system."""
    return {
        f"signup/enrolments/{TERM}/{SCHOOLS[0]}.csv": _row_a_club(SCHOOLS[0]),
        f"weekdays/choices/2025-2026/{SCHOOLS[1]}.xlsx": _column_a_weekday(SCHOOLS[1]),
        f"ticks/members/{TERM}/{SCHOOLS[2]}.csv": _column_a_club(SCHOOLS[2]),
        f"signup/enrolments/{TERM}/{SCHOOLS[3]}.xls": _web_page(SCHOOLS[3]),
    }


def _row_a_club(school: str) -> bytes:
    rows = [["班级", "学生", "社团"]]
    rows += [
        [f"五年级{class_number(pupil)}班", name_of(pupil), club]
        for pupil, joined in memberships(school)
        for club in joined
    ]
    return text([*rows, ["五年级1班", STRANGER, "合唱"]], "utf-8-sig")


def _column_a_weekday(school: str) -> bytes:
    """A merged cell of the class speaks for its pupils; two clubs of one afternoon share a cell."""
    rows: list[list[str]] = [["课后服务选课表"], ["班级", "姓名", "周一", "周四"]]
    merged = ["A1:D1"]
    for number in (1, 2):
        start = len(rows) + 1
        for pupil, joined in memberships(school):
            if class_number(pupil) == number:
                first, *rest = joined
                by_day = [first, ""] if not rest else ["", "、".join(joined)]
                rows.append([f"五（{number}）班" if len(rows) + 1 == start else "", name_of(pupil), *by_day])
        merged.append(f"A{start}:A{len(rows)}")
    return book(Cells("选课", rows, merged))


def _column_a_club(school: str) -> bytes:
    header = ["所在班", "学生姓名", "社团_合唱", "足球", "编程", "书法", "备注"]
    rows = [header]
    for pupil, joined in memberships(school):
        ticks = [
            (joined[c] or "√") if c in joined else ("否" if pupil.place % 2 else "")
            for c in ("合唱", "足球", "编程", "书法")
        ]
        rows.append([f"5.{class_number(pupil)}班", name_of(pupil), *ticks, "家长已同意"])
    return text(rows, "gb18030")


def _web_page(school: str) -> bytes:
    """A web page that calls itself a workbook."""
    rows = [["班级", "学生", "社团"]]
    rows += [[f"五{class_number(p)}班", name_of(p), club] for p, joined in memberships(school) for club in joined]
    cells = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f'<html><meta charset="utf-8"><table>{cells}</table></html>'.encode()


# ---------------------------------------------------------------- a school's own list of pupils


def lists() -> dict[str, bytes]:
    """Three schools' own lists of their fifth grade."""
    return {
        f"own_lists/students/{SCHOOLS[0]}.xlsx": _grouped_columns(SCHOOLS[0]),
        f"own_lists/students/{SCHOOLS[1]}.csv": _plain_list(SCHOOLS[1]),
        f"own_lists/students/{SCHOOLS[2]}.xlsx": _three_header_rows(SCHOOLS[2]),
    }


def listed(school: str) -> list[dict[str, str]]:
    """What a school's own list says; the second pupil's sex, the third's birth date and the fourth's home are others
    than in the registry, the fifth's number is missing, and the last is in no registry.
    """
    rows = []
    for pupil in fifth(school):
        born = pupil.id_number[6:14]
        rows.append({
            "name": name_of(pupil), "sex": pupil.sex, "id": pupil.id_number, "born": born,
            "class": str(class_number(pupil)), "parent": "家" + pupil.name, "phone": phone(pupil),
            "home": address(pupil),
        })  # fmt: skip
    rows[1]["sex"] = "女" if rows[1]["sex"] == "男" else "男"
    rows[2]["born"] = "20140101"
    rows[3]["home"] = "数源市新桥街9号"
    rows[4]["id"] = ""
    return [*rows, rows[0] | {"name": STRANGER, "id": "", "born": "20150909", "phone": "12599999999", "class": "1"}]


def dotted(born: str) -> str:
    return f"{born[:4]}.{int(born[4:6])}.{int(born[6:])}"


def in_words(born: str) -> str:
    return f"{born[:4]}年{born[4:6]}月{born[6:]}日"


def _grouped_columns(school: str) -> bytes:
    """A title, groups of columns over their names, class in one cell, both parents' telephones in one."""
    rows: list[list[str]] = [
        ["五年级学生花名册（教务处制）"],
        ["序号", "基本信息", "", "", "", "年级班级", "家庭情况", "", "", "备注"],
        ["", "姓名", "性别", "身份证", "出生日期", "", "家长", "家长电话", "住址", ""],
    ]
    for n, row in enumerate(listed(school), start=1):
        telephones = f"{row['phone']}、13900000{n:03d}"
        rows.append([
            str(n), row["name"], row["sex"], row["id"], dotted(row["born"]), f"五年级（{row['class']}）班",
            row["parent"], telephones, row["home"], "",
        ])  # fmt: skip
    rows.append(["合计", f"{len(rows) - 3}人"])
    return book(Cells("学生名单", rows, ["A1:J1", "B2:E2", "G2:I2", "A2:A3", "F2:F3", "J2:J3"]))


def _plain_list(school: str) -> bytes:
    """A text of a spreadsheet, which keeps its numbers by ="…", with grade and class apart."""
    rows = [["年级", "班级", "学生姓名", "性别", "身份证号码", "出生年月日", "家长电话"]]
    for row in listed(school):
        born = f"{row['born'][:4]}/{int(row['born'][4:6])}/{int(row['born'][6:])}"
        number = f'="{row["id"]}"' if row["id"] else ""
        rows.append(["五年级", f"{row['class']}班", row["name"], row["sex"] + "生", number, born, row["phone"]])
    return text(rows, "gb18030")


def _three_header_rows(school: str) -> bytes:
    """A sheet a class without a column of it, three header rows, a name under two groups."""
    sheets = []
    for number in ("1", "2"):
        rows: list[list[str]] = [
            ["学生登记表"],
            ["学生", "", "", "", "家庭", "", ""],
            ["基本信息", "", "", "", "监护人", "", ""],
            ["姓名", "性别", "身份证", "出生日期", "姓名", "电话", "住址"],
        ]
        rows += [
            [r["name"], r["sex"], r["id"], in_words(r["born"]), r["parent"], r["phone"], r["home"]]
            for r in listed(school) if r["class"] == number
        ]  # fmt: skip
        merged = ["A1:G1", "A2:D2", "E2:G2", "A3:D3", "E3:G3"]
        sheets.append(Cells(f"五年级{number}班", rows, merged))
    return book(*sheets)


# ---------------------------------------------------------------- homework


def homework() -> dict[str, bytes]:
    """Homework of 16 October by a platform that knows accounts, names and classes."""
    rows = [["编号", "任务", "账号", "学生", "学校", "班级", "课程", "书面", "预计分钟", "用时", "发布时间"]]
    rows += [
        [f"C{p.serial}", "T1", f"u{p.serial}", name_of(p), p.school, f"五年级{class_number(p)}班", "数学", "是", "30",
         str(20 + p.place), "2025-10-16 16:30:00"]
        for p in fifth(SCHOOLS[0])
    ]  # fmt: skip
    return {"homework_c/records/20251016.csv": text(rows, "utf-8")}


# ---------------------------------------------------------------- formats


def text(rows: Sequence[Sequence[str]], encoding: str) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(rows)
    return buffer.getvalue().encode(encoding)


def book(*sheets: Cells) -> bytes:
    """A workbook; a blank text has no cell."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True}) as workbook:
        for sheet in sheets:
            page = workbook.add_worksheet(sheet.name)
            for merged in sheet.merged:
                page.merge_range(merged, "")
            for r, row in enumerate(sheet.rows):
                for c, cell in enumerate(row):
                    if cell:
                        page.write_string(r, c, cell)
    return buffer.getvalue()
