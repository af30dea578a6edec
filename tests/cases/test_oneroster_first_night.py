"""A district's first OneRoster 1.1 bundle with what districts get wrong: each row is right, or it is listed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain

import pytest

from tests.cases import bundles
from tests.cases.bundles import FIRST, Night, Roster, Rows, add_pupil, enrolment, org, user
from tests.ingest.makers import zip_of

pytestmark = pytest.mark.soak
UNKNOWN_GRADES = ("00", "0", "-1", "3rd", "P3", "EC", "12+", "K5", "third", "Year 3", "G3", "Pre-K", "3-4", "3;4", "?")
THIRD_GRADE = ("3", "Grade 3", "GRADE 3", " 03", "３", "3.0", "三年级")
STRANGE_ROLES = ("pupil", "learner", "faculty", "ext:student", "Student/Pupil", "S")
STUDENT_WORDS = ("student", "STUDENT", " Student ", "学生")
STRANGE_STATUS = ("inactive", "deleted", "withdrawn", "TRUE", "0", "archived")
GOING = ("tobedeleted", "ToBeDeleted", "to be deleted", "待删除")
STAYING = ("active", "ACTIVE", "")
PLACED = {"LAKE,ELM": "ELM", "LAKE, ELM , OAK": "ELM", "ELM-MATHS,LAKE": "ELM", ",ELM,": "ELM", "OAK,ELM": "OAK"}
UNPLACED = {"": "no_school", "LAKE": "no_school", "OFFICE": "no_school", "NOWHERE": "unknown_reference",
            "LAKE;ELM": "unknown_reference", "elm": "unknown_reference"}  # fmt: skip
PASSED_OVER = {"categories": 0, "lineItems": 2, "results": 1, "resources": 0, "classResources": 0, "courseResources": 0,
               "userResources": 1, "scoreScales": 1, "lineItemScoreScales": 0}  # fmt: skip
EXTENTS = dict.fromkeys([*PASSED_OVER, *bundles.HEADERS], "bulk") | {"roles": "absent"}
MANIFEST = '\ufeff"propertyName", "value"\r\n' + "".join(f'"file.{n}", "{said}"\r\n' for n, said in EXTENTS.items())


def numbered(prefix: str, *words: Iterable[str]) -> dict[str, str]:
    """What is said, by the id of the person of whom it is said."""
    return {f"{prefix} {n}": said for n, said in enumerate(chain(*words))}


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    rows = bundles.district()
    for add in (_parts_of_schools, _lists_of_organisations, _grades, _words_for_roles, _words_for_status, _enrolments):
        add(rows)
    members = bundles.files_of(rows) | {"manifest.csv": MANIFEST, "ext_homerooms.csv": "sourcedId,room\n1,R2\n"}
    members |= {f"{name}.csv": "sourcedId,x\n" + "1,2\n" * lines for name, lines in PASSED_OVER.items()}
    separators = (
        "export\\2026-09\\",
        "export\\2026-09/",
        "export/2026-09\\",
    )  # of archivers of Windows, and of a mixture
    packed = {separators[n % 3] + name: content for n, (name, content) in enumerate(members.items())}
    return Roster(tmp_path_factory.mktemp("lake")).night(FIRST, {"roster.zip": zip_of(packed)})


def _parts_of_schools(rows: Rows) -> None:
    rows["orgs"] += [
        org("ELM-MATHS", "department", "ELM"), org("ELM-ALGEBRA", "Department", "ELM-MATHS"),
        org("ELM-DEPT", "dept", "ELM"), org("OFFICE", "department", "LAKE"), org("RING1", parent="RING2"),
        org("RING2", parent="RING3"), org("RING3", parent="RING1"), org("SELF", parent="SELF"),
    ]  # fmt: skip
    for part in ("ELM-MATHS", "ELM-ALGEBRA", "ELM-DEPT"):
        add_pupil(rows, user(f"PART-{part}", orgs=part))


def _lists_of_organisations(rows: Rows) -> None:
    for key, said in numbered("AT", PLACED, UNPLACED).items():
        add_pupil(rows, user(key, orgs=said))
        rows["users"].append(user(f"TEACHER {key}", "teacher", said))


def _grades(rows: Rows) -> None:
    for key, said in {**numbered("STRANGE GRADE", UNKNOWN_GRADES), **numbered("THIRD GRADE", THIRD_GRADE)}.items():
        add_pupil(rows, user(key, grades=said))
    for key, said in {"NO GRADE": "", "LOWER GRADES": "KG,01", "TWO GRADES": "03,04"}.items():
        add_pupil(rows, user(key, grades=said))


def _words_for_roles(rows: Rows) -> None:
    for key, said in {**numbered("STRANGE ROLE", STRANGE_ROLES), **numbered("STUDENT", STUDENT_WORDS)}.items():
        rows["users"].append(user(key, said))
    rows["users"].append(user("CAPITAL", "Teacher"))


def _words_for_status(rows: Rows) -> None:
    words = {**numbered("STRANGE STATUS", STRANGE_STATUS), **numbered("GOES", GOING), **numbered("STAYS", STAYING)}
    for key, said in words.items():
        add_pupil(rows, user(key, status=said))


def _enrolments(rows: Rows) -> None:
    for case, changes in {
        "away": {"of_class": "OAK-03"},
        "district": {"school": "LAKE"},
        "blank": {"of_class": "OAK-03", "school": ""},
        "learner": {"role": "learner"},
        "capitals": {"role": "STUDENT"},
        "no such school": {"school": "NOWHERE"},
        "no such class": {"of_class": "NOWHERE-03"},
        "teaches": {"role": "teacher"},
        "withdrawn": {"status": "withdrawn"},
    }.items():
        add_pupil(rows, user(f"IN {case}"), **changes)
    add_pupil(rows, user("IN both", orgs="ELM,OAK"), "OAK-03", "OAK")
    rows["users"] += [user("T-AWAY", "teacher", "OAK"), user("T-BEFORE", "teacher", "FIR")]
    rows["enrollments"].append(enrolment("T-AWAY", "ELM-04", "ELM", "teacher", primary="true"))
    before = {"primary": "true", "beginDate": "2026-08-10", "endDate": "2026-08-21"}
    rows["enrollments"].append(enrolment("T-BEFORE", "FIR-03", "FIR", "teacher", **before))
    next(r for r in rows["enrollments"] if r["userSourcedId"] == "T-FIR-03")["beginDate"] = "2026-08-21"


def test_the_bundle_is_read_whatever_the_dialect_of_its_manifest_and_the_separators_of_its_zip(night: Night) -> None:
    assert night.outcome["status"] == "published"
    for name in (*bundles.HEADERS, "manifest"):
        status, reason, _ = night.deliveries.get(f"export/2026-09/{name}.csv", ("absent", None, 0))
        assert (status, reason) == ("absent" if name == "roles" else "loaded", None), name


def test_files_of_the_standard_that_no_feed_reads_are_counted_and_others_are_refused(night: Night) -> None:
    passed = {name: night.deliveries[f"export/2026-09/{name}.csv"] for name in PASSED_OVER}
    assert passed == {name: ("loaded", None, lines) for name, lines in PASSED_OVER.items()}
    assert night.deliveries["export/2026-09/ext_homerooms.csv"][0] == "refused"


def test_a_department_is_no_school_and_a_circle_of_parents_is_listed(night: Night) -> None:
    circle = {"RING1", "RING2", "RING3", "SELF"}
    assert night.schools.keys() == {*bundles.SCHOOLS, *circle}
    assert night.of_rule("circular_reference") == circle
    assert {code for code, (level, _) in night.places.items() if level == "school"} == night.schools.keys()
    assert night.of_rule("code", "orgs", "type") == {"ELM-DEPT"}
    assert {night.students[f"PART-ELM-{part}"] for part in ("MATHS", "ALGEBRA", "DEPT")} == {("ELM", "03")}


def test_the_school_of_a_list_goes_before_what_rules_it(night: Night) -> None:
    placed = numbered("AT", PLACED)
    assert {said: night.students[key][0] for key, said in placed.items()} == PLACED
    assert {said: night.teachers[f"TEACHER {key}"] for key, said in placed.items()} == PLACED
    assert not {key for _, key, *_ in night.problems} & {prefix + key for key in placed for prefix in ("", "TEACHER ")}


def test_who_is_at_no_school_is_listed_and_stays(night: Night) -> None:
    unplaced = {key: said for key, said in numbered("AT", PLACED, UNPLACED).items() if said in UNPLACED}
    assert (
        {night.students[key][0] for key in unplaced} == {night.teachers[f"TEACHER {key}"] for key in unplaced} == {None}
    )
    for prefix in ("", "TEACHER "):
        for rule in ("no_school", "unknown_reference"):
            found = night.of_rule(rule, "users", "org_sourced_ids")
            expected = {prefix + key for key, said in unplaced.items() if UNPLACED[said] == rule}
            assert {key for key in found if key.startswith(f"{prefix}AT ")} == expected


def test_a_grade_that_no_code_set_knows_is_listed_and_other_writings_are_read(night: Night) -> None:
    strange, third = numbered("STRANGE GRADE", UNKNOWN_GRADES), numbered("THIRD GRADE", THIRD_GRADE)
    assert night.of_rule("code", "users", "grades") == strange.keys()
    assert {night.students[key][1] for key in strange} == {None}
    assert {night.students[key][1] for key in third} == {"03"}


def test_a_student_is_of_another_grade_than_the_class_by_the_grade_and_not_by_its_writing(night: Night) -> None:
    assert night.of_rule("other_grade") == {"E-LOWER GRADES-ELM-03"}


def test_a_role_that_no_code_set_knows_is_listed(night: Night) -> None:
    assert night.of_rule("code", "users", "role") == numbered("STRANGE ROLE", STRANGE_ROLES).keys()
    assert numbered("STUDENT", STUDENT_WORDS).keys() <= night.students.keys()
    assert night.teachers["CAPITAL"] == "ELM"


def test_a_word_that_is_no_status_is_listed_and_deleted_rows_go_under_any_name_of_theirs(night: Night) -> None:
    strange, staying = numbered("STRANGE STATUS", STRANGE_STATUS), numbered("STAYS", STAYING)
    going = numbered("GOES", GOING)
    assert night.of_rule("code", "users", "status") == strange.keys()
    assert {*strange, *staying} <= night.students.keys()
    assert not going.keys() & night.students.keys()
    assert {key for key in night.of_rule("unknown_reference", "enrollments") if key.startswith("E-GOES")} == {
        f"E-{key}-ELM-03" for key in going
    }  # fmt: skip
    assert night.of_rule("code", "enrollments", "status") == {"E-IN withdrawn-ELM-03"}


def test_an_enrolment_in_doubt_is_listed_with_what_is_in_doubt(night: Night) -> None:
    assert night.of_rule("other_school", "enrollments") == {
        "E-IN away-OAK-03", "E-IN district-ELM-03", "E-IN blank-OAK-03",
    }  # fmt: skip
    assert night.of_rule("code", "enrollments", "role") == {"E-IN learner-ELM-03"}
    assert night.of_rule("unknown_reference", "enrollments", "school_sourced_id") == {"E-IN no such school-ELM-03"}
    assert night.of_rule("unknown_reference", "enrollments", "class_sourced_id") == {"E-IN no such class-NOWHERE-03"}
    assert night.of_rule("other_role", "enrollments") == {"E-IN teaches-ELM-03"}
    assert not night.listed("E-IN both") | night.listed("E-IN capitals")


def test_a_second_primary_teacher_of_the_same_days_is_listed(night: Night) -> None:
    assert night.of_rule("several_primary") == {"E-T-AWAY-ELM-04"}


def test_the_release_holds_who_and_what_the_lake_holds(night: Night) -> None:
    assert night.in_release["one_student_one_file"] == len(night.students)
    assert night.in_release["one_teacher_one_file"] == len(night.teachers)
    assert night.in_release["data_problem"] == night.listed_rows
    pupils = len(bundles.SCHOOLS) * len(bundles.GRADES) * bundles.PUPILS
    assert len([key for key in night.students if key[-1].isdigit() and key[:3] in bundles.SCHOOLS]) == pupils
