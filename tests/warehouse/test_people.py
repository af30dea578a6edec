"""Of every mart that names people it is known which columns could tell who they are, without a list made by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

import registry
from registry import Register
from warehouse.disclosure.mart_docs import ColumnDoc, MartDoc
from warehouse.disclosure.people import KEYS, manifest_entry, people_of

MODELS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"
# Pseudonyms in a row that is not of a person: the adviser of a class, and of whom a line of a ledger speaks
OF_NO_PERSON = {
    "class.adviser_key", "data_problem.problem_id", "data_problem.row_key", "discrepancy.discrepancy_id",
    "discrepancy.record_key",
}  # fmt: skip


def documented() -> tuple[MartDoc, ...]:
    """The marts of the project as their YAML describes them."""
    models = [m for path in sorted(MODELS.rglob("*.yml")) for m in yaml.safe_load(path.read_text()).get("models", ())]
    keys = ("release", "released_as", "element", "discloses")
    return tuple(
        MartDoc(
            model["name"],
            "",
            {
                column["name"]: ColumnDoc(column["name"], "", **{key: meta.get(key) for key in keys})
                for column in model["columns"]
                for meta in [column.get("config", {}).get("meta", {})]
            },
            ("student_key",) if model["name"] == "one_student_one_file" else ("school_code", "class_code"),
        )
        for model in models
    )


MARTS = documented()


def test_every_mart_that_names_people_is_counted(register: Register) -> None:
    hidden = {
        f"{mart.name}.{column.released_as or column.name}"
        for mart in MARTS
        for column in mart.columns.values()
        if column.release == "pseudonym"
    }
    counted = {f"{one.mart}.{one.key}" for one in people_of(MARTS, register)}
    assert counted >= {"one_student_one_file.student_key", "one_teacher_one_file.teacher_key", "enrolment.student_key"}
    assert hidden - counted == OF_NO_PERSON, "name the key of a person's row student_key or teacher_key"


@pytest.mark.parametrize("name", ["registry", "oneroster", "school_data_sync"])
def test_what_tells_a_person_apart_is_found_under_every_register(name: str) -> None:
    house = registry.HOUSE if name == "registry" else registry.HOUSE / "examples" / name
    by_mart = {one.mart: set(one.quasi_identifiers) for one in people_of(MARTS, registry.load(house))}
    everywhere = {
        "one_student_one_file": {"school_code", "school_name", "district_code", "stage", "grade", "sex", "birth_year"},
        "one_teacher_one_file": {"school_code", "school_name", "district_code"},
        "enrolment": {"school_code", "class_code", "grade"},
        "homework_load_student_day": {"school_code", "grade"},
        "student_growth": {"school_code", "grade"},
        "membership": {"school_code"},
        "club_enrolment": {"school_code"},
        "fitness_result": {"school_code", "sex"},
        "quality_evaluation": set(),
        "student_timeline": set(),
        "training": set(),
        "honours": set(),
    }
    assert set(by_mart) == set(everywhere)
    assert {mart: columns - by_mart[mart] for mart, columns in everywhere.items()} == {mart: set() for mart in by_mart}


def test_the_house_counts_what_the_schools_of_a_city_know(register: Register) -> None:
    by_mart = {one.mart: set(one.quasi_identifiers) for one in people_of(MARTS, register)}
    flags = {"class_code", "ethnicity", "entry_month", "boarding", "left_behind", "migrant_child"}
    assert flags | {"previous_school_code"} <= by_mart["one_student_one_file"]
    assert {"title", "post", "subject", "degree", "work_began_year", "backbone"} <= by_mart["one_teacher_one_file"]
    assert "class_code" in by_mart["student_growth"]
    assert "grade" in by_mart["fitness_result"]
    assert (by_mart["training"], by_mart["honours"]) == ({"school_code"}, {"organisation_code"})
    assert "it_ability" not in by_mart["one_teacher_one_file"]
    assert not {"student_key", "percentile_rank_mean", "as_of_date"} & by_mart["one_student_one_file"]


def test_what_the_register_leaves_out_tells_nobody_apart(register: Register) -> None:
    policies = {"student.class": "empty", "student.sex": "drop"}
    elements = tuple(e.model_copy(update={"release": policies.get(e.id, e.release)}) for e in register.elements)
    told = people_of(MARTS, register.model_copy(update={"elements": elements}))
    by_mart = {one.mart: one.quasi_identifiers for one in told}
    assert not {"class_code", "sex"} & set(by_mart["one_student_one_file"])
    assert by_mart["enrolment"] == ("school_code", "grade")


def test_the_manifest_says_what_a_release_is_and_by_what_people_are_counted(register: Register) -> None:
    said = manifest_entry(MARTS, register)
    assert (said["k"], said["share_max"]) == (register.bureau.k_anonymity.k, {})
    assert "pseudonymous, not anonymous" in said["nature"]["en"]
    assert "个人信息保护法" in said["nature"]["zh"]
    assert {one["entity"] for one in said["people"]} == set(KEYS.values())
    assert [one["mart"] for one in said["people"] if one["one_row_each"]] == ["one_student_one_file"]
