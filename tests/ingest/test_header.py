"""Finding the header that a person or a platform has made, and the layout that follows."""

import pytest

from ingest.errors import Refused
from ingest.tables import header_row, side_by_side
from ingest.tables.header_texts import Names, label
from ingest.tables.layout import MAX_COLUMNS, Layout
from registry import Register
from registry.model import Column
from tests.ingest.makers import grid, record, student

VISIBLE = list(student(0))
DATA = list(student(0).values())


@pytest.fixture(scope="module")
def names(house: Register) -> Names:
    return Names(house.feed("student_registry/students"))


@pytest.fixture(scope="module")
def exams(house: Register) -> Names:
    return Names(house.feed("exams/results"))


def columns(layout: Layout) -> list[str]:
    return sorted(layout.columns, key=lambda c: layout.columns[c])


def test_a_header_is_found_below_titles_and_notes(names: Names):
    rows = [["某校学生名册"], [], ["填报：", "姓名", "张三"], VISIBLE, DATA]
    layout = header_row.header_layout(rows, names)
    assert layout.head == 4
    assert layout.columns["student_number"] == VISIBLE.index("学籍号")


def test_stars_line_breaks_tabs_and_full_width_do_not_hide_a_header(names: Names):
    dressed = [f"★{VISIBLE[0]}", "*姓\n名", "性\t别 ", *[f"{h}（必填）" for h in VISIBLE[3:]]]
    plain = header_row.header_layout([VISIBLE, DATA], names)
    assert columns(header_row.header_layout([dressed, DATA], names)) == columns(plain)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_row_of_machine_keys_is_the_header_on_either_side_of_the_visible_one(names: Names, order: tuple[int, int]):
    keys = [f"KD_F{n:02d}" for n in (1, 2, 3, 4, 13, 16, 17)] + [""] * 4
    both = [keys, VISIBLE]
    layout = header_row.header_layout([["学生基础信息"], both[order[0]], both[order[1]], DATA], names)
    assert layout.head == 3
    assert layout.columns["id_number"] == 4
    assert layout.columns["student_number"] == VISIBLE.index("学籍号"), "what the keys leave out, the names tell"


def test_keys_alone_are_enough(names: Names):
    keys = [f"KD_F{n:02d}" for n in (1, 2, 3, 4, 16, 17, 72, 73)]
    assert header_row.header_layout([["学生基础信息"], keys], names).columns["grade"] == 7


def test_two_merged_rows_are_one_header(exams: Names):
    top = ["考号", "学籍号", "班级", "姓名", "语文", "", "", "数学", "", "总分"]
    low = ["", "", "", "", "得分", "校次", "班次", "得分（赋分）", "校次", ""]
    layout = header_row.header_layout([["期中考试成绩"], top, low, ["1"] * 10], exams)
    assert layout.head == 3
    assert columns(layout) == ["candidate_number", "student_number", "class_code", "name"]
    assert dict(layout.rest) == {
        "语文_得分": 4, "语文_校次": 5, "语文_班次": 6, "数学_得分(赋分)": 7, "数学_校次": 8, "总分": 9,
    }  # fmt: skip


def test_subjects_may_stand_above_a_header_whose_names_are_in_the_lower_row(exams: Names):
    top = ["", "", "语文", "", "数学", "", ""]
    low = ["学籍号", "姓名", "得分", "校次", "得分", "校次", "班级"]
    layout = header_row.header_layout([["成绩单"], top, low, ["G1"] * 7], exams)
    assert layout.head == 3
    assert layout.columns["class_code"] == 6
    assert dict(layout.rest) == {"语文_得分": 2, "语文_校次": 3, "数学_得分": 4, "数学_校次": 5}


def test_a_title_above_a_single_header_row_joins_nothing(exams: Names):
    layout = header_row.header_layout(
        [["成绩单", "", "", "制表日期"], ["学籍号", "姓名", "语文", "数学"], ["G1", "李", "8", "9"]], exams
    )
    assert layout.head == 2
    assert dict(layout.rest) == {"语文": 2, "数学": 3}


@pytest.mark.parametrize("place", [0, 3])
def test_a_title_above_columns_that_no_contract_names_joins_nothing(exams: Names, place: int):
    title = [""] * place + ["期中考试成绩"]
    rows = [title, ["序号", "学籍号", "姓名", "语文", "数学"], ["1", "G1", "李", "8", "9"]]
    layout = header_row.header_layout(rows, exams)
    assert dict(layout.rest) == {"语文": 3, "数学": 4}


