"""Score sheets in every usual form: what a header says is read, listed or refused, and never lost."""

from collections.abc import Callable

import pytest

from common.night_files import FeedFiles
from ingest.errors import Refused
from ingest.reading.read_feed import read_deliveries
from ingest.tables import header_row, mark_columns
from ingest.tables.header_texts import Names
from ingest.tables.layout import Layout
from registry import Register
from registry.mark_sheets import MarkSheets
from tests.ingest.makers import SCHOOL, Desk, csv_text, student, with_feed, xlsx_of

EXAM = "2025-2026-1-m1-g7"  # of 语文, 数学, 英语, 道德与法治, 历史, 地理, 生物
PLACE = f"exams/results/{EXAM}/{SCHOOL}"
PERSON = ["学籍号", "姓名", "班级"]
Rows = list[list[str]]


@pytest.fixture(scope="module")
def sheets(house: Register) -> MarkSheets:
    return MarkSheets(house, "exams")


@pytest.fixture(scope="module")
def names(house: Register, sheets: MarkSheets) -> Names:
    return Names(house.feed("exams/results"), sheets)


def pupil(n: int, *cells: str) -> list[str]:
    row = student(n)
    return [row["学籍号"], row["姓名"], "2101", *cells]


def read(rows: Rows, names: Names, sheets: MarkSheets) -> Layout:
    return mark_columns.read_marks(header_row.header_layout(rows, names), sheets, f"{EXAM}/{SCHOOL}")


def marks(layout: Layout) -> dict[str, int]:
    """Subject -> index of its mark."""
    return {key.split("_")[0]: index for key, index in layout.rest if layout.marks and key in layout.marks.marks}


BLANK = [""] * 3
HEADS = {
    "one row": [[*PERSON, "语文", "数学", "总分"]],
    "one row, ranks between": [[*PERSON, "语文", "班次", "数学", "班次", "总分"]],
    "subject over measure": [[*PERSON, "语文", "", "数学", ""], [*BLANK, "得分", "校次", "得分", "校次"]],
    "measure over subject": [[*PERSON, "成绩", "", "排名", ""], [*BLANK, "语文", "数学", "语文", "数学"]],
    "names in the lower row": [[*BLANK, "语文", "", "数学", ""], [*PERSON, "得分", "校次", "得分", "校次"]],
    "a title over the names": [["考生信息", "", "", "语文", "", "数学", ""], [*PERSON, "得分", "校次", "得分",
    "校次"]],
    "titles above": [["期中成绩单"], ["", "", "", "制表日期"], [*PERSON, "语文", "数学"]],
    "merged cells filled": [[*PERSON, "语文", "语文", "数学", "数学"], [*PERSON, "得分", "校次", "得分", "校次"]],
    "three rows, the exam above": [
        [*PERSON, "期中成绩", "", "", ""], [*BLANK, "语文", "", "数学", ""], [*BLANK, "得分", "班次", "得分", "班次"],
    ],
    "three rows, raw and converted": [
        [*PERSON, "语文", "", "", "", "数学"], [*BLANK, "原始分", "", "赋分", "", "得分"],
        [*BLANK, "分数", "排名", "分数", "排名", ""],
    ],
}  # fmt: skip


@pytest.mark.parametrize("form", HEADS)
def test_marks_are_found_under_headers_of_one_to_three_rows(names: Names, sheets: MarkSheets, form: str):
    head = HEADS[form]
    width = max(map(len, head))
    layout = read([*head, pupil(0, *["90"] * (width - 3))], names, sheets)
    chinese, mathematics = (
        next(i for i, text in enumerate(row) if subject in text)
        for subject in ("语文", "数学")
        for row in head
        if any(subject in text for text in row)
    )
    assert layout.head == len(head)
    assert marks(layout) == {"语文": chinese, "数学": mathematics}


@pytest.mark.parametrize("is_upright", [True, False])
def test_a_rank_alone_under_a_subject_is_no_mark_of_it(names: Names, sheets: MarkSheets, *, is_upright: bool):
    heads = [[*PERSON, "语文", "数学", "英语"], [*BLANK, "得分", "得分", "校次"]]
    if not is_upright:
        heads = [[*PERSON, *heads[1][3:]], [*BLANK, *heads[0][3:]]]
    layout = read([*heads, pupil(1, "90", "80", "3"), pupil(2, "70", "60", "9")], names, sheets)
    assert (marks(layout), layout.head) == ({"语文": 3, "数学": 4}, 2)


