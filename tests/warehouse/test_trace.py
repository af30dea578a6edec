"""One record: any identifier goes in, its values come out as they may be shown, each with where it stands."""

from __future__ import annotations

import json
import shutil
import stat
from datetime import UTC, date, datetime

import pytest

from registry import Register
from warehouse import trace
from warehouse.disclosure import pseudonyms, secret
from warehouse.disclosure.value_display import Showing
from warehouse.errors import QueryError
from warehouse.lake import Lake, connect_lake
from warehouse.report import Report
from warehouse.tables import raw_tables, register_tables

AT = datetime(2025, 10, 16, 9, 30, tzinfo=UTC)
SECRET = bytes(range(32))
NUMBER, CHANGED, TWIN = "L329901201201010012", "G329901201201010017", "G329901201201010025"
ID = "329901201201010017"
UID, OTHER = f"student_number:{NUMBER}", f"student_number:{TWIN}"
STUDENTS, EXAMS, FITNESS = "student_registry/students", "exams/results", "fitness/results"
SCHOOL = "3132990001"
TABLES = [
    f"""create table lake.conformed.students as select * from (values
        ('{UID}', '{STUDENTS}', '{NUMBER}', '{STUDENTS}', '张三', '{STUDENTS}', date '2012-01-01', '{STUDENTS}',
         '{ID}', '{STUDENTS}', '{SCHOOL}', '{STUDENTS}', '男生', '{FITNESS} (borrowed)', null, null,
         {{'{STUDENTS}': 'd1#7', '{EXAMS}': 'd#2#3', '{FITNESS}': 'd3#4'}}),
        ('{OTHER}', '{STUDENTS}', '{TWIN}', '{STUDENTS}', '张四', '{STUDENTS}', date '2012-01-01', '{STUDENTS}',
         null, null, '{SCHOOL}', '{STUDENTS}', null, null, null, null, {{'{STUDENTS}': 'd1#8'}})
    ) as s(student_uid, created_by, number, number_source, name, name_source, birth_date, birth_date_source, id_number,
        id_number_source, school, school_source, sex, sex_source, ethnicity, ethnicity_source, provenance)""",
    f"""create table lake.conformed.student_alias as select * from (values
        ('{UID}', 'student_number', '{NUMBER}', '{STUDENTS}', date '2025-10-14'),
        ('{UID}', 'student_number', '{CHANGED}', '{STUDENTS}', date '2025-10-15'),
        ('{UID}', 'id_number', '{ID}', '{STUDENTS}', date '2025-10-14'),
        ('{UID}', 'platform_a', '77', 'homework_a/records', date '2025-10-15'),
        ('{OTHER}', 'student_number', '{TWIN}', '{STUDENTS}', date '2025-10-14'),
        ('{OTHER}', 'platform_b', '77', 'homework_b/records', date '2025-10-15'),
        ('student_number:gone', 'student_number', 'GONE', '{STUDENTS}', date '2025-10-14')
    ) as a(student_uid, namespace, identifier, feed, known_from)""",
    f"""create table lake.conformed.discrepancies as select * from (values
        ('student', 'student.name', '{UID}', '{STUDENTS}', '{EXAMS}', '张三', '张叁', 'name', 'd#2', 3,
         date '2025-10-14', null),
        ('student', 'student.birth_date', '{UID}', '{STUDENTS}', '{FITNESS}', '2012-01-01', '2011-01-01', 'birth_date',
         'd3', 4, date '2025-10-14', date '2025-10-15'),
        ('student', 'student.name', '{OTHER}', '{STUDENTS}', '{EXAMS}', '张四', '张肆', 'name', 'd#2', 4,
         date '2025-10-14', null)
    ) as l(entity, element_id, record_uid, owner_source, copy_source, owner_value, copy_value, copy_column,
        _delivery_id, _row_number, first_seen, closed_on)""",
    f"""create table lake.conformed.problems as select * from (values
        ('{STUDENTS}', 'type_phone', 'cell', 'phone', '13800138', '{CHANGED}', 'd1', 7, '改', 'Mend.',
         date '2025-10-14', null),
        ('{STUDENTS}', 'type_date', 'cell', 'phone', '1', '{NUMBER}', 'd1', 7, '改', 'Mend.', date '2025-10-14',
         date '2025-10-15'),
        ('assets/devices', 'type_date', 'cell', 'bought', '1', '77', 'd9', 7, '改', 'Mend.', date '2025-10-14', null)
    ) as p(feed, rule, severity, column_name, value, row_key, _delivery_id, _row_number, remedy_zh, remedy_en,
        first_seen, closed_on)""",
    """create table lake.intake.delivery as select * from (values
        ('d1', 'student_registry/3132990001.xlsx', '', date '2025-10-14'),
        ('d#2', 'exams/m1.zip', 'g7.xlsx', date '2025-10-15')) as d(delivery_id, file_name, member, night)""",
    """create table lake.conformed.element_owners as
        select element as element_id, source as owners from lake.register.authority""",
    """create table lake.marts.completeness as select date '2025-10-15' as night""",
    f"""create table lake.conformed.schools as select '{SCHOOL}' as school_code,
        'school_registry/schools' as created_by, '第一小学' as name, 'school_registry/schools' as name_source,
        null::varchar as uscc, null::varchar as uscc_source,
        {{'school_registry/schools': 'd5#2'}} as provenance""",
    f"""create table lake.conformed.school_alias as select * from (values
        ('{SCHOOL}', 'school_code', '3132990777'), ('{SCHOOL}', 'school_name', '旧小学')
    ) as a(school_code, namespace, identifier)""",
    f"""create table lake.conformed.person_rows as select * from (values
        ('student', '{UID}', '{STUDENTS}', '{SCHOOL}', date '2025-10-13', date '2025-10-14', 'd0', 6),
        ('student', '{UID}', '{STUDENTS}', '{SCHOOL}', date '2025-10-14', null, 'd1', 7),
        ('student', '{UID}', 'attendance/events', '20251014', date '2025-10-15', null, 'd#2', 3),
        ('student', '{OTHER}', '{STUDENTS}', '{SCHOOL}', date '2025-10-14', null, 'd1', 8)
    ) as r(entity, uid, feed, slice, known_from, known_to, _delivery_id, _row_number)""",
    f"""insert into lake.raw.student_registry__students
        (student_number, name, sex, birth_date, phone, _delivery_id, _row_number) values
        ('{NUMBER}', '张三', '男生', '2012.01.01', '13800138', 'd1', 7),
        ('{NUMBER}', '张三', '男', '2012', null, 'd0', 6)""",
]


