"""Rosters of the second night: what is odd in them costs a cell, a row or a hold of one school, and is said."""

from __future__ import annotations

import pytest

from tests.cases import rosters, town
from tests.cases.nights import Night

pytestmark = pytest.mark.soak


def _pupils(night: Night, school: str, columns: str) -> dict[str, tuple[str | None, ...]]:
    """学籍号 -> columns of the registry's rows of today."""
    rows = night.restricted(
        f"select student_number, {columns} from lake.raw.student_registry__students "
        "where _known_to is null and school_code = ?", school,
    )  # fmt: skip
    return {row[0]: row[1:] for row in rows}


@pytest.mark.parametrize(("school", "column"), [
    (rosters.HALF, "residence"), (rosters.HALF_NAME, "name"), (rosters.HALF_BETWEEN_TABS, "residence"),
], ids=["GB18030", "UTF-8", "between tabs"])  # fmt: skip
def test_half_a_character_costs_its_cell_alone(night: Night, school: str, column: str):
    path = rosters.roster_path(school)
    ((_, rule, listed, row, _),) = night.problems(path)
    assert (rule, listed, row) == ("damaged_character", column, rosters.HALF_PLACE + 1)
    kept = _pupils(night, school, column)
    blank = [number for number, (value,) in kept.items() if value is None]
    assert len(kept) == len(town.pupils(school))
    assert blank == [town.pupils(school)[rosters.HALF_PLACE - 1].number]


@pytest.mark.parametrize("school", [rosters.OPTIONS, rosters.OTHER_OPTIONS], ids=["name|code", "name(code)"])
def test_options_with_their_codes_are_read(night: Night, school: str):
    assert night.rules(rosters.roster_path(school)) == {}
    rows = night.restricted(
        "select number, sex, ethnicity, boarding from lake.conformed.students where school = ?", school
    )
    right = {(p.number, "1" if p.sex == "男" else "2", "01", "1") for p in town.pupils(school)}
    assert {(number, sex, ethnicity.zfill(2), boarding) for number, sex, ethnicity, boarding in rows} == right


def test_options_of_teachers_are_read(night: Night):
    assert night.rules(rosters.TEACHER_OPTIONS) == {}
    asked = (
        "select count(*), count(degree), count(sex), bool_and(permanent) from lake.conformed.teachers where school = ?"
    )
    assert night.restricted(asked, rosters.OPTIONS) == [(town.TEACHERS, town.TEACHERS, town.TEACHERS, True)]


def test_numbers_of_other_documents_are_kept_as_written(night: Night):
    kept = _pupils(night, rosters.DOCUMENTS, "id_number")
    pupils = town.pupils(rosters.DOCUMENTS)
    assert [kept[p.number][0] for p in pupils[: len(rosters.PASSPORTS)]] == [n for _, n in rosters.PASSPORTS]


def test_only_a_number_that_its_document_cannot_have_is_listed(night: Night):
    problems = night.problems(rosters.roster_path(rosters.DOCUMENTS))
    assert [(rule, column, value) for _, rule, column, _, value in problems] == [
        ("type_id_number", "id_number", rosters.WRONG_DOCUMENT[1])
    ]


@pytest.mark.parametrize("school", rosters.NAMED_IN_WORDS, ids=["school", "folder", "code within"])
def test_a_file_named_in_words_is_of_the_school_that_its_rows_name(night: Night, school: str):
    assert night.delivery(rosters.NAMED_IN_WORDS[school])["status"] == "loaded"
    assert len(_pupils(night, school, "name")) == len(town.pupils(school))


def test_teachers_of_one_school_replace_no_other_school(night: Night):
    assert night.delivery(rosters.TEACHERS_IN_WORDS)["status"] == "loaded"
    asked = "select school, count(*) from lake.conformed.teachers group by all"
    assert dict(night.restricted(asked)) == dict.fromkeys(town.SCHOOLS, town.TEACHERS)


def test_no_school_loses_a_pupil(night: Night):
    asked = "select school, count(*) from lake.conformed.students group by all"
    assert dict(night.restricted(asked)) == {s: len(town.pupils(s)) for s in town.SCHOOLS}


@pytest.mark.parametrize("school", rosters.TWO_FILES, ids=["a copy", "a zip beside", "both named in words"])
def test_two_files_of_one_school_are_held_in_one_sentence(night: Night, school: str):
    for path in rosters.TWO_FILES[school]:
        (found,) = night.deliveries(path)
        assert found["status"] == "held"
        assert "several whole lists of it came" in found["reason"]
        assert night.rules(path) == {}
    assert {value for (value,) in _pupils(night, school, "residence").values()} == {
        row["现住址"] for row in town.roster(school)
    }
