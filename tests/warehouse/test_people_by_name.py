"""A clerk has a number, or a name and a school: who is meant, what is said where several are, and who is told of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from stat import S_IMODE

import pytest

from registry import Register
from warehouse.disclosure import pseudonyms
from warehouse.disclosure.value_display import Showing
from warehouse.errors import QueryError
from warehouse.lake import NOBODY, Lake, Readers, connect_lake
from warehouse.records.addressed_file import write_addressed
from warehouse.records.people_by_name import Person, class_members, find_person, find_school
from warehouse.tables import register_tables

AT = datetime(2025, 10, 16, 9, 30, tzinfo=UTC)
SECRET = b"7" * 32
A, B, C = "student_number:G1", "student_number:G2", "student_number:G3"
FIRST, SECOND = "3132990001", "3132990002"
TABLES = [
    f"""create table lake.conformed.students as select * from (values
        ('{A}', '王小明', 'G1', '{FIRST}', '7', '2101'), ('{B}', '王小明', 'G2', '{SECOND}', '8', '2201'),
        ('{C}', '李四', 'G3', '{FIRST}', '7', '2101')
    ) as s(student_uid, name, number, school, grade, class)""",
    f"""create table lake.conformed.student_alias as select * from (values
        ('{A}', 'student_number', 'G1'), ('{B}', 'student_number', 'G2'), ('{C}', 'student_number', 'G3')
    ) as a(student_uid, namespace, identifier)""",
    f"""create table lake.conformed.schools as select * from (values
        ('{FIRST}', '第一中学', 'U1'), ('{SECOND}', '第二中学', 'U2')) as s(school_code, name, uscc)""",
    f"""create table lake.conformed.school_alias as select '{FIRST}' as school_code, 'school_name' as namespace,
        '老一中' as identifier""",
]


@pytest.fixture
def filled(lake: Lake, register: Register) -> Lake:
    with connect_lake(lake) as connection:
        register_tables.write(connection, register)
        for sql in TABLES:
            connection.execute(sql)
    return lake


def ask(lake: Lake, key: str, school: str | None = None, identified: bool = False) -> Person:
    return find_person(lake, "student", key, AT, school, Showing(identified, SECRET))


def key_of(uid: str) -> str:
    return pseudonyms.hmac_sm3(SECRET)(uid)


@pytest.mark.parametrize(
    ("key", "school", "uid"),
    [("G2", None, B), ("李四", None, C), ("王小明", FIRST, A), ("王小明", "第二中学", B), (" 王小明 ", "老一中", A)],
)
def test_a_person_is_found_by_number_or_by_name_and_school(filled: Lake, key: str, school: str, uid: str) -> None:
    assert ask(filled, key, school) == Person(uid, key_of(uid))
    assert not filled.access_log.exists()


def test_a_person_is_found_by_the_key_of_a_release(filled: Lake) -> None:
    from warehouse.disclosure import secret

    with connect_lake(filled) as connection:
        wanted = [f"select '', unnest(['{A}'])"]
        pseudonyms.prepare_pseudonyms(connection, SECRET, secret.fingerprint(SECRET), wanted)
    assert ask(filled, key_of(A)).uid == A


def test_several_of_a_name_are_told_apart_without_naming_them(filled: Lake) -> None:
    with pytest.raises(QueryError) as refused:
        ask(filled, "王小明", identified=True)
    told = str(refused.value)
    assert "2 students have that name: ask for one by its key or number, or say the school with --school" in told
    assert f"{key_of(A)} (school {FIRST}, grade 7, class 2101)" in told
    assert [
        hidden for hidden in ("王小明", "G1", "G2") if hidden in told.replace(key_of(A), "").replace(key_of(B), "")
    ] == []
    assert not filled.access_log.exists()


def test_nobody_of_a_name_and_no_such_school_are_sentences(filled: Lake) -> None:
    with pytest.raises(QueryError, match="No student of this lake"):
        ask(filled, "赵六")
    with pytest.raises(QueryError, match="No school of this lake"):
        ask(filled, "王小明", "第九中学")


def test_names_are_given_once_the_access_log_says_so(filled: Lake) -> None:
    assert ask(filled, "G1", identified=True) == Person(A, key_of(A), "王小明", "G1")
    members = class_members(filled, FIRST, "2101", AT, SECRET)
    assert [(one.name, one.number, one.key) for one in members] == [
        ("王小明", "G1", key_of(A)),
        ("李四", "G3", key_of(C)),
    ]
    lines = [json.loads(line) for line in filled.access_log.read_text().splitlines()]
    assert [(line["what"], line["record"]) for line in lines] == [("file student", A), ("file class", f"{FIRST}:2101")]


def test_names_are_withheld_where_the_access_log_cannot_be_written(filled: Lake) -> None:
    filled.access_log.mkdir()
    with pytest.raises(QueryError, match="nothing is shown in full"):
        ask(filled, "G1", identified=True)


def test_a_school_is_found_by_its_former_name(filled: Lake) -> None:
    assert find_school(filled, "老一中") == FIRST


def test_a_file_with_names_is_for_the_user_of_the_lake_and_its_addressee(lake: Lake) -> None:
    path = write_addressed(lake, FIRST, "student-1.html", "王小明", NOBODY)
    assert path == lake.outbox / FIRST / "student-1.html"
    assert path.read_text(encoding="utf-8") == "王小明"
    assert (S_IMODE(path.stat().st_mode), S_IMODE(path.parent.stat().st_mode)) == (0o600, 0o700)
    group = path.stat().st_gid
    shared = write_addressed(lake, "exams", "class.html", "", Readers(offices={"exams": group}))
    assert S_IMODE(shared.stat().st_mode) == 0o640


@pytest.mark.parametrize("addressee", ["", "  ", "..", ".hidden", "alerts"])
def test_what_is_no_addressee_gets_nothing(lake: Lake, addressee: str) -> None:
    before = sorted(lake.outbox.rglob("*"))
    with pytest.raises(QueryError, match="no addressee"):
        write_addressed(lake, addressee, "a.html", "", NOBODY)
    assert sorted(lake.outbox.rglob("*")) == before


def test_an_addressee_is_one_folder_whatever_stands_in_its_name(lake: Lake) -> None:
    path = write_addressed(lake, "基础教育处/../releases", "a.html", "", NOBODY)
    assert path.parent == lake.outbox / "基础教育处%2F..%2Freleases"
    assert Path(lake.outbox) in path.resolve().parents
