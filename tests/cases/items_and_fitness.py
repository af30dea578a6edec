"""Item scores with ranks beside them, and the form in which the fitness platform gives results back.

Stays out: marks of whole papers (`score_forms`).
"""

from __future__ import annotations

from tests.cases import town
from tests.cases.sheets import Sitting, text
from tests.ingest.raw_workbooks import sheet_xml, workbook_of

SATS = [Sitting(school, 7, 1) for school in town.SCHOOLS[:5]]
RANKED, DETAILS, SECTIONS, LETTERED, WITH_BLUEPRINT = SATS
FEET = [["班级平均分", "", "71.2"], ["年级得分率%", "", "68.1"]]
MEASURED, TWO_ROWS, BY_NAME, BARE = town.SCHOOLS[4:8]  # schools whose results the platform gives back


def items_path(sitting: Sitting) -> str:
    return f"exams/items/{sitting.exam}/14/{sitting.school}.xlsx"


def fitness_path(school: str) -> str:
    return f"fitness/results/2025-2026/{school}.csv"


def files() -> dict[str, bytes]:
    head = ["学籍号", "姓名", "总分", "校次", "班次", "客观分", "主观分"]
    body = {s: [[p.number, p.name, "80", "1", "1", "30", "50"] for p in s.pupils] for s in SATS}
    plain = {s: [["数学得分明细"], [*head, "1", "4(1)"], *([*row, "4", "6"] for row in body[s]), *FEET] for s in SATS}
    sections = [[*head, "选择题", "", "解答题"], [*[""] * 7, "1", "2", "3"]]
    sections += [[*row, "4", "6", "8"] for row in body[SECTIONS]]
    lettered = [[*head, "得分率", "Q1", "Q2"], *([*row, "80%", "4", "6"] for row in body[LETTERED])]
    blueprint = [["题号", "题型", "考查内容", "能力要求", "满分"]]
    blueprint += [[item, "选择", "数的认识", "识记", "4"] for item in ("1", "4(1)")]
    return {
        items_path(RANKED): workbook_of(("小题分", sheet_xml(plain[RANKED]))),
        items_path(DETAILS): workbook_of(
            ("得分明细", sheet_xml(plain[DETAILS])), ("班级数学成绩汇总", sheet_xml([["x"]]))),
        items_path(SECTIONS): workbook_of(("小题分", sheet_xml(sections))),
        items_path(LETTERED): workbook_of(("小题分", sheet_xml(lettered))),
        items_path(WITH_BLUEPRINT): workbook_of(
            ("数学小题得分", sheet_xml(plain[WITH_BLUEPRINT])), ("数学细目表", sheet_xml(blueprint))),
        fitness_path(MEASURED): text(_result_form(MEASURED)),
        fitness_path(TWO_ROWS): text(_two_rows(TWO_ROWS)),
        fitness_path(BY_NAME): text(_by_name(BY_NAME)),
        fitness_path(BARE): text([row[:4] for row in _by_name(BARE)]),
    }  # fmt: skip


def _result_form(school: str) -> list[list[str]]:
    """Each item before its score and level, under a title and a summary."""
    head = ["年级编号", "班名", "学籍号", "姓名", "性别", "测量日期", "身高（厘米）", "体重（千克）",
            "体重指数BMI\n（千克/米2）", "得分", "等级", "肺活量（毫升）", "得分", "等级", "标准分", "加分",
            "综合得分", "综合评级"]  # fmt: skip
    rows = [
        ["小学五年级", "1班", p.number, p.name, p.sex, "2025/9/1", "140.5", "33.2", "16.8", "100", "正常", "1800", "80",
         "良好", "82.3", "0", "82.3", "良好"]
        for p in town.pupils(school, 5)
    ]  # fmt: skip
    return [["学校", town.school_name(school), "年级"], ["实查人数", "24"], ["一级（优秀）"], head, *rows]


def _two_rows(school: str) -> list[list[str]]:
    """Items over measure, score and level."""
    head = [
        ["年级编号", "班级", "学籍号", "姓名", "体重指数", "", "肺活量", "", "", "50米跑", "", "", "总得分", "总评"],
        ["", "", "", "", "指数", "等级", "成绩", "得分", "等级", "成绩", "得分", "等级", "", ""],
    ]
    measures = ["16.8", "正常", "1800", "80", "良好", "9.8", "80", "良好", "81", "良好"]
    return [*head, *(["小学五年级", p.class_name, p.number, p.name, *measures] for p in town.pupils(school, 5))]


def _by_name(school: str) -> list[list[str]]:
    head = ["学籍号", "姓名", "班级", "体重指数", "肺活量", "肺活量得分", "附加分", "学年总分", "等级评定"]
    rows = [[p.number, p.name, p.class_name, "16.8", "1800", "80", "0", "81", "良好"] for p in town.pupils(school, 5)]
    return [head, *rows]
