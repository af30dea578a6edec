"""A page shows what the marts say: every value, its source and its day; nothing else, and nobody by name."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import pages
from pages import Identity, Marts, NoSuchRecord, Page, as_html, class_page, school_page, student_page, teacher_page
from tests.pages.conftest import CLASS, NIGHT, OTHER, SCHOOL, STUDENT, TEACHER, filled
from tests.pages.read_page import ReadPage
from tests.pages.release import Release

VENDOR = Path(pages.__file__).parent / "vendor"
# each page, and of each mart on it the rows that are the record's
PAGES: dict[str, tuple[Callable[[Marts], Page], dict[str, str]]] = {
    "student": (lambda marts: student_page(marts, STUDENT), {"": f"student_key = '{STUDENT}'"}),
    "teacher": (
        lambda marts: teacher_page(marts, TEACHER),
        {"": f"teacher_key = '{TEACHER}'", "class": f"adviser_key = '{TEACHER}'"},
    ),
    "school": (
        lambda marts: school_page(marts, SCHOOL),
        {"": f"school_code = '{SCHOOL}'", "completeness": f"organisation_code = '{SCHOOL}'"},
    ),
    "class": (
        lambda marts: class_page(marts, SCHOOL, CLASS),
        {"": f"school_code = '{SCHOOL}' and class_code = '{CLASS}'"},
    ),
}
SHOWN = {"homework_load_student_day": 30}  # rows of a long table, the newest


def read(page: Page, marts: Marts) -> ReadPage:
    return ReadPage(as_html(page, marts))


def text(value: object) -> str:
    return "" if value is None else str(value)


@pytest.mark.parametrize("kind", PAGES)
def test_every_value_on_a_page_is_that_of_its_mart(kind: str, release: Release, marts: Marts) -> None:
    make, conditions = PAGES[kind]
    shown = read(make(marts), marts)
    assert shown.figures
    for (mart, column), value in shown.figures.items():
        of = conditions.get(mart, conditions[""])
        assert release.rows(f'select "{column}" from "{mart}" where {of}') == [(value or None,)] or value == text(
            release.rows(f'select "{column}" from "{mart}" where {of}')[0][0]
        ), (mart, column)
    for table in shown.tables:
        columns = ", ".join(f'"{name}"' for name in table.columns)
        order = "school_date desc" if table.mart in SHOWN else "all"
        rows = release.rows(
            f'select {columns} from "{table.mart}" where {conditions.get(table.mart, conditions[""])} '
            f"order by {order} limit {SHOWN.get(table.mart, 1000)}"
        )
        assert Counter(map(tuple, table.rows)) == Counter(tuple(map(text, row)) for row in rows), table.mart


@pytest.mark.parametrize("kind", PAGES)
def test_the_json_of_a_page_is_the_page(kind: str, marts: Marts) -> None:
    page = PAGES[kind][0](marts)
    shown, data = read(page, marts), json.loads(json.dumps(page.as_dict()))
    figures = {(s["mart"], f["name"]): text(f["value"]) for s in data["sections"] for f in s["figures"]}
    assert figures == shown.figures
    tables = [t for s in data["sections"] for t in s["tables"] if t["rows"]]
    assert [[list(map(text, row.values())) for row in table["rows"]] for table in tables] == [
        table.rows for table in shown.tables
    ]


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_asks_nobody_for_anything(kind: str, marts: Marts) -> None:
    """No address: a page that was sent on has neither neighbours nor a network."""
    html = as_html(PAGES[kind][0](marts), marts)
    assert ReadPage(html).links == []
    assert 'type="module"' not in html
    assert "fetch(" not in html.split("<script>")[-1]


@pytest.mark.parametrize("kind", PAGES)
def test_a_picture_is_drawn_from_columns_of_the_table_beneath_it(kind: str, marts: Marts) -> None:
    html = as_html(PAGES[kind][0](marts), marts)
    shown = ReadPage(html)
    drawn = [chart for chart in shown.charts if f'<table id="{chart["data-table"]}"' in html]
    assert drawn == shown.charts
    for chart in shown.charts:
        head = html.split(f'<table id="{chart["data-table"]}"', 1)[1].split("</thead>", 1)[0]
        for column in (chart["data-x"], *chart["data-y"].split(), *filter(None, [chart.get("data-series")])):
            assert f'data-column="{column}"' in head


def test_each_figure_has_its_source_and_its_day(marts: Marts) -> None:
    figures = {f.name: f for section in student_page(marts, STUDENT).sections for f in section.figures}
    assert (figures["percentile_rank_mean"].origin.source, figures["percentile_rank_mean"].origin.as_of) == (
        "exams/results", date(2025, 10, 10),
    )  # fmt: skip
    assert (figures["fitness_total"].origin.source, figures["fitness_total"].origin.as_of) == (
        "fitness/results", date(2025, 10, 1),
    )  # fmt: skip
    assert (figures["grade"].origin.source, figures["grade"].origin.as_of) == ("student_registry/students", NIGHT)
    assert figures["open_discrepancies"].origin.source == "lake"
    school = {f.name: f for section in school_page(marts, SCHOOL).sections for f in section.figures}
    assert school["students"].origin.source == "student_registry/students"  # the owner, by the register


def test_what_is_not_there_is_no_zero_and_says_what_it_waits_for(marts: Marts) -> None:
    shown = read(student_page(marts, STUDENT), marts)
    assert shown.figures["one_student_one_file", "evaluation_records"] == ""
    assert shown.figures["one_student_one_file", "open_discrepancies"] == "0"
    told = " ".join(shown.words["en"])
    assert "waits for evaluation platform" in told
    assert [row[-1] for row in shown.table("homework_load_student_day").rows][-1] == "homework_a/records"
    assert shown.table("homework_load_student_day").rows[-1][2] == ""
    assert "the newest 30 rows; 5 older ones are not shown" in told


def test_a_code_is_shown_by_its_label_in_both_languages(marts: Marts) -> None:
    words = read(student_page(marts, STUDENT), marts).words
    assert {"七年级", "男性", "转学(转入)", "测验m2", "第一中学 3132990001"} <= set(words["zh-CN"])
    assert {"grade 7", "male", "transferred in", "test m2"} <= set(words["en"])
    assert "中级" in read(teacher_page(marts, TEACHER), marts).words["zh-CN"]  # a broader one, where that is released


def test_a_page_opens_in_the_language_that_is_asked(marts: Marts) -> None:
    page = school_page(marts, SCHOOL)
    assert '<html lang="zh-CN" data-language="zh">' in as_html(page, marts)
    assert '<html lang="en" data-language="en">' in as_html(page, marts, "en")


def test_nobody_is_named_unless_names_are_given(marts: Marts) -> None:
    who = Identity("王<b>小明", "G329901201201010017")
    assert 'id="identity"' not in as_html(student_page(marts, STUDENT), marts)
    named = as_html(student_page(marts, STUDENT, who), marts)
    assert "王&lt;b&gt;小明" in named
    assert "王<b>" not in named
    assert student_page(marts, STUDENT, who).as_dict()["number"] == "G329901201201010017"
    assert "name" not in student_page(marts, STUDENT).as_dict()


def test_the_pupils_of_a_class_stand_on_its_page_only_with_their_names(marts: Marts) -> None:
    plain = as_html(class_page(marts, SCHOOL, CLASS), marts)
    assert "one_student_one_file" not in plain
    assert STUDENT not in plain
    pupils = {OTHER: Identity("甲", "G1"), STUDENT: Identity("乙", "G2")}
    table = read(class_page(marts, SCHOOL, CLASS, pupils), marts).table("one_student_one_file")
    rank = table.columns.index("percentile_rank_mean")
    assert [(row[0], row[1], row[rank]) for row in table.rows] == [("甲", "G1", "60.5"), ("乙", "G2", "30.25")]


def test_a_column_that_nobody_has_placed_is_shown_all_the_same(release: Release, register) -> None:
    release.connection.execute("alter table one_school_one_file add column swimming_pools bigint default 3")
    release.connection.execute(
        "comment on column one_school_one_file.swimming_pools is '泳池数；室内 / swimming pools; indoor'"
    )
    marts = Marts(release.connection, register, "r")
    shown = read(school_page(marts, SCHOOL), marts)
    assert shown.figures["one_school_one_file", "swimming_pools"] == "3"
    assert "泳池数" in shown.words["zh-CN"]
    assert "swimming pools" in shown.words["en"]


def test_an_older_release_without_a_mart_has_a_page_without_its_table(register) -> None:
    release = Release(without=("quality_evaluation", "club_enrolment"))
    marts = Marts(filled(release).connection, register, "r")
    shown = read(student_page(marts, STUDENT), marts)
    assert "quality_evaluation" not in {table.mart for table in shown.tables}
    assert shown.table("student_timeline").rows


def test_a_record_that_the_release_lacks_is_said_in_a_sentence(marts: Marts) -> None:
    with pytest.raises(NoSuchRecord, match="has no class 9999 of the school 3132990001"):
        class_page(marts, SCHOOL, "9999")
    with pytest.raises(NoSuchRecord, match="no such record in one_student_one_file"):
        student_page(marts, "8" * 64)


def test_the_script_that_draws_is_the_one_that_was_vendored() -> None:
    sha256, name = (VENDOR / "SHA256SUMS").read_text().split()
    assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == sha256
    assert "Apache ECharts" in (VENDOR / "NOTICE").read_text()
    assert {"LICENSE", "LICENSE-d3"} <= {path.name for path in VENDOR.iterdir()}


def test_the_report_of_a_class_shows_its_learning_where_the_release_has_it(release: Release, register) -> None:
    release.connection.execute("""
        create or replace table class_learning_report as select
            '3132990001' as school_code, '2101' as class_code, '14' as subject, '2025-2026-1' as term,
            30 as students_marked, 'm1,m2' as exam_ids, 0.25 as z_mean, null::varchar as level_reason,
            'exams/results' as exam_sources, date '2025-10-10' as exams_as_of, 'm2' as growth_exam_id,
            null::double as growth_median, 'few_students' as growth_reason, '方程,函数' as weak_points,
            'exams/items' as items_source, 12.5 as homework_minutes""")
    shown = read(
        class_page(Marts(release.connection, register, "r"), SCHOOL, CLASS), Marts(release.connection, register, "r")
    )
    tables = [table for table in shown.tables if table.mart == "class_learning_report"]
    values = {name: value for table in tables for name, value in zip(table.columns, table.rows[0], strict=True)}
    assert (values["z_mean"], values["growth_median"], values["weak_points"], values["homework_minutes"]) == (
        "0.25", "", "方程,函数", "12.5",
    )  # fmt: skip
    assert {"测验m1，测验m2", "人数过少"} <= set(shown.words["zh-CN"])
    assert [chart["data-y"] for chart in shown.charts][:2] == [
        "z_mean",
        "homework_minutes",
    ]  # none of what is not there