@pytest.fixture(scope="module")
def filled(empty_lake: Lake, register: Register, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake = Lake(shutil.copytree(empty_lake.root, tmp_path_factory.mktemp("trace") / "lake"))
    with connect_lake(lake) as connection:
        register_tables.write(connection, register)
        raw_tables.ensure_raw(connection, [register.feed(STUDENTS)])
        for sql in TABLES:
            connection.execute(sql)
        pseudonyms.prepare_pseudonyms(
            connection, SECRET, secret.fingerprint(SECRET), [f"select '', unnest(['{UID}', '{OTHER}'])"]
        )
    return lake


def told(lake: Lake, key: str, entity: str = "student", **how) -> Report:
    return trace.trace_record(lake, entity, key, AT, Showing(**how))


def texts(report: Report) -> str:
    return json.dumps(report.as_dict(), ensure_ascii=False, default=str)


def values(report: Report) -> dict[str, dict]:
    return {row["element"]: row for row in report.part("values").dicts()}


KEY = pseudonyms.hmac_sm3(SECRET)(UID)


@pytest.mark.parametrize(
    "given", [KEY, KEY.upper(), UID, NUMBER, NUMBER.lower(), CHANGED, f"id_number:{ID}", ID, f" {ID} ", "platform_a:77"]
)
def test_any_identifier_leads_to_the_record_and_none_comes_out(filled: Lake, given: str) -> None:
    report = told(filled, given)
    assert report.facts == {"record": "student", "key": KEY, "created_by": STUDENTS, "as_of": date(2025, 10, 15)}
    for hidden in (NUMBER, CHANGED, ID, "张三", "张叁", "2012-01-01", "2011-01-01", "13800138"):
        assert hidden not in texts(report)
    assert not filled.access_log.exists()


def test_each_value_has_its_owner_its_file_its_row_and_its_night(filled: Lake) -> None:
    found = values(told(filled, UID))
    row = found["student.birth_date"]
    assert (row["value"], row["shown"], row["state"], row["feed"]) == (2012, "generalise_to_year", "owner", STUDENTS)
    assert (row["file"], row["row"], row["delivery"]) == ("student_registry/3132990001.xlsx", 7, "d1")
    assert row["loaded"] == date(2025, 10, 14)
    assert (found["student.school"]["value"], found["student.name"]["value"]) == (SCHOOL, None)


def test_every_row_that_speaks_of_it_is_told_the_newest_first_and_what_may_be_shown_of_it(filled: Lake) -> None:
    report = told(filled, UID)
    columns = ("feed", "slice", "state", "until", "delivery", "row", "read")
    assert [tuple(row[c] for c in columns) for row in report.part("records").dicts()] == [
        ("attendance/events", "20251014", "current", None, "d#2", 3, None),
        (STUDENTS, SCHOOL, "current", None, "d1", 7, {"sex": "男生", "birth_date": "2012"}),
        (STUDENTS, SCHOOL, "earlier", date(2025, 10, 14), "d0", 6, {"sex": "男"}),
    ]
    assert report.part("feeds").rows == (("attendance/events", 1, 0, 1), (STUDENTS, 1, 1, 2))
    assert "left_off" not in report.as_dict()


def test_of_each_feed_as_many_rows_are_told_as_are_asked_for_and_the_others_are_counted(filled: Lake) -> None:
    report = told(filled, UID, limit=1)
    assert [row["delivery"] for row in report.part("records").dicts()] == ["d#2", "d1"]
    assert (report.part("records").left_off, report.as_dict()["left_off"]) == (1, {"records": 1})
    assert report.part("feeds").rows == (("attendance/events", 1, 0, 1), (STUDENTS, 1, 1, 1))


def test_a_borrowed_and_a_missing_value_say_so(filled: Lake) -> None:
    found = values(told(filled, UID))
    borrowed, missing = found["student.sex"], found["student.ethnicity"]
    assert (borrowed["state"], borrowed["feed"], borrowed["value"]) == ("borrowed", FITNESS, "男生")
    assert (borrowed["delivery"], borrowed["row"], borrowed["file"]) == ("d3", 4, None)
    assert (missing["state"], missing["feed"], missing["value"], missing["row"]) == ("missing", STUDENTS, None, None)


def test_copies_that_differ_are_told_open_ones_first_with_where_they_stand(filled: Lake) -> None:
    rows = told(filled, UID).part("differences").dicts()
    assert [(r["element"], r["status"], r["copy"], r["file"], r["member"], r["row"]) for r in rows] == [
        ("student.name", "open", EXAMS, "exams/m1.zip", "g7.xlsx", 3),
        ("student.birth_date", "resolved", FITNESS, None, None, 4),
    ]
    assert (rows[1]["owner_value"], rows[1]["copy_value"]) == (2012, 2011)


def test_the_open_problems_of_its_own_rows_are_told_masked(filled: Lake) -> None:
    rows = told(filled, UID).part("problems").dicts()
    assert [(r["feed"], r["column"], r["value"], r["since"]) for r in rows] == [
        (STUDENTS, "phone", "1*******", date(2025, 10, 14))
    ]


def test_in_full_only_with_a_line_in_the_access_log(filled: Lake) -> None:
    report = told(filled, CHANGED, identified=True)
    found = values(report)
    assert (found["student.name"]["value"], found["student.birth_date"]["value"]) == ("张三", date(2012, 1, 1))
    assert {row["identifier"] for row in report.part("aliases").dicts()} == {NUMBER, CHANGED, ID, "77"}
    (line,) = [json.loads(text) for text in filled.access_log.read_text().splitlines()]
    assert (line["what"], line["record"], line["at"]) == ("trace student", UID, "2025-10-16T09:30:00+00:00")
    assert line["who"]
    assert stat.S_IMODE(filled.access_log.stat().st_mode) == 0o600
    filled.access_log.unlink()


def test_where_the_log_cannot_be_written_nothing_is_shown(filled: Lake) -> None:
    filled.access_log.mkdir()
    with pytest.raises(QueryError, match=r"cannot be written .* so nothing is shown in full"):
        told(filled, UID, identified=True)
    filled.access_log.rmdir()


def test_an_identifier_of_two_people_is_refused_with_their_keys(filled: Lake) -> None:
    with pytest.raises(QueryError) as refused:
        told(filled, "77")
    said = str(refused.value)
    assert said.startswith("That identifier belongs to 2 students: ask for one by its key: ")
    assert KEY in said
    assert NUMBER not in said


@pytest.mark.parametrize(("key", "said"), [("nobody", "No student of this lake"), ("GONE", "is known, but no")])
def test_a_record_that_is_not_there_is_one_sentence_without_the_identifier(filled: Lake, key: str, said: str) -> None:
    with pytest.raises(QueryError, match=said) as refused:
        told(filled, key)
    assert key not in str(refused.value)


@pytest.mark.parametrize("given", [SCHOOL, "第一小学", "3132990777", "旧 小学"])
def test_a_school_is_found_by_its_codes_and_its_names(filled: Lake, given: str) -> None:
    assert told(filled, given, "school").facts["key"] == SCHOOL
    assert values(told(filled, "第一小学", "school"))["school.name"]["value"] == "第一小学"


def test_a_lake_without_such_records_is_one_sentence(filled: Lake) -> None:
    with pytest.raises(QueryError, match="holds no teacher yet: run 'shuyuan night' first"):
        told(filled, "1", "teacher")
