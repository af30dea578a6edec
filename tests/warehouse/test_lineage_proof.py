"""The proof: a released column that reaches a copy is named, with its element and the rightful owner."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

import registry
from registry import own_directory
from registry.model import Register
from warehouse import lineage
from warehouse.build import PROJECT
from warehouse.errors import LineageError
from warehouse.lineage.graph import Graph, Model

OWN_CONTRACTS = Path(__file__).parents[1] / "fixtures" / "own_directory" / "sources"
STUDENTS, HOMEWORK, EXAMS = "raw.student_registry__students", "raw.homework_a__records", "raw.exams__results"


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


def graph(house: Register, *models: Model) -> Graph:
    tables = {
        f"raw.{feed.table}": [*(c.name for c in feed.loaded_columns), *([feed.rest] if feed.rest else []), "_slice"]
        for feed in house.feeds
    }
    return Graph(models, tables)


def found(house: Register, *models: Model) -> list[str]:
    return [str(finding) for finding in lineage.prove(graph(house, *models), house)]


def test_a_copy_that_is_released_is_named_with_its_element_and_its_owner(house):
    assert found(house, Model("marts.m", f"select student_name as pupil from {HOMEWORK}")) == [
        ("marts.m.pupil reaches homework_a/records.student_name, a copy of student.name, which "
        "student_registry/students owns: take it from the owner (owned(…) in the model), or declare a borrow.")
    ]


@pytest.mark.parametrize(
    "sql",
    [
        f"select s.birth_date from {STUDENTS} as s join {HOMEWORK} as h on s.name = h.student_name",
        f"select birth_date from {STUDENTS} where name in (select student_name from {HOMEWORK})",
        (f"with h as (select student_name as n from {HOMEWORK}) select coalesce(s.name, h.n) as birth_date "
        f"from {STUDENTS} as s, h"),
    ],
)
def test_a_copy_that_steers_by_a_join_or_a_filter_is_found_too(house, sql):
    assert any("homework_a/records.student_name" in sentence for sentence in found(house, Model("marts.m", sql)))


def test_a_copy_is_found_through_models_in_between(house):
    between = Model("conformed.c", f"select student_number, student_name as n from {HOMEWORK}")
    assert "student_name" in found(house, between, Model("marts.m", "select n from conformed.c"))[0]


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The register of a bureau that has connected further platforms of marks, and lists of clubs."""
    folder = tmp_path_factory.mktemp("bureau")
    own_directory.make(folder, {})
    for contract in OWN_CONTRACTS.glob("*.yml"):
        shutil.copy(contract, folder / "sources")
    return registry.load(folder)


@pytest.mark.parametrize(
    ("sql", "copies"),
    [
        ("select subject, class_name as class_code, score from raw.marklist__marks", set()),
        ("select name from raw.marklist__marks", {"marklist/marks.name"}),
        ("select class_name, marks from raw.quickmark__results", set()),
        ("select name, clubs from raw.ticks__members where class_name is not null", set()),  # it has no other key
        ("select monday, thursday from raw.weekdays__choices", set()),
        ("select class_name from raw.own_lists__students where sex = '1'", {"own_lists/students.sex"}),
    ],
)
def test_a_further_platform_tells_its_own_events_and_no_more(bureau: Register, sql: str, copies: set[str]):
    assert {sentence.split()[2].rstrip(",") for sentence in found(bureau, Model("marts.m", sql))} == copies


def test_a_column_that_no_element_names_is_found(house):
    (sentence,) = found(house, Model("marts.m", f"select level from {HOMEWORK}"))
    assert sentence.startswith("marts.m.level reaches homework_a/records.level, which no element of the register names")


@pytest.mark.parametrize(
    "sql",
    [
        f"select birth_date from {STUDENTS}",  # its owner
        f"select count(*) as n from {HOMEWORK} group by student_number",  # an event's reference to a person
        f"select actual_minutes from {HOMEWORK}",  # the event's own fact
        f"select marks from {EXAMS}",  # the cells below headers that the contract does not name
        f"select _slice from {EXAMS}",  # where a row came from
    ],
)
def test_what_the_register_gives_is_allowed(house, sql):
    assert found(house, Model("marts.m", sql)) == []


def test_an_owner_of_earlier_years_and_a_lender_are_allowed(house):
    name = next(e for e in house.elements if e.id == "student.name")
    earlier = name.authority[0].model_copy(update={"source": "homework_a/records", "until": date(2021, 9, 1)})
    lent = name.model_copy(update={"on_missing": "borrow:homework_b/records"})
    owned = name.model_copy(update={"authority": (earlier, *name.authority)})
    other = "raw.homework_b__records"
    for element, table in ((owned, HOMEWORK), (lent, other)):
        register = house.model_copy(
            update={"elements": tuple(element if e.id == name.id else e for e in house.elements)}
        )
        model = Model("marts.m", f"select student_name from {table}")
        assert found(house, model)
        assert found(register, model) == []


def test_the_alias_table_ends_a_trace(house):
    alias = Model("conformed.alias", f"select name as uid from {EXAMS}", ends="identity")
    assert found(house, alias, Model("marts.m", "select uid from conformed.alias")) == []


def test_the_ledger_may_tell_of_copies_and_other_marts_may_only_count_them(house):
    ledger = Model(
        "conformed.ledger", f"select student_number as who, student_name as copy_value from {HOMEWORK}",
        ends="ledger", values=("copy_value",),
    )  # fmt: skip
    telling = Model("marts.ledger", "select who, copy_value from conformed.ledger", is_ledger=True)
    counting = Model("marts.m", "select who, count(*) as differences from conformed.ledger group by who")
    showing = Model("marts.m", "select who, copy_value from conformed.ledger")
    assert found(house, ledger, telling) == []
    assert found(house, ledger, counting) == []
    assert "student_name" in found(house, ledger, showing)[0]


def test_a_python_model_that_does_not_say_what_it_reads_is_refused(house):
    with pytest.raises(LineageError, match=r"conformed\.p is no SQL and declares no inputs"):
        graph(house, Model("conformed.p", None))
    told = Model("conformed.p", None, inputs={"n": [f"{HOMEWORK}.student_name"]})
    assert "student_name" in found(house, told, Model("marts.m", "select n from conformed.p"))[0]


@pytest.mark.soak
def test_a_wrong_model_of_the_project_is_found(house, tmp_path: Path):
    project = shutil.copytree(PROJECT, tmp_path / "dbt_project")
    mart = project / "models" / "marts" / "learning" / "student_growth.sql"
    written = mart.read_text(encoding="utf-8")
    wrong = written.replace("select *\n    from {{ ref('exam_results') }}", """select results.*, named.name
    from {{ ref('exam_results') }} as results
    left join {{ ref('stg_exams__results') }} as named using (student_number)""")
    wrong = wrong.replace("    class_code,\n    grade,", "    class_code,\n    name as grade,", 1)
    assert wrong != written
    mart.write_text(wrong, encoding="utf-8")
    sentences = [str(finding) for finding in lineage.findings(house, tmp_path / "target", project)]
    assert any(
        s.startswith("marts.student_growth.grade reaches exams/results.name, a copy of student.name, which "
                     "student_registry/students owns") for s in sentences
    )  # fmt: skip
