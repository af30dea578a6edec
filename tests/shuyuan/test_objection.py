"""An objection from the first word to the last, as the people of a bureau type it."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

import registry
from tests import bureau_secret
from tests.shuyuan.conftest import Desk
from warehouse.disclosure import secret
from warehouse.disclosure.pseudonyms import PSEUDONYM_TABLE as PSEUDONYMS
from warehouse.disclosure.pseudonyms import hmac_sm3
from warehouse.lake import Lake, connect_lake, create_lake
from warehouse.records import disputed_values
from warehouse.tables import register_tables

UID, NUMBER, ID_NUMBER = "student_number:L3299012012010100X", "L3299012012010100X", "110101201403071232"
STUDENTS = """
    create or replace table lake.conformed.students as select * from (values
        ('student_number:L3299012012010100X', date '2014-03-07', 'oneroster/demographics', '3132990001'),
        ('student_number:other', date '2013-01-01', 'oneroster/demographics', '3132990001')
    ) as t (student_uid, birth_date, birth_date_source, school)"""
ALIASES = """
    create table lake.conformed.student_alias as select * from (values
        ('student_number:L3299012012010100X', 'student_number', 'L3299012012010100X'),
        ('student_number:L3299012012010100X', 'id_number', '110101201403071232'),
        ('student_number:L3299012012010100X', 'account', 'li'), ('student_number:other', 'card', 'li')
    ) as t (student_uid, namespace, identifier)"""


class Bureau:
    """A register of its own, a lake with two students, and the desk that is asked about both."""

    def __init__(self, folder: Path, desk: Desk) -> None:
        self.register, self.lake, self._desk = folder / "registry", Lake(folder / "lake"), desk
        shutil.copytree(registry.HOUSE / "examples" / "oneroster", self.register)  # small, so that it is read quickly
        create_lake(self.lake)
        with connect_lake(self.lake) as connection:
            register_tables.write(connection, registry.load(self.register))
        self.run(STUDENTS, ALIASES, "create table lake.conformed.schools as select '3132990001' as school_code")
        self.secret = bytes.fromhex(bureau_secret.written_in(folder).read_text())

    def run(self, *statements: str) -> None:
        with connect_lake(self.lake) as connection:
            for statement in statements:
                connection.execute(statement)

    def night(self, day: date) -> None:
        """What a night does with objections: it keeps the pseudonyms, and looks at what was corrected."""
        with connect_lake(self.lake) as connection:
            connection.execute(
                f"create table if not exists {PSEUDONYMS} as select ? as fingerprint, ? as value, ? as pseudonym",
                [secret.fingerprint(self.secret), UID, self.key],
            )
            disputed_values.note_corrections(connection, registry.load(self.register), day, self.secret)

    @property
    def key(self) -> str:
        return hmac_sm3(self.secret)(UID)

    @property
    def file(self) -> Path:
        return self.register / "objections" / "2025-0001.yml"

    def says(self, *words: str, code: int = 0) -> str:
        result = self._desk("objection", *words, "--registry", self.register, "--lake", self.lake.root)
        assert result.exit_code == code, result.output
        return result.stdout if code == 0 else result.stderr.strip()

    def opens(self, record: str, element: str = "student.birth_date", code: int = 0) -> str:
        told = ("--by", "第一初级中学", "--note", "户口簿上是六日", "--date", "2025-10-15")
        return self.says("open", element, record, *told, code=code)

    def takes(self, step: str, day: str, code: int = 0) -> str:
        return self.says(step, "2025-0001", "--by", "学籍科", "--date", day, code=code)

    def listed(self, *words: str, day: str) -> list[dict[str, Any]]:
        return json.loads(self.says("list", "--format", "json", "--date", day, *words))


@pytest.fixture
def bureau(tmp_path: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    monkeypatch.setenv("SHUYUAN_SECRET_FILE", str(tmp_path / "secret.key"))
    return Bureau(tmp_path, desk)


def test_a_corrected_objection_is_closed_only_after_the_owner_has_delivered_another_value(bureau: Bureau) -> None:
    said = bureau.opens(ID_NUMBER)
    assert said == (
        "The objection 2025-0001 to student.birth_date was raised on 2025-10-15 by 第一初级中学; "
        "the next step is due by 2025-10-22.\n"
    )
    told = yaml.safe_load(bureau.file.read_text(encoding="utf-8"))
    assert told["record"] == bureau.key
    assert not any(text in bureau.file.read_text(encoding="utf-8") for text in (NUMBER, ID_NUMBER, "2014", "03-07"))

    assert bureau.listed(day="2025-10-22")[0]["overdue"] is False
    late = bureau.listed("--overdue", day="2025-10-23")[0]
    assert (late["waits_for"], late["of"], late["due"]) == ("acceptance", "roster office", "2025-10-22")

    for step in ("accept", "verify", "correct"):
        bureau.takes(step, "2025-10-16")
    bureau.night(date(2025, 10, 16))
    assert bureau.listed(day="2025-10-17")[0]["waits_for"] == "the owner's delivery"
    assert bureau.takes("close", "2025-10-17", code=1) == (
        "The objection 2025-0001 waits for the owner's delivery: the lake still holds the disputed student.birth_date; "
        "close it once a night has loaded another value from oneroster/demographics."
    )

    bureau.run(STUDENTS.replace("2014-03-07", "2014-03-06"))
    bureau.night(date(2025, 10, 20))
    bureau.night(date(2025, 10, 21))
    assert bureau.listed(day="2025-10-21")[0]["waits_for"] == "closing: another value came on 2025-10-20"
    bureau.takes("close", "2025-10-21")
    assert bureau.listed(day="2025-10-21") == []
    shown = bureau.says("show", "2025-0001").splitlines()
    assert [line.split()[1] for line in shown[2:]] == ["raised", "accepted", "verified", "corrected", "closed"]
    assert "户口簿上是六日" in shown[2]


def test_a_value_that_comes_back_is_waited_for_again(bureau: Bureau) -> None:
    bureau.opens(UID)
    for step in ("accept", "verify", "correct"):
        bureau.takes(step, "2025-10-16")
    bureau.run(STUDENTS.replace("2014-03-07", "2014-03-06"))
    bureau.night(date(2025, 10, 17))
    bureau.run(STUDENTS)
    bureau.night(date(2025, 10, 18))
    assert "waits for the owner's delivery" in bureau.takes("close", "2025-10-20", code=1)


def test_a_value_that_the_source_maintains_is_closed_as_it_is(bureau: Bureau) -> None:
    bureau.night(date(2025, 10, 14))
    bureau.opens(bureau.key)  # named as in a release
    for step in ("accept", "verify", "maintain", "close"):
        bureau.takes(step, "2025-10-16")
    assert bureau.listed("--all", day="2025-10-17")[0]["state"] == "closed"


@pytest.mark.parametrize(
    ("record", "element", "said"),
    [
        ("L0000", "student.birth_date", "No student of this lake is known by that identifier"),
        ("li", "student.birth_date", "That identifier belongs to 2 students: ask for one by its key"),
        (NUMBER, "student.grade", "The lake holds no student.grade"),
    ],
)
def test_a_record_that_is_not_found_leaves_no_file(bureau: Bureau, record: str, element: str, said: str) -> None:
    sentence = bureau.opens(record, element, code=1)
    assert said in sentence
    assert record not in sentence
    assert not bureau.file.exists()


def test_a_school_is_named_by_its_public_code(bureau: Bureau) -> None:
    bureau.opens("3132990001", "school.code")
    assert yaml.safe_load(bureau.file.read_text(encoding="utf-8"))["record"] == "3132990001"


def test_an_account_of_two_systems_is_told_apart_by_its_namespace(bureau: Bureau) -> None:
    bureau.opens("account:li")
    assert yaml.safe_load(bureau.file.read_text(encoding="utf-8"))["record"] == bureau.key


def test_an_element_that_nobody_can_object_to_is_refused_with_those_that_are(bureau: Bureau) -> None:
    assert "student.birth_date" in bureau.opens(NUMBER, "student.birthday", code=2)


def test_the_responsibility_list_is_printed_in_every_form(desk: Desk) -> None:
    ask = ("responsibilities", "--office", "发展规划处", "--date", "2025-10-15", "--format")
    assert len(desk(*ask, "csv").stdout.splitlines()) == 1 + len(json.loads(desk(*ask, "json").stdout))
    assert "school.name" in desk(*ask, "table").stdout
    assert "is no office of the register: give one of" in desk("responsibilities", "--office", "某处").stderr