def test_a_sheet_of_one_pupil_who_was_absent_is_loaded(desk: Desk):
    desk.put(f"{PLACE}.csv", csv_text([[*PERSON, "语文"], pupil(0, "缺考")]).encode())
    ((status, _, loaded, *_),) = desk.read().values()
    assert (status, loaded) == ("loaded", 1)


def test_pupils_who_were_all_absent_are_no_second_row_of_the_header(names: Names, sheets: MarkSheets):
    assert read([[*PERSON, "语文", "数学"], pupil(0, "缺考", "缺考")], names, sheets).head == 1


def test_a_raw_mark_counts_and_the_converted_one_is_kept(names: Names, sheets: MarkSheets):
    layout = read([[*PERSON, "地理赋分", "地理原始分", "生物赋分", "语文"]], names, sheets)
    assert dict(layout.rest) == {
        "|地理赋分": 3,
        "地理_得分|地理原始分": 4,
        "生物_得分|生物赋分": 5,
        "语文_得分|语文": 6,
    }


@pytest.mark.parametrize(("header", "said"), [
    (["语文成绩", "语文得分"], "语文得分, 语文成绩"), (["语文", "语文", "数学"], "语文, 语文_2"), (["语文", "",
    "统计", "语文"], "统计_语文, 语文"),
])  # fmt: skip
def test_two_columns_that_may_be_one_subjects_mark_are_refused(
    names: Names, sheets: MarkSheets, header: list[str], said: str
):
    with pytest.raises(Refused, match=rf"may be the mark of 语文 \({said}\)"):
        read([[*PERSON, *header]], names, sheets)


def test_a_subject_goes_by_the_name_that_the_exam_has_for_it(names: Names, sheets: MarkSheets):
    layout = read([[*PERSON, "外语", "思品", "生物学", "历史（闭卷）"]], names, sheets)
    assert marks(layout) == {"英语": 3, "道德与法治": 4, "生物": 5, "历史": 6}
    assert {mark_columns.header_of(key) for key, _ in layout.rest} == {"外语", "思品", "生物学", "历史(闭卷)"}


@pytest.mark.parametrize(("header", "said"), [
    (["总分", "班级排名"], "总分 is a total, 班级排名 is no mark"), ([], "only the pupil's columns"),
    (["音乐", "体艺"], "音乐 is of no subject of the exam, 体艺 is not understood"),
    (["成绩"], "成绩 is a mark that names no subject"),
])  # fmt: skip
def test_a_sheet_without_a_mark_is_refused_with_what_was_read(
    names: Names, sheets: MarkSheets, header: list[str], said: str
):
    with pytest.raises(Refused, match=said):
        read([[*PERSON, *header]], names, sheets)


def test_columns_that_are_not_understood_and_subjects_the_exam_lacks_are_listed_once(desk: Desk):
    head = [*PERSON, "语文", "音乐", "数学B卷", "备注", "总分"]
    rows = [head, *(pupil(n, "90", "80", f"7{n}", "", "9") for n in range(3))]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    desk.read()
    assert desk.left("exams/results", "rule, column_name, value, row_number, candidate", "problems") == [
        ("exam_subject", "音乐", "3 × 80", 2, None), ("mark_header", "数学B卷", "3 × 70, 71, 72", 2, "数学"),
    ]  # fmt: skip
    assert desk.left("exams/results", "count(*)") == [(3,)]


@pytest.mark.parametrize(("cell", "said"), [("", "and are blank"), ("A", "and hold such as A")])
def test_a_sheet_in_which_no_mark_stands_is_refused(desk: Desk, cell: str, said: str):
    rows = [[*PERSON, "语文", "数学", "总分"], *(pupil(n, cell, cell, "170") for n in range(3))]
    desk.put(f"{PLACE}.xlsx", xlsx_of(("成绩", rows)))
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert f"has no mark in any row (its columns of marks are 数学, 语文, {said})" in reason


LONG = ["考试名称", "学籍号", "姓名", "班级", "科目", "分数", "缺考标记"]


def test_a_list_of_one_row_per_pupil_and_subject_is_read_row_by_row(desk: Desk):
    subjects = ("语文", "外语", "总分", "音乐")
    rows = [LONG, *(["月考", *pupil(n, subject, "9", "")] for n in range(2) for subject in subjects)]
    rows += [["月考", *pupil(2, "语文", "0", "缺考")], ["月考", *pupil(2, "数学", "8", "否")]]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    ((status, rows_read, loaded, *_),) = desk.read().values()
    assert (status, rows_read, loaded) == ("loaded", 10, 10)
    (delivery,) = read_deliveries(FeedFiles(desk.work() / "exams__results"))
    assert delivery.values_lost == 0
    kept = desk.left("exams/results", "unnest(map_keys(marks))")
    assert {key for (key,) in kept if "_" in key} == {
        "数学_得分|数学_分数", "总分_分数", "英语_得分|外语_分数", "语文_得分|语文_分数", "|语文_分数", "|音乐_分数",
    }  # fmt: skip
    assert desk.left("exams/results", "rule, column_name, value", "problems") == [
        ("exam_subject", "音乐_分数", "2 × 9")
    ]


