"""A mart reads every feed that carries its event: one more is a contract and nothing else."""

from __future__ import annotations

import pytest

from registry.derived.event_feeds import event_feeds
from tests.registry.conftest import Draft

FEED = """\
id: {source}
label: {{zh: 平台, en: platform}}
office: 教研室
feeds:
  - id: {source}/rows
    label: {{zh: 行, en: rows}}
    grain: {{zh: 一行, en: one row}}
    batch: snapshot
    expected: on_demand
    key: [number, name]
    slice: {{path: '^(?P<slice>[^/]+/(?P<school>\\d{{10}}))\\.csv$', parts: [exam_id, school_code]}}
    identifies: [{{entity: student, namespace: {source}, column: number}}]
    {more}
    columns:
      - {{name: number, headers: [考号], type: identifier}}
      - {{name: name, headers: [姓名], type: name, elements: [student.name]}}
      - {{name: class_name, headers: [班级], type: text, elements: [student.class]}}
      {columns}
"""
WIDE = ("rest: marks\n    rest_elements: [exam_result.score]", "")
LONG = ("", ("- {name: subject, headers: [科目], type: code, code_set: subject}\n"
            "      - {name: score, headers: [得分], type: decimal, elements: [exam_result.score]}"))  # fmt: skip
CLUB = ("", "- {name: club, headers: [社团], type: text, elements: [membership.group]}")


def declare(draft: Draft, source: str, form: tuple[str, str]) -> None:
    more, columns = form
    text = FEED.format(source=source, more=more, columns=columns)
    (draft.directory / "sources" / f"{source}.yml").write_text(text, encoding="utf-8")


@pytest.mark.parametrize(("form", "cells", "subject"), [(WIDE, "marks", None), (LONG, None, "subject")])
def test_marks_of_a_further_platform_are_read_with_those_of_the_first(
    draft: Draft, form: tuple[str, str], cells: str | None, subject: str | None
):
    declare(draft, "zhixue", form)
    first, further = event_feeds(draft.load())["exam_result"]
    assert (first.feed, further.feed) == ("exams/results", "zhixue/rows")
    assert (further.cells, further.subject) == (cells, subject)
    assert {"exam_id", "school_code", "class_name"} <= set(further.columns)


def test_a_list_of_clubs_is_one_of_memberships_and_of_no_marks(draft: Draft):
    declare(draft, "signup", CLUB)
    found = event_feeds(draft.load())
    assert [feed.feed for feed in found["membership"]] == ["signup/rows"]
    assert [feed.feed for feed in found["exam_result"]] == ["exams/results"]


@pytest.mark.parametrize("form", [WIDE, LONG])
def test_a_feed_owns_the_events_of_its_own_rows_though_no_element_names_it(draft: Draft, form: tuple[str, str]):
    declare(draft, "zhixue", form)
    score = next(e for e in draft.load().elements if e.id == "exam_result.score")
    assert [a.source for a in score.authority] == ["exams/results", "zhixue/rows"]
    assert len({a.from_ for a in score.authority}) == 1


def test_an_element_of_an_event_is_there_when_a_feed_carries_it(draft: Draft):
    assert "membership.group" not in {e.id for e in draft.load().elements}
    declare(draft, "signup", CLUB)
    group = next(e for e in draft.load().elements if e.id == "membership.group")
    assert [a.source for a in group.authority] == ["signup/rows"]


def test_a_pupil_s_clubs_may_stand_in_several_columns_in_one_cell_or_in_a_column_each(draft: Draft):
    second = "{name: second, headers: [社团2], type: text, separator: 、, elements: [membership.group]}"
    rest = "rest: others\n    rest_elements: [membership.group]"
    declare(draft, "signup", (rest, f"{CLUB[1]}\n      - {second}"))
    (told,) = event_feeds(draft.load())["membership"]
    assert (told.facts, told.cells) == ({"club": None, "second": "、"}, "others")


def test_what_is_no_group_has_neither_two_columns_nor_several_in_a_cell(draft: Draft):
    declare(draft, "signup", ("", CLUB[1] + "\n      - {name: note, headers: [备注], type: text, separator: 、}"))
    assert "only a column of codes or of membership.group has one" in draft.refusal()
    declare(draft, "signup", ("", LONG[1] + "\n      - {name: more, headers: [分], elements: [exam_result.score]}"))
    assert "element `exam_result.score` is named by two columns" in draft.refusal()


def test_an_element_of_a_person_still_needs_its_owner(draft: Draft):
    draft.append("elements/student.yml", """
- id: student.hobby
  label: {zh: 爱好, en: hobby}
  description: {zh: 爱好, en: hobby}
  steward: 基础教育处
  sharing: none
  sensitivity: L2
  release: keep
""")
    assert "has no owner" in draft.refusal()
