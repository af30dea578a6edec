"""The identity queue, as the data engineer sees it: masked, counted, with the line that decides."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import pytest

from registry import Register
from warehouse.disclosure import pseudonyms
from warehouse.disclosure.value_display import Showing
from warehouse.errors import QueryError
from warehouse.lake import Lake, connect_lake
from warehouse.records.identity_queue import identity_queue
from warehouse.report import Report
from warehouse.tables import register_tables

AT = datetime(2025, 10, 16, 9, 30, tzinfo=UTC)
SECRET = b"7" * 32
A, B = "student_number:G329901201201010017", "student_number:G329901201201010025"
HOMEWORK = "homework_a/records"
LINE = f"student,same,#77,{A},2025-10-15,WHO,WHY"
TABLES = [
    f"""create table lake.conformed.identity_queue as select * from (values
        ('student', '{HOMEWORK}', '3132990001', 'suspicious_match', '#77', '张三丰', 'G329901201201010033', '{A}',
         'the name differs', 0.4, 'd1', 7, '{LINE}'),
        ('student', 'student_registry/students', '3132990002', 'suspicious_match', '{B}', null, null, '{A}',
         'id_number stands beside two people', null, null, null, 'student,same,{B},{A},2025-10-15,WHO,WHY')
    ) as q(entity, feed, organisation_code, rule, record, name, identifier, person, reason, probability, _delivery_id,
        _row_number, line)""",
    f"""create table lake.conformed.problems as select * from (values
        ('{HOMEWORK}', 'suspicious_match', 'G329901201201010033', date '2025-10-13', null),
        ('{HOMEWORK}', 'suspicious_match', 'G329901201201010033', date '2025-10-01', date '2025-10-05')
    ) as p(feed, rule, row_key, first_seen, closed_on)""",
    """create table lake.intake.delivery as
        select 'd1' as delivery_id, 'a.csv' as file_name, '' as member, date '2025-10-13' as night""",
]


@pytest.fixture
def filled(lake: Lake, register: Register) -> Lake:
    with connect_lake(lake) as connection:
        register_tables.write(connection, register)
        for sql in TABLES:
            connection.execute(sql)
    return lake


def entries(report: Report) -> list[dict[str, Any]]:
    return report.part("queue").dicts()


def test_each_record_stands_beside_the_person_it_may_be_masked_with_why_since_when_and_where(filled: Lake) -> None:
    report = identity_queue(filled, AT, showing=Showing(secret=SECRET))
    assert report.facts["waiting"] == 2
    assert report.part("counts").rows == (
        ("student", "suspicious_match", HOMEWORK, 1), ("student", "suspicious_match", "student_registry/students", 1),
    )  # fmt: skip
    first, second = entries(report)
    key = pseudonyms.hmac_sm3(SECRET)
    assert (first["record"], first["person"], first["reason"]) == ("#77", key(A), "the name differs")
    assert (first["since"], first["file"], first["row"]) == (date(2025, 10, 13), "a.csv", 7)
    assert (first["name"], first["line"]) == ("张**", None)
    assert (second["record"], second["person"], second["since"]) == (key(B), key(A), None)
    told = json.dumps(report.as_dict(), ensure_ascii=False, default=str)
    assert [hidden for hidden in (A[15:], B[15:], "G329901201201010033", "张三丰") if hidden in told] == []
    assert not filled.access_log.exists()


def test_the_line_that_decides_names_the_person_and_stands_with_the_identifiers_in_full_alone(filled: Lake) -> None:
    report = identity_queue(filled, AT, feed=HOMEWORK, showing=Showing(identified=True))
    assert [(entry["name"], entry["line"]) for entry in entries(report)] == [("张三丰", LINE)]
    (line,) = [json.loads(text) for text in filled.access_log.read_text().splitlines()]
    assert (line["what"], line["record"]) == ("identities", "1 entries of the identity queue")


def test_a_part_of_the_queue_says_how_many_it_leaves_off(filled: Lake) -> None:
    report = identity_queue(filled, AT, showing=Showing(limit=1))
    assert (report.facts["waiting"], len(entries(report)), report.part("queue").left_off) == (2, 1, 1)
    assert len(entries(identity_queue(filled, AT, organisation="3132990002"))) == 1


def test_a_lake_without_a_queue_is_one_sentence(lake: Lake) -> None:
    with pytest.raises(QueryError, match="has no identity queue yet: run 'shuyuan night' first"):
        identity_queue(lake, AT)