def test_a_sheet_per_subject_says_the_subject_by_its_name_or_title(names: Names, sheets: MarkSheets):
    for said in (["数学"], ["数学成绩"], ["Sheet1", "2025-2026学年第一学期七年级数学期中考试成绩表"]):
        layout = header_row.header_layout([[*PERSON, "成绩", "班次"]], names)
        layout = mark_columns.read_marks(layout, sheets, f"{EXAM}/{SCHOOL}", said)
        assert layout.rest_of is not None
        assert layout.rest_of(["G1", "李", "1", "90", "3"]) == [
            ("subject", "数学"), ("数学_得分|数学_成绩", "90"), ("班次", "3"),
        ]  # fmt: skip
    with pytest.raises(Refused, match="成绩 is a mark that names no subject"):
        read([[*PERSON, "成绩"]], names, sheets)


@pytest.mark.parametrize("head", [["成绩"], ["得分", "班次"]])
def test_sheets_of_a_subject_each_and_of_a_class_each_lose_no_mark(desk: Desk, head: list[str]):
    rank = ["1"] * (len(head) - 1)
    books = [(name, [[*PERSON, *head], *(pupil(n, mark, *rank) for n in range(2))])
             for name, mark in (("语文", "90"), ("数学成绩", "80"))]  # fmt: skip
    classes = [(f"{n}班", [[*PERSON, "语文", "数学"], pupil(n, "90", "80")]) for n in (1, 2)]
    desk.put(f"{PLACE}.xlsx", xlsx_of(*books))
    desk.put(f"exams/results/2025-2026-1-m2-g7/{SCHOOL}.xlsx", xlsx_of(*classes))
    desk.read()
    deliveries = read_deliveries(FeedFiles(desk.work() / "exams__results"))
    assert [(d.rows_loaded, d.values_lost) for d in deliveries] == [(2, 0), (2, 0), (1, 0), (1, 0)]
    assert desk.left("exams/results", "rule", "problems") == []


def test_a_cell_that_says_nothing_is_listed_under_the_header_as_delivered(desk: Desk):
    desk.put(f"{PLACE}.csv", csv_text([[*PERSON, "语文成绩"], pupil(0, "90"), pupil(1, "#N/A")]).encode())
    desk.read()
    assert desk.left("exams/results", "rule, column_name, row['语文成绩']", "problems") == [
        ("cell_error", "语文成绩", "#N/A")
    ]  # fmt: skip


FOOT = [
    ["平均分", "", "", "71"], ["", "班级均分", "", "71"], ["", "", "年级得分率%", "71"], ["", "低分率：", "", "71"],
    ["参考人数", "48", "", "48"], ["总人数", "48", "", ""], ["全校平均分(含缺考)", "", "", "71"],
    ["阅卷人：", "审核：", "", ""],
    ["", "总分", "", "71"], ["", "", "2101", "71", "平均分"], ["七年级2班成绩单", "", "",
    ""], [*PERSON, "语文"], ["", "", "", "得分"],
]  # fmt: skip


def test_rows_at_the_foot_and_headers_of_a_further_block_are_no_pupils(desk: Desk):
    head = [[*PERSON, "语文", "备注"], ["", "", "", "得分", ""]]
    desk.put(f"{PLACE}.xlsx", xlsx_of(("成绩", [*head, pupil(0, "90"), *FOOT, pupil(1, "80")])))
    ((_, rows_read, loaded, quarantined, *_),) = desk.read().values()
    assert desk.left("exams/results", "rule, row_number", "problems") == []
    assert (rows_read, loaded, quarantined) == (len(FOOT) + 2, 2, 0)


