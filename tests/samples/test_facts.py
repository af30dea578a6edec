"""What is declared of schools agrees with the city's own rosters and lists, and a known part is wanting."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date, datetime
from pathlib import Path

import pytest

import samples
from registry import Register
from registry.working_days import is_school_day
from samples.world.schools import EVERY_KIND_FROM
from tests.samples.reading import City, Row


class Facts:
    """The first night of a city with every kind of school, without its bad rows."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.bad = {(r["file_name"], int(r["row_number"])): r["rule"] for r in self.truth("bad_rows")}

    def truth(self, name: str) -> list[Row]:
        with (self.city.out / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    def rows(self, feed: str) -> list[Row]:
        """Sound rows of the feed's files."""
        return [
            row
            for file in self.city.files_of(feed, self.city.nights[0])
            for number, row in file.rows
            if (file.name, number) not in self.bad
        ]

    def listed(self, feed: str) -> list[Row]:
        """Rows of the feed's files but for those that stand there twice."""
        return [
            row
            for file in self.city.files_of(feed, self.city.nights[0])
            for number, row in file.rows
            if not self.bad.get((file.name, number), "").startswith(("duplicate", "wrong_slice"))
        ]


def by_school(rows: list[Row], column: str) -> dict[str, set[str]]:
    """The values of a column at each school."""
    values = defaultdict(set)
    for row in rows:
        values[row.get("school_code") or row["organisation_code"]].add(row[column])
    return values


@pytest.fixture(scope="module")
def facts(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Facts:
    out: Path = tmp_path_factory.mktemp("facts")
    samples.write_city(out, EVERY_KIND_FROM, seed=11)
    return Facts(City(out, register))


def declared(facts: Facts, fact: str, status: str = "met") -> dict[str, Row]:
    return {r["organisation_code"]: r for r in facts.truth("facts") if (r["fact"], r["status"]) == (fact, status)}


def number(told: str) -> float | None:
    return float(told) if told else None


def test_the_list_says_what_the_truth_says(facts: Facts, register: Register) -> None:
    labels = {c.code: c.label.zh for s in register.code_sets if s.id == "declared_fact" for c in s.codes}
    told = {(r["organisation_code"], r["fact"]): (r["holds"], r["accepted"], number(r["value"])) for r in
            facts.rows("declarations/facts")}  # fmt: skip
    says = {"met": ("是", "是"), "failed": ("否", "是"), "open": ("是", "")}
    planted = {(r["organisation_code"], labels[r["fact"]]): (*says[r["status"]], number(r["value"]))
               for r in facts.truth("facts") if r["status"] != "missing"}  # fmt: skip
    assert told == planted


def test_of_each_fact_some_hold_some_do_not_some_are_open_and_some_are_missing(facts: Facts) -> None:
    statuses: dict[str, set[str]] = defaultdict(set)
    counts = Counter(r["fact"] for r in facts.truth("facts"))
    for row in facts.truth("facts"):
        statuses[row["fact"]].add(row["status"])
    assert {f for f, n in counts.items() if n >= 4 and statuses[f] != {"met", "failed", "open", "missing"}} == set()
    assert sum(n >= 4 for n in counts.values()) > 20


def test_every_fact_that_a_clause_of_the_two_documents_asks_for_is_declared(facts: Facts, register: Register) -> None:
    asked = {i.fact for i in register.indicators if i.fact and i.id.startswith(("yz2017.", "sj2021."))}
    assert len(asked) >= 8
    assert asked - {r["fact"] for r in facts.truth("facts") if r["status"] == "met"} == set()
    assert asked - {r["fact"] for r in facts.truth("facts") if r["status"] == "failed"} == set()


def test_a_school_has_rooms_for_music_and_art_for_every_twelve_classes(facts: Facts) -> None:
    """教督〔2017〕6号: a room of each kind for every 12 classes."""
    classes = Counter(r["school_code"] for r in facts.listed("teaching/classes"))
    rooms = declared(facts, "music_art_rooms")
    assert rooms
    for code, row in rooms.items():
        assert int(row["value"]) % 2 == 0
        assert int(row["value"]) // 2 * 12 >= classes[code] > int(row["value"]) // 2 * 12 - 12


def test_a_district_declares_its_rates_of_whom_its_rosters_hold(facts: Facts) -> None:
    """Of so many on the rosters, a rate leaves a whole number of people; 教督〔2017〕6号 asks for 95, 95 and 85%."""
    schools = facts.listed("school_registry/schools")
    area = {r["school_code"]: r["area_code"] for r in schools}
    four_years = {r["school_code"] for r in schools if r["junior_years"] == "4"}
    special = {r["school_code"] for r in schools if r["type_code"] == "其他特殊教育学校"}
    pupils = facts.listed("student_registry/students")
    disabled = Counter(area[r["school_code"]] for r in pupils if r["disability"] not in ("", "无"))
    junior = Counter(
        area[r["school_code"]]
        for r in pupils
        if (r["grade"] in ("七年级", "八年级", "九年级") and r["school_code"] not in special)
        or (r["grade"] == "六年级" and r["school_code"] in four_years)
    )
    for fact, least, heads in (
        ("disabled_enrolment", 95, disabled), ("consolidation_rate", 95, junior), ("satisfaction", 85, None)
    ):  # fmt: skip
        rates = [r for r in facts.truth("facts") if r["fact"] == fact and r["value"]]
        assert {r["status"] for r in rates} >= {"met", "failed"}
        for row in rates:
            rate = float(row["value"])
            assert (rate >= least) == (row["status"] != "failed")
            if heads:
                there = heads[row["organisation_code"]]
                absent = there / rate * 100 - there
                assert absent == pytest.approx(round(absent), abs=0.05), (fact, row)


def test_small_rural_schools_are_rural_and_have_as_many_students_as_their_rosters(facts: Facts) -> None:
    place = {r["school_code"]: r["urban_rural"] for r in facts.listed("school_registry/schools")}
    roster = Counter(r["school_code"] for r in facts.listed("student_registry/students"))
    boards = by_school(facts.listed("student_registry/students"), "boarding")
    rural = declared(facts, "small_rural")
    assert rural
    for code, row in rural.items():
        assert int(row["value"]) == roster[code]
        assert (roster[code] < 100 and place[code] in ("村庄", "乡中心区")) or "住校" in boards[code]


def test_paired_and_delivered_classes_have_a_partner_that_exists(facts: Facts) -> None:
    schools = {r["school_code"]: r["urban_rural"] for r in facts.listed("school_registry/schools")}
    classes = Counter(r["school_code"] for r in facts.listed("teaching/classes"))
    for fact in ("paired_class", "delivered_class"):
        for code, row in declared(facts, fact).items():
            assert row["partner_code"] in schools.keys() - {code}
            assert int(row["value"]) == classes[code]


def test_staff_are_counted_in_the_list_of_teachers(facts: Facts) -> None:
    listed = facts.listed("teacher_system/teachers")
    for fact, column, value in (
        ("it_teacher", "subject", "信息科技"),
        ("skilled_teachers", "it_ability", "熟练"),
        ("it_staff", "post", "教辅人员"),
    ):
        counts = Counter(r["school_code"] for r in listed if r[column] == value)
        for code, row in declared(facts, fact).items():
            assert int(row["value"]) == counts[code] > 0


def test_whoever_is_named_is_a_teacher_of_the_school(facts: Facts) -> None:
    numbers = by_school(facts.listed("teacher_system/teachers"), "staff_number")
    names = by_school(facts.listed("teacher_system/teachers"), "name")
    for feed in ("training/records", "assets/devices", "honours/records", "after_school/sessions"):
        named = by_school(facts.rows(feed), "staff_number")
        assert [code for code, staff in named.items() if not staff - {""} <= numbers[code]] == []
        assert any(staff - {""} for staff in named.values()), feed
    duty = by_school(facts.rows("assets/networks"), "duty_officer")
    assert [code for code, officers in duty.items() if not officers - {""} <= names[code]] == []


def test_whoever_is_served_is_a_student_of_the_school(facts: Facts) -> None:
    numbers = by_school(facts.listed("student_registry/students"), "student_number")
    for feed in ("after_school/sessions", "platform_usage/daily", "attendance/events", "reading/records"):
        served = by_school(facts.rows(feed), "student_number")
        assert [code for code, students in served.items() if not students <= numbers[code]] == []
        assert served, feed


def test_screens_are_as_many_as_classes_and_every_school_has_three_networks(facts: Facts) -> None:
    classes = Counter(r["school_code"] for r in facts.listed("teaching/classes"))
    screens = [r for r in facts.rows("assets/devices") if r["kind"] == "交互式多媒体设备"]
    assert {r["school_code"] for r in screens if int(r["quantity"]) != max(classes[r["school_code"]], 1)} == set()
    networks = Counter(r["organisation_code"] for r in facts.listed("assets/networks"))
    assert {networks[r["school_code"]] for r in facts.listed("school_registry/schools")} == {3}
    kinds = {r["kind"] for r in facts.rows("assets/networks")}
    assert kinds == {"校园网出口", "无线校园网", "校园局域网", "网站", "信息系统", "移动应用"}


def test_some_schools_train_everyone_some_half_and_some_nobody(facts: Facts) -> None:
    staff = by_school(facts.listed("teacher_system/teachers"), "staff_number")
    trainings = [r for r in facts.rows("training/records") if r["kind"] == "人工智能素养培训"]
    trained = by_school(trainings, "staff_number")
    shares = {code: len(trained[code]) / len(numbers) for code, numbers in staff.items()}
    assert min(shares.values()) == 0
    assert any(0.3 < share < 0.7 for share in shares.values())
    assert max(shares.values()) > 0.9


def test_after_school_service_is_on_school_days_at_compulsory_schools_and_lasts_as_long_as_it_says(
    facts: Facts, register: Register
) -> None:
    types = {r["school_code"]: r["type_code"] for r in facts.listed("school_registry/schools")}
    sessions = facts.rows("after_school/sessions")
    compulsory = {"小学", "小学教学点", "初级中学", "九年一贯制学校", "完全中学"}
    assert {types[r["school_code"]] for r in sessions} <= compulsory
    assert {is_school_day(register.calendar, date.fromisoformat(r["held_on"])) for r in sessions} == {True}
    for row in sessions:
        lasted = datetime.fromisoformat(row["ends_at"]) - datetime.fromisoformat(row["starts_at"])
        assert lasted.seconds == int(row["minutes"]) * 60
    assert {r["minutes"] for r in sessions} == {"60", "120"}


def test_money_is_spent_within_its_budget(facts: Facts) -> None:
    budgets = defaultdict(set)
    for row in facts.rows("finance/records"):
        assert int(row["spent"]) <= int(row["budgeted"]) < int(row["public_budget"])
        budgets[row["organisation_code"]].add(row["public_budget"])
    assert {len(values) for values in budgets.values()} == {1}
    for row in facts.rows("projects/records"):
        assert int(row["paid"]) <= int(row["contract_amount"]) <= int(row["budget"])
        assert row["approved_on"] < row["started_on"] < (row["accepted_on"] or "9")


def test_kindergartens_are_in_every_list_of_schools(facts: Facts) -> None:
    kindergartens = {r["school_code"] for r in facts.listed("school_registry/schools") if r["type_code"] == "幼儿园"}
    assert len(kindergartens) == 2
    for feed in ("school_registry/conditions", "teacher_system/teachers", "assets/devices", "assets/software"):
        assert kindergartens <= {r["school_code"] for r in facts.rows(feed)}, feed
    for feed in ("declarations/facts", "assets/networks", "finance/records", "honours/records"):
        assert kindergartens <= {r["organisation_code"] for r in facts.rows(feed)}, feed
    rosters = {file.path.stem for file in facts.city.files_of("student_registry/students", facts.city.nights[0])}
    assert rosters
    assert not kindergartens & rosters


def of_form(facts: Facts) -> dict[str, dict[str, Row]]:
    """Rows of the statistics by school and stage; the whole school's is ""."""
    form: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in facts.listed("school_registry/conditions"):
        form[row["school_code"]][row["stage"]] = row
    return form


def test_the_statistics_have_a_row_for_each_stage_and_one_for_a_school_of_several(facts: Facts) -> None:
    forms = of_form(facts)
    several = {school: rows for school, rows in forms.items() if len(rows) > 1}
    assert {len(rows) for rows in forms.values()} == {1, 3}
    assert {tuple(sorted(rows)) for rows in several.values()} >= {("", "初中", "小学"), ("", "初中", "高中")}
    for rows in several.values():
        whole, *parts = rows.pop(""), *rows.values()
        for column in ("students", "classes", "teachers", "teachers_bachelor", "teachers_college", "teachers_master"):
            assert int(whole[column]) == sum(int(part[column]) for part in parts), column
        assert {part["teaching_area"] for part in parts} == {part["teachers_backbone"] for part in parts} == {""}
        assert "" not in (whole["teaching_area"], whole["teachers_backbone"])


def test_premises_are_on_either_side_of_what_is_asked_of_each_stage(facts: Facts) -> None:
    """教督〔2017〕6号: teaching rooms of 4.5 and 5.8 m² a pupil, equipment of 2000 and 2500 yuan (primary, junior)."""
    sound = facts.rows("school_registry/conditions")
    for stage, space, money in (("小学", 4.5, 2000), ("初中", 5.8, 2500)):
        forms = [r for r in sound if r["stage"] == stage and r["teaching_area"]]
        rooms = {float(r["teaching_area"]) / int(r["students"]) >= space for r in forms}
        equipment = {float(r["equipment_value"]) * 10_000 / int(r["students"]) >= money for r in forms}
        assert rooms == equipment == {True, False}, stage


def test_the_statistics_count_the_pupils_of_the_rosters(facts: Facts) -> None:
    counts = Counter(r["school_code"] for r in facts.listed("student_registry/students"))
    for school, rows in of_form(facts).items():
        if "幼儿园" not in rows:
            assert sum(int(r["students"]) for stage, r in rows.items() if stage) == counts[school], school


def test_the_statistics_count_a_teacher_more_than_the_other_records_in_some_schools_alone(facts: Facts) -> None:
    teachers = facts.listed("teacher_system/teachers")
    counts = Counter(r["school_code"] for r in teachers if (r["post"], r["status"]) == ("专任教师", "在职"))
    more = {
        school: sum(int(r["teachers"]) for stage, r in rows.items() if stage) - counts[school]
        for school, rows in of_form(facts).items()
    }
    assert set(more.values()) == {0, 1}
    assert 0.1 < sum(more.values()) / len(more) < 0.3
