"""The default register and the examples, as they stand."""

from __future__ import annotations

from datetime import date

import registry
from registry import Register

SOURCES = {
    "after_school",
    "assets",
    "attendance",
    "declarations",
    "finance",
    "fitness",
    "honours",
    "platform_usage",
    "projects",
    "quality",
    "reading",
    "security",
    "shuyuan",
    "training",
    "school_registry",
    "student_registry",
    "teacher_system",
    "teaching",
    "exams",
    "homework_a",
    "homework_b",
}


def stage(register: Register, school_type: str, years: int, grade: str) -> str | None:
    return next(
        (
            r.stage
            for r in register.stages
            if (r.school_type, r.primary_years, r.grade) == (school_type, years, grade)
        ),
        None,
    )


def test_the_default_register_has_the_sources_of_a_chinese_city(house: Register):
    assert {s.id for s in house.sources} == SOURCES
    assert [a.code for a in house.bureau.areas if a.level == "district"] == [
        "329901",
        "329902",
        "329903",
        "329904",
    ]


def test_grade_six_is_junior_where_primary_school_lasts_five_years(house: Register):
    assert stage(house, "211", 6, "6") == "primary"
    assert stage(house, "312", 5, "6") == "junior"
    assert stage(house, "312", 6, "7") == "junior"
    assert stage(house, "511", 6, "3") == "special"
    assert stage(house, "365", 6, "10") == "vocational"
    assert stage(house, "119", 6, "k2") == "kindergarten"
    assert stage(house, "365", 6, "3") is None


def test_direct_identifiers_leave_no_release(house: Register, oneroster: Register, school_data_sync: Register):
    for register in (house, oneroster, school_data_sync):
        for element in register.elements:
            person = element.entity in {"student", "teacher"}
            if person and element.name in {
                "name",
                "number",
                "staff_number",
                "id_number",
                "phone",
                "residence",
                "guardian_name",
                "guardian_phone",
            }:
                assert element.release in {"drop", "pseudonym"}, element.id
            if element.name == "birth_date":
                assert element.release == "generalise_to_year"


def test_make_up_days_of_the_calendar_are_as_announced(house: Register):
    calendar = house.calendar
    assert {date(2025, 10, day) for day in range(1, 9)} <= set(calendar.holidays)
    assert {date(2026, 1, day) for day in range(1, 4)} <= set(calendar.holidays)
    assert {date(2025, 9, 28), date(2025, 10, 11), date(2026, 1, 4)} <= set(calendar.workdays)
    assert date(2025, 10, 15) not in calendar.holidays


def test_each_second_exam_follows_the_first_of_its_grade(house: Register):
    exams = {e.id: e for e in house.exams if e.series is None}
    assert len(exams) == 12
    for grade in range(4, 10):
        second = exams[f"2025-2026-1-m2-g{grade}"]
        assert (second.held_on, second.grade) == (date(2025, 10, 11), grade)
        assert exams[second.previous].held_on == date(2025, 9, 24)
        assert set(second.full_marks) == set(second.subjects)
    assert exams["2025-2026-1-m1-g9"].subjects == ("13", "14", "41", "12", "21", "16", "17")


def test_the_seven_indicators_of_balance_stand_for_both_stages(house: Register):
    per_school = [i for i in house.indicators if i.id.startswith("yz2017.") and i.conditions]
    assert len(per_school) == 14
    for indicator in per_school:
        assert round(indicator.threshold * 0.85, 6) == round(indicator.floor, 6), indicator.id
    limits = {i.stage: i.threshold for i in house.indicators if i.id.startswith("yz2017.cv_")}
    assert limits == {"primary": 0.50, "junior": 0.45}


def test_the_version_is_the_files_and_nothing_else(draft):
    before = draft.load().version
    assert before == registry.version(registry.HOUSE)
    assert len(before) == 12
    (draft.directory / "notes.md").write_text("read me")
    assert registry.version(draft.directory) == before
    draft.append("bureau.yml", "# a remark\n")
    assert registry.version(draft.directory) != before


def test_the_oneroster_bureau_needs_no_chinese_registry(oneroster: Register):
    assert {s.id for s in oneroster.sources} == {"oneroster"}
    owners = {e.id: e.authority[0].source for e in oneroster.elements}
    assert owners["student.birth_date"] == owners["student.sex"] == "oneroster/demographics"
    assert owners["student.name"] == owners["teacher.name"] == "oneroster/users"
    assert owners["school.name"] == "oneroster/orgs"
    assert owners["class.name"] == "oneroster/classes"
    assert not any(c.load for f in oneroster.feeds for c in f.columns if c.name == "password")


def shared_elements(roster: Register) -> set[str]:
    """The elements of a roster but for what only rosters tell: who is in which class, and the days of a class."""
    of_rosters = {"class.kind", "class.valid_from", "class.valid_to"}
    return {e.id for e in roster.elements if e.entity not in ("enrolment", "session")} - of_rosters


def test_the_oneroster_elements_are_named_as_in_the_default_register(house: Register, oneroster: Register):
    assert shared_elements(oneroster) < {e.id for e in house.elements}


def test_v2_of_school_data_sync_owns_and_v1_lends(school_data_sync: Register):
    assert {s.id for s in school_data_sync.sources} == {"school_data_sync"}
    said = {e.id: (e.authority[0].source.split("/")[1], e.on_missing.split("/")[-1]) for e in school_data_sync.elements}
    assert said["student.school"] == said["student.grade"] == said["student.name"] == ("users", "students")
    assert said["student.birth_date"] == ("demographics", "students")
    assert said["teacher.school"] == said["teacher.name"] == ("users", "teachers")
    passwords = [c.load for f in school_data_sync.feeds for c in f.columns if c.name == "password"]
    assert passwords == [False, False, False]


def test_the_elements_of_school_data_sync_are_named_as_in_the_default_register(
    house: Register, school_data_sync: Register
):
    assert shared_elements(school_data_sync) < {e.id for e in house.elements}


def test_feeds_of_every_house_register_are_known_under_each_register(house: Register, oneroster: Register):
    of_house = [f.id for f in registry.known_feeds(house)]
    of_oneroster = [f.id for f in registry.known_feeds(oneroster)]
    assert set(of_house) == set(of_oneroster)
    assert len(of_house) == len(set(of_house))
    assert of_house[0].split("/")[0] in SOURCES
    assert of_oneroster[0].startswith("oneroster/")


def test_the_register_survives_a_journey_as_json(house: Register):
    assert Register.model_validate(house.model_dump(mode="json", by_alias=True, round_trip=True)) == house