def test_a_platform_without_student_numbers_is_read_by_the_same_grammar(
    desk_of: Callable[[Register], Desk], house: Register
):
    own = house.feed("exams/results")
    feed = own.model_copy(update={
        "id": "marking/scores", "key": ("candidate_number",), "identifies": (),
        "columns": tuple(
            c.model_copy(update={"filled": c.name == "candidate_number", "required": c.name != "attribute"})
            for c in own.columns if c.name != "student_number"
        ),
    })  # fmt: skip
    desk = desk_of(with_feed(house, feed))
    rows = [["成绩汇总 - 10月月考"], ["准考证号", "自定义考号", "班级", "姓名", "总分", "", "语文", ""],
            ["", "", "", "", "得分", "校次进退步", "得分", "校次"], ["2025000001", "01", "五年级1班", "李梅",
            "222", "↑3", "76", "1"],
            ["2025000002", "02", "五年级1班", "王小", "-", "-", "未扫，不计排名", "-"], ["班级平均分", "", "", "",
            "71", "", "71", ""],
            ["年级得分率%", "", "", "", "71", "", "71", ""]]  # fmt: skip
    desk.put(f"marking/scores/2025-10/{SCHOOL}.xlsx", xlsx_of(("成绩汇总", rows)))
    ((_, rows_read, loaded, quarantined, *_),) = desk.read().values()
    assert (rows_read, loaded, quarantined) == (4, 2, 0)
    assert desk.left("marking/scores", "candidate_number, marks['语文_得分']") == [
        ("2025000001", "76"), ("2025000002", "未扫，不计排名"),
    ]  # fmt: skip
    assert desk.left("marking/scores", "rule", "problems") == []


def test_a_pupil_whose_name_is_a_word_of_the_foot_stays_a_pupil(desk: Desk):
    rows = [[*PERSON, "语文"], [student(0)["学籍号"], "满分", "2101", "90"], ["", "王均分", "2101", "90"]]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    ((_, _, loaded, quarantined, *_),) = desk.read().values()
    assert (loaded, quarantined) == (1, 1)


def test_ranks_and_totals_are_no_items(desk: Desk):
    head = ["学籍号", "姓名", "总分", "校次", "班级排名", "客观分", "1", "4(1)"]
    rows = [head, [student(0)["学籍号"], "李梅", "80", "1", "2", "30", "4", "6"]]
    desk.put(f"exams/items/{EXAM}/14/{SCHOOL}.xlsx", xlsx_of(("数学得分明细", rows)))
    desk.read()
    assert desk.left("exams/items", "map_keys(items)") == [(["1", "4(1)"],)]


@pytest.mark.parametrize(("measures", "mark"), [
    (("客观", "主观", "合计"), "合计"), (("选择题", "作文", "得分"), "得分"), (("基础", "小计"), "小计"),
])  # fmt: skip
def test_the_first_part_of_a_paper_is_not_its_mark(
    names: Names, sheets: MarkSheets, measures: tuple[str, ...], mark: str
):
    blank = [""] * (len(measures) - 1)
    layout = read([[*PERSON, "语文", *blank, "数学", *blank], [*BLANK, *measures, *measures],
                   pupil(0, *["20"] * 2 * len(measures))], names, sheets)  # fmt: skip
    at = 3 + measures.index(mark)
    assert marks(layout) == {"语文": at, "数学": at + len(measures)}


def test_parts_of_a_paper_without_their_sum_are_refused(names: Names, sheets: MarkSheets):
    with pytest.raises(Refused, match="语文_A卷 is not understood, 语文_B卷 is not understood"):
        read([[*PERSON, "语文", ""], [*BLANK, "A卷", "B卷"], pupil(0, "70", "20")], names, sheets)


@pytest.mark.parametrize("said", ["满分：100", "（100分）", "总分100分"])
def test_a_row_of_full_marks_is_of_the_header(desk: Desk, said: str):
    desk.put(f"{PLACE}.csv", csv_text([[*PERSON, "语文", "数学"], [*BLANK, said, said], pupil(0, "90", "80")]).encode())
    ((_, _, loaded, quarantined, *_),) = desk.read().values()
    assert (loaded, quarantined) == (1, 0)
    assert desk.left("exams/results", "rule", "problems") == []


def test_a_raw_and_a_converted_mark_are_known_by_one_character(names: Names, sheets: MarkSheets):
    layout = read([[*PERSON, "语文（赋）", "语文（原）", "数学原", "数学赋"]], names, sheets)
    assert marks(layout) == {"语文": 4, "数学": 5}


@pytest.mark.parametrize("forms", [("13", "41"), ("语文|13", "英语|41"), ("13-语文", "41 英语"), ("语文(13)", "外语")])
def test_a_list_names_its_subjects_by_code_too(desk: Desk, forms: tuple[str, str]):
    rows = [LONG, *(["月考", *pupil(n, form, "9", "")] for n in range(2) for form in forms)]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    desk.read()
    kept = desk.left("exams/results", "map_keys(marks)")
    assert {key.split("|")[0] for (keys,) in kept for key in keys if "得分" in key} == {"语文_得分", "英语_得分"}
    assert desk.left("exams/results", "rule", "problems") == []


