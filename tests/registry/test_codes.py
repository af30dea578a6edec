"""From what an export writes to a code, in SQL and in Python alike."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from registry import Register, RegisterError, codes, types
from registry.tables import code_set
from registry.written import clean, header_key


@pytest.mark.parametrize(
    ("code_set", "source", "written", "code"),
    [
        ("sex", "student_registry", "男", "1"),
        ("sex", "student_registry", "女性", "2"),
        ("ethnicity", "student_registry", "汉", "01"),
        ("ethnicity", "student_registry", "毛难族", "36"),
        ("ethnicity", "student_registry", "穿青人", "81"),
        ("boarding", "student_registry", "1-走读", "1"),
        ("boarding", "student_registry", "02、住校", "2"),
        ("boarding", "student_registry", "3．借宿", "3"),
        ("left_behind", "student_registry", "否", "0"),
        ("grade", "student_registry", "小一", "1"),
        ("grade", "student_registry", "初一", "7"),
        ("grade", "student_registry", "1年级", "1"),
        ("grade", "student_registry", "高三", "12"),
        ("grade", "student_registry", "大班", "k3"),
        ("subject", "homework_a", "道德与法治", "12"),
        ("subject", "homework_a", "信息技术", "26"),
        ("subject", "homework_a", "信息科技", "26"),
        ("subject", "homework_a", "劳动", "62"),
        ("subject", "homework_a", "体育", "22"),
        ("teacher_title", "teacher_system", "中学高级教师", "052"),
        ("teacher_title", "teacher_system", "小学高级教师", "053"),
        ("teacher_title", "teacher_system", "正高级教师", "051"),
        ("degree", "teacher_system", "本科", "21"),
        ("school_type", "school_registry", "九年一贯制", "312"),
        ("id_type", "student_registry", "A-护照", "A"),
        ("sex", "student_registry", "男|1", "1"),
        ("sex", "student_registry", "2|女", "2"),
        ("sex", "student_registry", "1.0", "1"),
        ("sex", "student_registry", "⼥", "2"),
        ("degree", "teacher_system", "大学本科毕业|10503", "21"),
        ("ethnicity", "student_registry", "汉族|01", "01"),
        ("ethnicity", "student_registry", "回族（03）", "03"),
        ("ethnicity", "student_registry", "01 汉族", "01"),
        ("grade", "student_registry", "3 年级", "3"),
        ("id_type", "student_registry", "台胞证", "8"),
        ("id_type", "student_registry", "回乡证|C", "C"),
        ("id_type", "student_registry", "外国人永久居留身份证", "9"),
        ("urban_rural", "school_registry", "村庄", "220"),
    ],
)
def test_a_written_name_means_its_code(house: Register, typed, code_set, source, written, code):
    known = codes.code_of(house, code_set, source)
    assert known[typed.execute(f"select {types.CODE_KEY}(?)", [written]).fetchone()[0]] == code


@pytest.mark.parametrize(
    "written", ["A.M.", "P.M.", "P.E.", "e-book", "K-12", "F|M", "语文|数学", "3/4", "5.1班", "50米"]
)
def test_a_name_that_only_looks_like_an_option_is_left_whole(typed, written):
    assert codes.code_key(written) == written.lower()
    assert typed.execute(f"select {types.CODE_KEY}(?)", [written]).fetchone() == (written.lower(),)


def test_a_code_set_may_tell_morning_from_afternoon(tmp_path: Path, typed):
    path = tmp_path / "half.csv"
    rows = "1,上午,morning,A.M.|AM,\n2,下午,afternoon,P.M.|PM,\n"
    path.write_text(f"code,label_zh,label_en,aliases,source\n{rows}", encoding="utf-8")
    forms = dict(codes.written_forms(code_set("half", "none", path, "half.csv"), None))
    written = ("a.m.", "Ａ．Ｍ．", "P.M.", "1-上午", "下午|2")
    assert [forms[codes.code_key(text)] for text in written] == ["1", "1", "2", "1", "2"]


def test_a_bare_household_code_means_what_its_source_means(house: Register):
    registry_says = codes.code_of(house, "household_type", "student_registry")
    others_say = codes.code_of(house, "household_type", "teacher_system")
    assert (registry_says["1"], registry_says["2"]) == ("2", "1")  # 学籍系统: 1 农业, 2 非农业
    assert (others_say["1"], others_say["2"]) == ("1", "2")  # GA 324.1: 1 非农业, 2 农业
    assert registry_says["农业"] == others_say["农业"] == "2"
    assert registry_says[codes.code_key("1-农业")] == "2"


def test_an_unknown_code_set_is_refused_by_name(house: Register):
    with pytest.raises(RegisterError, match=r"codes/colour\.csv is missing"):
        codes.code_of(house, "colour", "student_registry")


def test_all_fifty_six_ethnic_groups_are_there(house: Register):
    groups = next(s for s in house.code_sets if s.id == "ethnicity")
    assert [c.code for c in groups.codes][:56] == [f"{n:02}" for n in range(1, 57)]


def test_sql_and_python_bring_a_text_to_the_same_form(
    house: Register, oneroster: Register, school_data_sync: Register, typed
):
    dirt = [
        "１－走读",
        " 01、走读 ",
        "'2",
        "a_x000D_\nb",
        "\u200b",
        "品德与生活（社会）",
        "A 血型",
        "'t hooft",
        "男|1",
        "1｜男",
        "回族(03)",
        "汉族-01",
        "01 汉族",
        "1.0",
        "3 年级",
        "A.M.",
        "علی\u200cرضا",
        "张\u200d三",
        "3.5",
        "12-13",
        "ＫＧ",
        "\ufeff一年级\xa0",
        "﹣",
        "x-光",
        "'''",
        "é",
    ]
    texts = dirt + [
        text
        for register in (house, oneroster, school_data_sync)
        for code_set in register.code_sets
        for code in code_set.codes
        for text in (code.code, code.label.zh, code.label.en, *code.aliases)
    ]
    found = typed.execute(
        f"select coalesce({types.CODE_KEY}(t), ''), coalesce({types.CLEAN}(t), '') "
        "from (select unnest(?) as t)",
        [texts],
    ).fetchall()
    assert found == [(codes.code_key(text), clean(text)) for text in texts]


def test_headers_are_compared_without_stars_blanks_and_width():
    assert header_key("＊姓 名\n") == header_key("★姓名") == header_key("姓名")
    assert header_key("是否属于免费（公费）师范生") == header_key("*是否属于免费(公费)师范生")
    assert header_key("sourcedId") == header_key("SOURCEDID")


def test_a_code_set_may_say_from_when_to_when_a_code_is_valid(tmp_path: Path):
    head, day = "code,label_zh,label_en,aliases,source", date(2024, 9, 1)
    (tmp_path / "plain.csv").write_text(f"{head}\n1,甲,a,,\n", encoding="utf-8")
    dated = f"{head},valid_from,valid_to\n1,甲,a,,,,2024-09-01\n2,乙,b,,,2024-09-01,\n"
    (tmp_path / "dated.csv").write_text(dated, encoding="utf-8")
    plain, known = (code_set(n, "", tmp_path / f"{n}.csv", f"codes/{n}.csv").codes for n in ("plain", "dated"))
    assert [(c.valid_from, c.valid_to) for c in (*plain, *known)] == [(None, None), (None, day), (day, None)]
    (tmp_path / "dated.csv").write_text(f"{head},valid_from,valid_to\n1,甲,a,,,yesterday,\n", encoding="utf-8")
    with pytest.raises(RegisterError, match=r"codes/dated\.csv.*code `1`.*valid_from"):
        code_set("dated", "", tmp_path / "dated.csv", "codes/dated.csv")