def test_a_numbered_blank_row_below_the_header_is_no_second_header(exams: Names):
    rows = [["序号", "学籍号", "姓名", "语文"], ["1", "", "", ""], ["2", "G1", "李", "8"]]
    layout = header_row.header_layout(rows, exams)
    assert layout.head == 1
    assert dict(layout.rest) == {"语文": 3}, "a row number is no mark"


@pytest.mark.parametrize("said", ["示例：请勿删除本行", "填表说明见第二页"])
@pytest.mark.parametrize("beyond", [False, True], ids=["under_the_row_number", "right_of_the_table"])
def test_a_lone_cell_below_the_header_is_no_second_header(names: Names, said: str, beyond: bool):
    table = [["序号", *VISIBLE], ["" if beyond else said, *[""] * len(VISIBLE), said if beyond else ""], ["1", *DATA]]
    layout = header_row.header_layout(table, names)
    assert layout.head == 1
    assert layout.columns["student_number"] == 1 + VISIBLE.index("学籍号")


def test_a_merged_family_member_is_told_from_the_pupil(names: Names):
    top = [*VISIBLE, "成员1", "", ""]
    low = ["" for _ in VISIBLE] + ["姓名", "关系", "联系电话"]
    layout = header_row.header_layout([top, low, DATA], names)
    at = len(VISIBLE)
    assert [layout.columns[c] for c in ("member1_name", "member1_relation", "member1_phone")] == [at, at + 1, at + 2]
    assert layout.columns["name"] == 1


GROUPED = [["序号", "基本信息", "", "", "", "所在班级", "家庭情况", "", "备注"],
           ["", "姓名", "性别", "证件", "生日", "", "家长", "住址", ""]]  # fmt: skip


def own_template(house: Register, **more: str) -> Names:
    """A school's own list; `more`: further columns and their headers."""
    headers = {"name": "姓名", "sex": "性别", "id": "证件", "born": "生日", "class": "所在班级", "home": "住址"} | more
    columns = tuple(Column(name=name, headers=(header,), required=True) for name, header in headers.items())
    return Names(house.feed("student_registry/students").model_copy(update={"columns": columns}))


def test_groups_of_columns_stand_above_their_names_and_a_column_without_a_group_beside_them(house: Register):
    layout = header_row.header_layout([["花名册"], *GROUPED, ["1", *"abcdefgh"]], own_template(house))
    assert (layout.head, layout.columns) == (3, {"name": 1, "sex": 2, "id": 3, "born": 4, "class": 5, "home": 7})
    assert [header for header, _ in layout.unread] == ["家庭情况_家长", "备注"]


def test_a_header_of_three_rows_is_one(house: Register):
    top = ["学生", "", "", "", "", "", "家长", "", ""]
    middle = [*GROUPED[0][:-3], "第一联系人", "", "第二联系人"]
    low = [*GROUPED[1][:-3], "姓名", "住址", "姓名"]
    names = own_template(house, parent="家长_第一联系人_姓名", other="第二联系人_姓名")
    layout = header_row.header_layout([["花名册"], top, middle, low, ["1", *"abcdefgh"]], names)
    assert layout.head == 4
    assert layout.columns == {
        "name": 1, "sex": 2, "id": 3, "born": 4, "class": 5, "parent": 6, "home": 7, "other": 8,
    }  # fmt: skip


def test_one_name_under_two_groups_is_told_by_a_group_or_by_nobody(house: Register):
    rows = [GROUPED[0], [*GROUPED[1][:6], "姓名", "住址", ""], ["1", *"abcdefgh"]]
    with pytest.raises(Refused, match=r"lacks 姓名: .*not understood: 基本信息_姓名, like 姓名; 家庭情况_姓名"):
        header_row.header_layout(rows, own_template(house))
    for parent in ("家庭情况姓名", "家庭情况_姓名"):
        layout = header_row.header_layout(rows, own_template(house, parent=parent))
        assert [layout.columns[name] for name in ("name", "parent", "home")] == [1, 6, 7]
    assert header_row.header_layout(rows, own_template(house, name="基本信息_姓名")).columns["name"] == 1