def test_a_list_of_subjects_that_nobody_knows_is_refused(desk: Desk):
    rows = [LONG, *(["月考", *pupil(n, subject, "9", "")] for n in range(2) for subject in ("K7", "K8"))]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert "not understood are K7_分数, K8_分数" in reason


def test_a_further_header_in_another_order_is_refused(desk: Desk):
    rows = [[*PERSON, "语文", "数学"], pupil(0, "90", "80"), [*PERSON, "数学", "语文"], pupil(1, "70", "60")]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    ((status, *_, reason),) = desk.read().values()
    assert status == "refused"
    assert "has a further header in row 3 whose columns stand in another order (" in reason
    assert "数学 under 语文" in reason


def test_a_further_header_with_another_column_of_the_pupil_is_refused(desk: Desk):
    rows = [["学籍号", "姓名", "班级", "考号", "语文"], [*pupil(0), "1", "90"]]
    rows += [["学籍号", "姓名", "考号", "班级", "语文"], [*pupil(1)[:2], "2", "2101", "80"]]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    ((status, *_, reason),) = desk.read().values()
    assert (status, "考号 under 班级" in reason) == ("refused", True)


MORE_FEET = [["四(1)班平均分", "", "", "71"], ["全年级", "", "", "71"], ["1班平均", "", "", "71"], ["参考人数：24"],
             ["教师签名：张三"], ["——以下空白——"], ["第1页 共2页"], ["高一年级均分", "", "", "7"]]  # fmt: skip


def test_rows_of_classes_pages_and_ends_are_no_pupils(desk: Desk):
    rows = [[*PERSON, "语文"], pupil(0, "90"), *MORE_FEET]
    desk.put(f"{PLACE}.xlsx", xlsx_of(("成绩", rows)))
    ((_, rows_read, loaded, quarantined, *_),) = desk.read().values()
    assert (rows_read, loaded, quarantined) == (len(MORE_FEET) + 1, 1, 0)


def test_items_under_sections_are_named_by_both(desk: Desk):
    head = [["学籍号", "姓名", "总分", "选择题", "", "解答题"], [*BLANK, "1", "2", "3"]]
    rows = [*head, [student(0)["学籍号"], "李梅", "18", "4", "6", "8"]]
    desk.put(f"exams/items/{EXAM}/14/{SCHOOL}.csv", csv_text(rows).encode())
    desk.read()
    assert desk.left("exams/items", "items") == [({"选择题_1": "4", "选择题_2": "6", "解答题_3": "8"},)]


def test_a_column_with_more_around_its_name_is_listed_and_no_item_of_the_paper(desk: Desk):
    parts, ranks = ["客观题得分值", "主观题得分（新）", "总分"], ["校次", "班级排名"]
    head = ["A01考号", "学籍号", "姓名", *parts, *ranks, "第1题得分", "Q2得分"]
    rows = [head, ["D067832962", student(0)["学籍号"], "李梅", "30", "50", "80", "1", "2", "4", "6"]]
    desk.put(f"exams/items/{EXAM}/14/{SCHOOL}.xlsx", xlsx_of(("数学得分明细", rows)))
    desk.read()
    assert desk.left("exams/items", "items") == [({"第1题得分": "4", "Q2得分": "6"},)]
    listed = desk.left("exams/items", "rule, column_name", "problems")
    assert [column for _, column in listed] == ["A01考号", "主观题得分(新)", "客观题得分值"]
    assert {rule for rule, _ in listed} == {"unknown_column"}


def test_a_file_may_say_more_than_the_school_s_code(desk: Desk):
    desk.put(f"{PLACE}明伦学校(1).csv", csv_text([[*PERSON, "语文"], pupil(0, "90")]).encode())
    assert desk.read().popitem()[1][0] == "loaded"


def test_marks_behind_a_second_name_are_not_the_first_pupil_s(desk: Desk):
    rows = [[*PERSON, "语文", "姓名", "数学"], pupil(0, "90", "李四", "80")]
    desk.put(f"{PLACE}.csv", csv_text(rows).encode())
    ((status, *_, reason),) = desk.read().values()
    assert (status, "names a pupil a second time in column 5" in reason) == ("refused", True)


def test_a_sheet_without_numbers_is_told_that_and_not_that_its_marks_are_not_understood(desk: Desk):
    desk.put(
        f"{PLACE}.csv",
        csv_text([["自定义考号", "姓名", "语文", "数学_得分", "总分"], ["1", "李梅", "9", "8", "17"]]).encode(),
    )
    ((*_, reason),) = desk.read().values()
    assert "lacks 学籍号: export it with all required columns (not understood: 自定义考号, like 考号)" in reason
