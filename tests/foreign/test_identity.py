"""Other people's students, matched by registers that a new user would write."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from registry import Register
from tests.dbt_project.quick_dbt import City, Project
from tests.foreign import plain
from tests.ingest.makers import DAY, Desk

MODELS = Path(__file__).parent / "models"


@pytest.fixture(scope="module")
def project() -> Project:
    return Project(more=(MODELS,))


def matched(desk: Desk, project: Project) -> City:
    """What the identity models make of the raw rows of a desk's lake."""
    city = City(desk.register, ("identity_queue",), project)
    for feed in (f for f in desk.register.feeds if f.identifies):
        rows = desk.connection.execute(f"from lake.raw.{feed.table}").to_arrow_table()  # noqa: F841 - read below
        city.connection.execute(f"insert into lake.raw.{feed.table} by name from rows")
    city.night(DAY)
    return city


def test_two_courses_share_358_pupils_and_eight_keys_are_queued(
    desk_of: Callable[[Register], Desk], register_of: Callable[[str], Register], shared: Path, project: Project
):
    desk = desk_of(register_of("uci_student"))
    for feed, file in (("mathematics", "student-mat.csv"), ("portuguese", "student-por.csv")):
        desk.put(f"uci_student/{feed}/{file}", (shared / "uci_student" / file).read_bytes())
    assert desk.night() == []
    city = matched(desk, project)
    assert city.rows("select how, count(*) from lake.conformed.student_alias group by how order by how") == [
        ("composite", 358), ("created", 395 + 649 - 358),
    ]  # fmt: skip
    assert city.rows(
        "select count(*) from (select student_uid from lake.conformed.student_alias group by 1 having count(*) > 2 "
        "or count(distinct feed) < count(*))"
    ) == [(0,)]
    assert city.rows(
        "select count(distinct alias.composites) from lake.conformed.identity_queue as queue "
        "join lake.conformed.student_alias as alias on queue.record = alias.student_uid"
    ) == [(8,)]


def test_six_hundred_people_of_three_systems_are_six_hundred(
    desk_of: Callable[[Register], Desk], register_of: Callable[[str], Register], shared: Path, project: Project
):
    desk = desk_of(register_of("oea_k12"))
    data = shared / "oea_k12"
    member = plain.member
    people = member(data / "insights_k12_roster.zip", "AadUserPersonMapping/aaduserpersonmapping.csv")
    desk.put("insights/user_person/aaduserpersonmapping.csv", people)
    clever = member(data / "clever.zip", "daily-participation/Students/Students.csv")
    desk.put("clever/daily_participation/Students.csv", clever)
    attended = member(data / "sis_batch1_batch2_helloworld.zip", "batch1/studentattendance.csv")
    desk.put("sis/studentattendance.csv", attended)
    for day in (1, 2):
        content = member(data / "contoso_sis_day1_day2.zip", f"day{day}/students/part1.csv")
        desk.put(f"contoso_sis/students/day{day}.csv", content)
    assert desk.night() == []
    city = matched(desk, project)
    insights = "select student_uid from lake.conformed.student_alias where feed = 'insights/user_person'"
    assert city.rows(f"select count(distinct student_uid), count(*) from ({insights})") == [(600, 1200)]
    assert city.rows(
        "select count(distinct uid), count(*), min(why) from lake.conformed.identity_records "
        f"where feed = 'clever/daily_participation' and uid in ({insights})"
    ) == [(600, 600, "directory_object and directory_person names this person: both identifiers name the same person")]
    attendance = (
        "select count(distinct alias.student_uid), count(distinct row.student_id) "
        "from lake.raw.sis__attendance as row left join lake.conformed.student_alias as alias "
        "on alias.namespace = 'directory_object' and alias.identifier = row.student_id"
    )
    assert city.rows(attendance) == [(600, 600)]
    contoso = "select student_uid from lake.conformed.student_alias where namespace = 'contoso_student' order by all"
    assert {"contoso_student:st1", "contoso_student:st2"} <= {uid for (uid,) in city.rows(contoso)}
    assert city.rows("select record, person from lake.conformed.identity_queue") == [
        ("contoso_student:st2", "contoso_student:st1")
    ]
