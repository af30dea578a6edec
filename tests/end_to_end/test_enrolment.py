"""Who is in which class on a day, and the tree of organisations, where rosters are the registry: rosters of our own."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import registry
from tests.end_to_end import rosters
from tests.end_to_end.conftest import FIRST, SECOND, published, run

ORGS = """
    sourcedId,name,type,parentSourcedId
    ST,The state,state,
    D1,North,district,ST
    S1,First school,school,D1
    P1,Physics,department,S1
    S2,Second school,school,
"""
TREE = {
    ("900000", None, "district"), ("ST", "900000", "district"), ("D1", "ST", "district"), ("S1", "D1", "school"),
    ("S2", "900000", "school"),
}  # fmt: skip
ONEROSTER = {
    "orgs": ORGS,
    "academicSessions": """
        sourcedId,title,type,startDate,endDate,schoolYear
        T1,Fall,term,2025-08-15,2025-12-20,2026
        T2,Spring,term,2026-01-08,2026-06-12,2026
    """,
    "courses": "sourcedId,title,orgSourcedId\nK1,Mathematics,S1",
    "classes": """
        sourcedId,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds
        H1,Five A,05,K1,homeroom,S1,"T1, T2"
        C1,Music,,K1,scheduled,S1,T1
        C2,Art,,K1,scheduled,S2,T2
    """,
    "users": """
        sourcedId,orgSourcedIds,role,givenName,familyName,grades,identifier
        A,S1,student,Ann,Lee,05,1
        B,S1,student,Bea,Lee,05,2
        C,S2,student,Cy,Lee,06,3
        Z,S1,teacher,Zoe,Lee,,9
    """,
    "enrollments": """
        sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate
        1,,H1,S1,A,student,false,,
        2,,H1,S1,B,student,false,2025-09-01,
        3,,C1,S1,A,student,false,2025-08-15,2025-09-20
        4,,C1,S1,A,student,false,2025-10-10,
        5,,C1,S1,B,student,false,,
        6,,C2,S2,C,student,false,,2026-03-01
        7,tobedeleted,C2,S2,B,student,false,,
        8,,C1,S1,Z,teacher,true,,
        9,,C1,S1,Z,student,false,,
    """,
}
YEAR = rosters.each_day(date(2025, 8, 10), date(2026, 6, 20))


def oneroster(text: dict[str, str]) -> dict[str, list[rosters.Row]]:
    return {name: rosters.table(held) for name, held in text.items()}


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> tuple[Path, list[Path]]:
    """A lake after two nights, and both releases. On the second one has left a class, one came back to another grade,
    a day is corrected, and a class is renamed."""
    folder, releases = tmp_path_factory.mktemp("oneroster"), []
    changed = ONEROSTER | {
        "enrollments": ONEROSTER["enrollments"].replace("5,,C1,S1,B,student,false,,\n", "")
        .replace("B,student,false,2025-09-01", "B,student,false,2025-09-08"),
        "users": ONEROSTER["users"].replace("Cy,Lee,06", "Cy,Lee,07"),
        "classes": ONEROSTER["classes"].replace("Five A", "Five B"),
    }  # fmt: skip
    for day, text in ((FIRST, ONEROSTER), (SECOND, changed)):
        rosters.zipped(folder / str(day) / "oneroster" / "bundle.zip", oneroster(text))
        example = registry.HOUSE / "examples" / "oneroster"
        outcome = run(folder / "lake", folder / str(day), secret, day, registry=example)
        assert outcome["status"] == "published", outcome
        releases.append(Path(outcome["path"]))
    return folder / "lake", releases


def test_who_is_in_a_class_on_a_day_is_what_the_bundle_says(nights: tuple[Path, list[Path]]) -> None:
    root, (first, _) = nights
    expected = rosters.members(rosters.entries(oneroster(ONEROSTER)).values(), YEAR)
    assert rosters.released(root, first, YEAR) == expected
    assert {entry[1:] for entry in expected if entry[0] == FIRST} == {
        ("S1", "H1", "A"), ("S1", "H1", "B"), ("S1", "C1", "A"), ("S1", "C1", "B"),
    }  # fmt: skip


def test_one_who_left_was_there_until_the_night_and_a_corrected_day_counts(nights: tuple[Path, list[Path]]) -> None:
    root, (_, second) = nights
    held = rosters.entries(oneroster(ONEROSTER))
    held["5"] = (*held["5"][:4], SECOND)
    held["2"] = (*held["2"][:3], date(2025, 9, 8), held["2"][4])
    assert rosters.released(root, second, YEAR) == rosters.members(held.values(), YEAR)
    grades = published(second, "select grade, valid_from, valid_to from enrolment where class_code = 'C2' order by all")
    assert grades == [("07", date(2026, 1, 8), date(2026, 3, 1))]


def test_a_class_has_a_period_for_each_name_and_an_enrolment_says_whether_it_is_a_homeroom(
    nights: tuple[Path, list[Path]],
) -> None:
    _, (_, second) = nights
    told = published(second, "select class_code, name, kind, valid_from, valid_to from class order by all")
    assert told == [
        ("C1", "Music", "scheduled", date(2025, 8, 15), date(2025, 12, 20)),
        ("C2", "Art", "scheduled", date(2026, 1, 8), date(2026, 6, 12)),
        ("H1", "Five A", "homeroom", date(2025, 8, 15), SECOND),
        ("H1", "Five B", "homeroom", SECOND, date(2026, 6, 12)),
    ]
    assert published(second, "select distinct class_code, is_home from enrolment order by all") == [
        ("C1", False), ("C2", False), ("H1", True),
    ]  # fmt: skip


def test_districts_and_schools_stand_in_their_tree(nights: tuple[Path, list[Path]]) -> None:
    tree = "select organisation_code, parent_code, level from organisation"
    assert set(published(nights[1][0], tree)) == TREE


SDS = {
    "orgs": ORGS,
    "academicSessions": """
        sourcedId,title,type,schoolYear,startDate,endDate
        T1,Fall,term,2025,2025-08-15,2025-12-20
    """,
    "courses": "sourcedId,orgSourcedId,title\nK1,S1,Mathematics",
    "users": "sourcedId,username,givenName,familyName\nA,a,Ann,Lee\nB,b,Bea,Lee\nZ,z,Zoe,Lee",
    "roles": """
        userSourcedId,orgSourcedId,role,sessionSourcedId,grade,isPrimary,roleStartDate,roleEndDate
        A,S1,student,T1,05,true,,
        B,S1,student,T1,05,true,,
        Z,S1,teacher,T1,,true,,
    """,
    "classes": """
        sourcedId,orgSourcedId,title,sessionSourcedIds,courseSourcedId
        C1,S1,Music,T1,K1
        C2,S1,Art,,K1
    """,
    "enrollments": """
        classSourcedId,userSourcedId,role
        C1,A,student
        C1,B,student
        C2,B,student
        C1,Z,teacher
    """,
}


def test_school_data_sync_says_who_is_in_a_class_by_the_days_of_its_session(tmp_path: Path, secret: Path) -> None:
    inbox = tmp_path / "inbox" / "school_data_sync"
    inbox.mkdir(parents=True)
    for name, text in SDS.items():
        (inbox / f"{name}.csv").write_text(rosters.written(rosters.table(text)), encoding="utf-8")
    example = registry.HOUSE / "examples" / "school_data_sync"
    outcome = run(tmp_path / "lake", inbox.parent, secret, FIRST, registry=example)
    assert outcome["status"] == "published", outcome
    found = rosters.released(tmp_path / "lake", Path(outcome["path"]), YEAR)
    # the last day of a session is in it
    fall, ever = (date(2025, 8, 15), date(2025, 12, 21)), (FIRST, date(9999, 1, 1))
    held = [("S1", "C1", "A", *fall), ("S1", "C1", "B", *fall), ("S1", "C2", "B", *ever)]
    assert found == rosters.members(held, YEAR)
    tree = "select organisation_code, parent_code, level from organisation"
    assert set(published(Path(outcome["path"]), tree)) == TREE
