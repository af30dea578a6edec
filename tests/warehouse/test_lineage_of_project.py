"""The proof over the real project and a bureau's own: what is wrong in one place of its SQL is found there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

import registry
from registry import own_directory
from registry.model import Register
from warehouse import build, lineage
from warehouse.lake import Lake, connect_lake, lake_tables
from warehouse.lineage.graph import Graph
from warehouse.lineage.models import Model
from warehouse.lineage.names import Ref

pytestmark = pytest.mark.soak

NIGHT = date(2025, 10, 16)
# model, what stands in its SQL, what is written instead, and the columns that are then wrong (`*`: its rows)
WRONG = [
    ("marts.enrolment", "    class_code,\n    grade,\n    is_home", """
    (select min(class_code) from raw.exams__results) as class_code,\n    class_code as grade,\n    is_home""",
     {"class_code", "grade"}),
    ("marts.one_student_one_file", "students.boarding,", "students.sex as boarding,", {"boarding"}),
    ("marts.one_teacher_one_file", "teachers.degree,", "teachers.title as degree,", {"degree"}),
    ("marts.student_growth", "cast(grade as varchar) as grade,", "class_code as grade,", {"grade"}),
    ("marts.class", "    name,", "    class_code as name,", {"name"}),
    ("marts.one_school_one_file", "schools.status,", "schools.urban_rural as status,", {"status"}),
    ("marts.organisation", "    schools.urban_rural,", "    schools.type,", {"urban_rural"}),
    ("marts.homework_load_student_day", "left join places", """
inner join raw.exams__results as seen on days.school_date = seen.class_code\nleft join places""", {"*"}),
    ("marts.exam", "from exams", "from exams semi join raw.homework_a__records on label_zh = student_name", {"*"}),
    ("conformed.student_spans", "grade, class_code,", "class_code as grade, grade as class_code,",
     {"grade", "class_code"}),
]  # fmt: skip


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="module")
def models_and_tables(house: Register, tmp_path_factory: pytest.TempPathFactory):
    target = tmp_path_factory.mktemp("target")
    manifest = build.compile(None, house, target, NIGHT)
    with connect_lake(Lake(target / "lake")) as connection:
        tables = lake_tables(connection)
    graph = Graph.from_manifest(manifest, tables)
    inputs = {ref for model in graph.models for column in (*graph.columns(model), "*")
              for ref in graph.inputs_of(Ref(model, column))}  # fmt: skip
    unknown = {ref.relation: () for ref in inputs if ref.relation not in graph.models}  # the register's own tables
    return [*graph.models.values()], {**unknown, **tables}


def test_each_wrong_place_of_the_project_is_found_there(house: Register, models_and_tables):
    models, tables = models_and_tables
    assert lineage.prove(Graph.traced(models, tables), house) == []
    wrong = Graph.traced([_written_wrong(model) for model in models], tables)
    found = {(finding.relation, finding.column) for finding in lineage.prove(wrong, house)}
    assert {(relation, column) for relation, *_, columns in WRONG for column in columns} - found == set()


def _written_wrong(model: Model) -> Model:
    for relation, written, instead, _ in WRONG:
        if relation == model.relation:
            assert model.sql is not None
            assert written in model.sql, relation
            return replace(model, sql=instead.join(model.sql.rsplit(written, 1)))
    return model


def test_a_bureaus_own_mart_is_held_to_what_it_declares(tmp_path: Path):
    directory = tmp_path / "bureau"
    own_directory.make(directory, {})
    folder = directory / "models/marts/people"
    folder.mkdir(parents=True)
    (folder / "boarders.sql").write_text(
        "select school as school_code, sex as boarding, grade, count(*) as n from {{ ref('students') }} group by all"
    )
    (folder / "boarders.yml").write_text("""models:
  - name: boarders
    config: {meta: {selected_by: [school, student, exam_result]}}
    columns:
      - {name: school_code, config: {meta: {element: student.school}}}
      - {name: boarding, config: {meta: {element: student.boarding}}}
""")
    register = registry.load(directory)
    project = build.assemble(build.PROJECT, directory, register, tmp_path / "project")
    sentences = [str(finding) for finding in lineage.findings(register, tmp_path / "target", project)]
    assert [sentence.split(":")[0] for sentence in sentences] == [
        "marts.boarders.boarding reaches conformed.students.sex, which is student.sex",
        "marts.boarders.grade reaches conformed.students.grade, which is student.grade",
        "marts.boarders.boarding declares student.boarding, and nothing that it reaches is that",
        "The choice of rows of marts.boarders declares exam_result, and nothing that it reaches is that",
    ]
