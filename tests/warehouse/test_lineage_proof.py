"""The proof: each released column is what it declares, made by the owners of that; what is not is named."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import registry
from registry import own_directory
from registry.model import Label, Register
from warehouse import lineage
from warehouse.errors import LineageError
from warehouse.lineage.graph import Graph
from warehouse.lineage.models import Declaration, Model

OWN_CONTRACTS = Path(__file__).parents[1] / "fixtures" / "own_directory" / "sources"
STUDENTS, HOMEWORK, EXAMS = "raw.student_registry__students", "raw.homework_a__records", "raw.exams__results"


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


def graph(register: Register, *models: Model) -> Graph:
    tables = {
        f"raw.{feed.table}": [*(c.name for c in feed.loaded_columns), *([feed.rest] if feed.rest else []), "_slice"]
        for feed in register.feeds
    }
    return Graph.traced(models, tables)


def found(register: Register, *models: Model) -> list[str]:
    return [str(finding) for finding in lineage.prove(graph(register, *models), register)]


def mart(sql: str, *, selected_by: tuple[str, ...] = (), **columns: str | list[str]) -> Model:
    """A mart whose `columns` declare an element each, or a list of what they are made of."""
    declared = {
        name: Declaration(said) if isinstance(said, str) else Declaration(made_of=tuple(said))
        for name, said in columns.items()
    }
    return Model("marts.m", sql, declared=declared, selected_by=selected_by)


def test_a_copy_that_is_released_is_named_with_its_element_and_its_owner(house):
    assert found(house, mart(f"select student_name as pupil from {HOMEWORK}", pupil="student.name")) == [
        (
            "marts.m.pupil reaches homework_a/records.student_name, a copy of student.name, which "
            "student_registry/students owns: take it from the owner (owned(…) in the model), or declare a borrow."
        )
    ]


def test_the_class_at_an_exam_released_as_the_class_of_the_enrolment_is_found(house):
    (sentence,) = found(house, mart(f"select class_code from {EXAMS}", class_code="student.class"))
    assert sentence.startswith("marts.m.class_code reaches exams/results.class_code, which is exam_result.class: it")
    assert "is declared to be of student.class" in sentence
    assert found(house, mart(f"select class_code from {EXAMS}", class_code="exam_result.class")) == []


def test_the_sex_released_as_the_boarding_is_found(house):
    wrong = mart(f"select sex as boarding from {STUDENTS}", boarding="student.boarding")
    assert "reaches student_registry/students.sex, which is student.sex" in found(house, wrong)[0]
    assert found(house, mart(f"select boarding from {STUDENTS}", boarding="student.boarding")) == []


def test_a_column_that_declares_nothing_is_refused_with_the_way_to_declare_it(house):
    (sentence,) = found(house, mart(f"select birth_date from {STUDENTS}"))
    assert sentence == (
        "marts.m.birth_date reaches student_registry/students.birth_date, which is student.birth_date: the column "
        "declares nothing; say whose value it is (`config: {meta: {element: …}}`), or of what it is made "
        "(`config: {meta: {made_of: […]}}`)."
    )
    assert found(house, mart(f"select count(*) as students, date '2025-09-01' as night from {STUDENTS}")) == []


def test_a_figure_is_made_of_what_it_lists_and_of_no_more(house):
    sql = f"select avg(actual_minutes) filter (where written) as mean from {HOMEWORK}"
    minutes, written = "homework_record.actual_minutes", "homework_record.written"
    assert found(house, mart(sql, mean=[minutes, written])) == []
    assert found(house, mart(sql, mean=["homework_record"])) == []
    assert "homework_a/records.written, which is homework_record.written" in found(house, mart(sql, mean=[minutes]))[0]


def test_a_declaration_that_nothing_supports_is_found(house):
    sql = f"select sex, 1 as exams from {STUDENTS}"
    lie = mart(sql, selected_by=("school",), sex="student.sex", exams=["exam_result.score"])
    lie = replace(lie, is_own=True)
    supported = lineage.support(graph(house, lie), house)
    assert {(d.column, d.name): reached for d, reached in supported.items()} == {
        ("sex", "student.sex"): True, ("exams", "exam_result.score"): False, ("*", "school"): False,
    }  # fmt: skip
    assert found(house, lie) == [
        ("marts.m.exams declares exam_result.score, and nothing that it reaches is that: correct the declaration or "
        "the model."),
        ("The choice of rows of marts.m declares school, and nothing that it reaches is that: correct the declaration "
        "or the model."),
    ]  # fmt: skip


def test_a_product_model_may_declare_what_this_register_does_not_deliver(house):
    rest = tuple(source for source in house.sources if not source.id.startswith("homework"))
    leaner = house.model_copy(update={"sources": rest})
    absent = mart(f"select sex from {STUDENTS}", sex="student.sex", written="homework_record.written")
    assert [d.name for d in lineage.support(graph(leaner, absent), leaner)] == ["student.sex"]


@pytest.mark.parametrize(
    "sql",
    [
        f"select s.birth_date from {STUDENTS} as s join {HOMEWORK} as h on s.name = h.student_name",
        f"select birth_date from {STUDENTS} where name in (select student_name from {HOMEWORK})",
        f"select (select min(s.birth_date) from {STUDENTS} as s, {HOMEWORK} as h where h.student_name > '') birth_date",
    ],
)
def test_a_copy_that_steers_by_a_join_or_a_filter_is_found_too(house, sql):
    steered = mart(sql, selected_by=("student",), birth_date="student.birth_date")
    assert any("reaches homework_a/records.student_name, a copy" in sentence for sentence in found(house, steered))


def test_what_steers_is_held_to_what_the_mart_says_selects_its_rows(house):
    sql = f"select s.sex from {STUDENTS} as s join {EXAMS} as e on s.class_code = e.class_code"
    told = ("student.class", "exam_result")
    assert found(house, mart(sql, selected_by=told, sex="student.sex")) == []
    (sentence,) = found(house, mart(sql, selected_by=("student",), sex="student.sex"))
    assert sentence == (
        "The choice of rows of marts.m reaches exams/results.class_code, which is exam_result.class: take it out of "
        "filters and joins, or declare at the model what selects its rows (`config: {meta: {selected_by: […]}}`)."
    )


def test_a_copy_is_found_through_models_in_between(house):
    between = Model("conformed.c", f"select student_number, student_name as n from {HOMEWORK}")
    assert "student_name" in found(house, between, mart("select n from conformed.c", n="student.name"))[0]


def test_a_column_in_between_is_held_to_its_own_declaration_and_read_as_that(house):
    sql = f"select sex, class_code as class, class_code as place from {STUDENTS}"
    declared = {"place": Declaration("student.class")}
    people = Model("conformed.students", sql, declared=declared)  # `sex` and `class` are elements by their names
    reading = "select sex, class as class_code, place from conformed.students"
    right = mart(reading, sex="student.sex", class_code="student.class", place="student.class")
    swapped = mart(reading.replace("sex, class", "class as sex, sex"), sex="student.sex", class_code="student.class",
                   place="student.class")  # fmt: skip
    assert found(house, people, right) == []
    assert [sentence.split(":")[0] for sentence in found(house, people, swapped)] == [
        "marts.m.sex reaches conformed.students.class, which is student.class",
        "marts.m.class_code reaches conformed.students.sex, which is student.sex",
    ]
    wrong_inside = replace(people, sql=sql.replace("sex,", "boarding as sex,"))
    assert [sentence.split(":")[0] for sentence in found(house, wrong_inside, right)] == [
        "conformed.students.sex reaches student_registry/students.boarding, which is student.boarding"
    ]


def test_a_figure_of_another_mart_is_no_column_of_the_house(house):
    base = replace(mart(f"select count(sex) as value from {STUDENTS}", value=["student"]), relation="marts.base")
    (sentence,) = found(house, base, mart("select value as note from marts.base", selected_by=("student",)))
    assert sentence.startswith("marts.m.note reaches marts.base.value, which is student: the column declares nothing")


def test_a_mart_that_nothing_selects_is_read_by_another_without_a_word(house):
    base = replace(mart(f"select count(*) as n from {STUDENTS}"), relation="marts.base")
    assert found(house, base, mart("select n from marts.base where n > 5")) == []


def test_swapped_columns_of_one_feed_are_found_both(house):
    swapped = mart(f"select class_code as grade, grade as class_code from {STUDENTS}",
                   grade="student.grade", class_code="student.class")  # fmt: skip
    assert [sentence.split(" ")[0] for sentence in found(house, swapped)] == ["marts.m.grade", "marts.m.class_code"]


def test_a_source_column_is_of_what_its_column_is(house):
    sql = f"select sex, case when sex is not null then 'registry' end as sex_source from {STUDENTS}"
    assert found(house, mart(sql, sex="student.sex")) == []
    assert found(house, mart(sql.replace("when sex", "when birth_date"), sex="student.sex"))


def test_the_key_of_a_person_leaves_only_as_a_pseudonym_or_counted(house):
    alias = Model("conformed.alias", f"select name as uid from {EXAMS}", ends="identity")
    sql = "select uid as who from conformed.alias"
    pupil = replace(mart(sql), declared={"who": Declaration(is_key=True)})
    assert found(house, alias, pupil) == []
    assert "reaches conformed.alias.uid, which is identity" in found(house, alias, mart(sql))[0]
    counted = mart("select count(distinct uid) as pupils from conformed.alias", pupils=["identity"])
    assert found(house, alias, counted) == []


@pytest.fixture(scope="module")
def bureau(tmp_path_factory: pytest.TempPathFactory) -> Register:
    """The register of a bureau that has connected further platforms of marks, and lists of clubs."""
    folder = tmp_path_factory.mktemp("bureau")
    own_directory.make(folder, {})
    for contract in OWN_CONTRACTS.glob("*.yml"):
        shutil.copy(contract, folder / "sources")
    return registry.load(folder)


@pytest.mark.parametrize(
    ("model", "refused"),
    [
        (mart("select subject, class_name as class_code, score from raw.marklist__marks", selected_by=("exam_result",),
              class_code="exam_result.class", score="exam_result.score"), set()),
        (mart("select subject from raw.marklist__marks"), {"marklist/marks.subject"}),  # of no exam, as it says
        (mart("select class_name as class_code from raw.marklist__marks", class_code="student.class"),
         {"marklist/marks.class_name"}),
        (mart("select name from raw.marklist__marks", name="student.name"), {"marklist/marks.name"}),
        (mart("select class_name, marks from raw.quickmark__results", class_name="exam_result.class",
              marks="exam_result.score"), set()),
        (mart("select clubs from raw.ticks__members where class_name is not null and name > ''",
              clubs="membership.group"), set()),  # it has no other key
        (mart("select monday, thursday from raw.weekdays__choices", monday="membership.group",
              thursday="membership.group"), set()),
        (mart("select count(*) as n from raw.own_lists__students where sex = '1' and class_name > ''",
              selected_by=("student",)), {"own_lists/students.sex"}),  # the class is a reference, for which it waits
    ],
)  # fmt: skip
def test_a_further_platform_tells_its_own_events_and_no_more(bureau: Register, model: Model, refused: set[str]):
    sentences = found(bureau, model)
    assert {sentence.partition(" reaches ")[2].split()[0].rstrip(",:") for sentence in sentences} == refused


def test_a_column_that_no_element_names_is_found(house):
    (sentence,) = found(house, mart(f"select level from {HOMEWORK}"))
    assert sentence.startswith("marts.m.level reaches homework_a/records.level, which no element of the register names")


@pytest.mark.parametrize(
    "model",
    [
        mart(f"select birth_date from {STUDENTS}", birth_date="student.birth_date"),  # its owner
        mart(f"select count(*) as n from {HOMEWORK} group by student_number"),  # an event's reference to a person
        mart(f"select actual_minutes from {HOMEWORK}", actual_minutes="homework_record.actual_minutes"),
        mart(f"select marks from {EXAMS}", marks="exam_result.score"),  # cells below headers of no contract
        mart(f"select _slice from {EXAMS}"),  # where a row came from
    ],
)
def test_what_the_register_gives_is_allowed(house, model):
    assert found(house, model) == []


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
        model = mart(f"select student_name from {table}", student_name="student.name")
        assert found(house, model)
        assert found(register, model) == []


def test_the_ledger_may_tell_of_copies_and_other_marts_may_only_count_them(house):
    ledger = Model(
        "conformed.ledger", f"select student_number as who, student_name as copy_value from {HOMEWORK}",
        ends="ledger", values=("copy_value",),
    )  # fmt: skip
    telling = replace(mart("select who, copy_value from conformed.ledger"), is_ledger=True)
    counting = mart("select who, count(*) as differences from conformed.ledger group by who")
    showing = mart("select who, copy_value from conformed.ledger")
    assert found(house, ledger, telling) == []
    assert found(house, ledger, counting) == []
    assert "student_name" in found(house, ledger, showing)[0]


def test_a_python_model_that_does_not_say_what_it_reads_is_refused(house):
    with pytest.raises(LineageError, match=r"conformed\.p is no SQL and declares no inputs"):
        graph(house, Model("conformed.p", None))
    told = Model("conformed.p", None, inputs={"n": [f"{HOMEWORK}.student_name"]})
    assert "student_name" in found(house, told, mart("select n from conformed.p"))[0]


def test_a_feed_without_a_mart_says_why_and_one_with_a_mart_does_not(house):
    why = Label(zh="另有去处", en="it is shown elsewhere")
    explained = ("homework_a/records", "exams/results")
    asked = (*explained, "student_registry/students", "finance/records")
    sources = []
    for source in house.sources:
        feeds = [f.model_copy(update={"no_mart": why if f.id in explained else None}) for f in source.feeds]
        sources.append(source.model_copy(update={"feeds": tuple(f for f in feeds if f.id in asked)}))
    register = house.model_copy(update={"sources": tuple(sources)})
    titles = Model("conformed.titles", f"select title as heading from {HOMEWORK}")
    released = mart(
        f"select titles.heading, students._slice from conformed.titles cross join {STUDENTS} as students "
        "inner join raw.finance__records as money on money.year > 2020"
    )
    marts = lineage.marts_of_feeds(graph(register, titles, released), register)
    assert marts == {"homework_a/records": frozenset({"m"})}
    sentences = [sentence.partition(": feed ")[2] for sentence in lineage.unexplained(register, marts)]
    without = "gives no mart a value; build one of it, or say in `no_mart` why there is none."
    assert sorted(sentences) == [
        f"`finance/records` {without}",
        "`homework_a/records` says `no_mart`, and gives m values; take the line out.",
        f"`student_registry/students` {without}",
    ]