def test_a_name_under_two_groups_makes_no_two_tables(house: Register):
    rows = [GROUPED[0], [*GROUPED[1][:6], "姓名", "住址", ""], ["1", *"abcdefgh"]]
    columns = {"columns": (Column(name="name", headers=("姓名",), required=True),)}
    names = Names(house.feed("student_registry/students").model_copy(update=columns))
    assert side_by_side.blocks_of(rows, names) == []
    assert len(side_by_side.blocks_of([["姓名", "证件", "备注", "姓名", "证件"], [*"abcde"]], names)) == 2


def test_a_column_that_is_passed_over_is_none_of_the_rest(house: Register):
    feed = house.feed("fitness/results").model_copy(
        update={"passed_over": ("体测老师",), "rest": "others", "layouts": ()}
    )
    header = [c.headers[0] for c in feed.columns if c.required]
    layout = header_row.header_layout([[*header, "体测老师", "仰卧起坐2"], ["1"] * (len(header) + 2)], Names(feed))
    assert [name for name, _ in layout.rest] == ["仰卧起坐2"]
    assert layout.unread == ()


def test_a_name_beside_the_groups_is_not_taken_from_one_of_them(house: Register):
    rows = [["家庭情况", "", "姓名", *GROUPED[0][2:-3]], ["姓名", "住址", "", "性别", "证件", "生日", ""], [*"abcdefg"]]
    layout = header_row.header_layout(rows, own_template(house))
    assert (layout.head, layout.columns["name"], layout.unread[0][0]) == (2, 2, "家庭情况_姓名")


def test_a_row_of_data_below_a_header_is_no_second_header(house: Register):
    header = ["姓名", "性别", "证件", "生日", "所在班级", "住址", "备注"]
    layout = header_row.header_layout([header, ["", "", "", "", "", "", "住址"], list("abcdefg")], own_template(house))
    assert layout.head == 1


def test_a_header_that_stands_twice_takes_the_name_of_what_it_follows(exams: Names):
    row = ["学籍号", "姓名", "50米跑", "得分", "等级", "跳绳", "得分", "等级", "等级"]
    assert dict(header_row.header_layout([row, ["1"] * 9], exams).rest) == {
        "50米跑": 2, "50米跑_得分": 3, "50米跑_等级": 4, "跳绳": 5, "跳绳_得分": 6, "跳绳_等级": 7, "跳绳_等级_2": 8,
    }  # fmt: skip


def test_of_two_headers_of_one_column_the_first_named_by_the_contract_counts(house: Register):
    names = Names(house.feed("homework_a/records"))
    row = [*[h for h in record(0) if h != "学生姓名"], "姓名", "学生姓名"]
    assert header_row.header_layout([row], names).columns["student_name"] == len(row) - 1


def test_a_missing_required_header_is_named(names: Names):
    lacking = [h for h in VISIBLE if h not in ("学籍号", "班号")]
    with pytest.raises(Refused, match="its header lacks 班号, 学籍号: export it with all required columns"):
        header_row.header_layout([lacking, DATA], names)


def test_a_file_of_another_feed_is_sent_to_its_place(names: Names, house: Register):
    others = [Names(feed) for feed in house.feeds if feed.id not in ("student_registry/students", "homework_b/records")]
    with pytest.raises(Refused, match=r"is no file of student_registry/students.*put it under homework_a/records"):
        header_row.header_layout(grid([record(0)]), names, others)


def test_a_table_without_a_header_is_refused_with_what_is_expected(names: Names):
    with pytest.raises(Refused, match=r"has no header in its first 15 rows \(expected: 学校标识码, 姓名"):
        header_row.header_layout([DATA] * 20, names)


def test_a_header_beyond_the_fifteenth_row_is_not_looked_for(names: Names):
    assert header_row.header_layout([[""]] * 14 + [VISIBLE, DATA], names).head == 15
    with pytest.raises(Refused):
        header_row.header_layout([[""]] * 15 + [VISIBLE], names)


def test_a_hundred_thousand_columns_are_refused(names: Names):
    with pytest.raises(Refused, match=f"no feed has more than {MAX_COLUMNS}"):
        header_row.header_layout([[*VISIBLE, *(f"列{n}" for n in range(100_000))]], names)


def test_a_label_keeps_what_is_part_of_a_name():
    assert label("是否属于免费（公费）师范生*") == "是否属于免费(公费)师范生"
