"""What leaves the lake is what the register and the model allow, value by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from registry import Register
from registry.derived import words
from warehouse.disclosure.mart_docs import ColumnDoc, MartDoc
from warehouse.disclosure.policy import released_columns
from warehouse.disclosure.value_display import Showing, ValueDisplay
from warehouse.errors import ReleaseError

Release = Callable[..., Any]


@pytest.fixture
def names(register: Register) -> Release:
    """Release one text of a mart of files, in the slice `part`; a short name is shown as <column:text>."""

    def one(text: str, policy: str, part: str = "", column: str = "v") -> Any:
        docs = {column: ColumnDoc(column, "", release=policy), "slice": ColumnDoc("slice", "", release="drop")}
        released = released_columns(MartDoc("m", "", docs), {column: "VARCHAR", "slice": "VARCHAR"}, register)
        with duckdb.connect() as connection:
            connection.execute("create macro short_name(kind, value) as '<' || kind || ':' || value || '>'")
            query = f"select {released[0].sql} from (select ? as {column}, ? as slice) as mart"
            (shown,) = connection.execute(query, [text, part]).fetchone() or (None,)
        return shown

    return one


@pytest.mark.parametrize(
    ("text", "policy", "part", "expected"),
    [
        ("a/张三.xlsx", "file_name", "", "<v:a/张三.xlsx>.xlsx"),
        ("a/张三.CSV.gz", "file_name", "3132990001", "3132990001/<v:a/张三.CSV.gz>.csv.gz"),
        ("a/b.13800138000", "file_name", "张三/3132990001", "<v:a/b.13800138000>"),
        ("张三", "file_name", "20251015", "20251015/<v:张三>"),
        ("", "file_name", "20251015", None),
        ("330282201509010037", "words", "", "<v:330282201509010037>"),
        ("2025-2026-1-m1-g4/14/3132990001", "words", "", "2025-2026-1-m1-g4/14/3132990001"),
        ("张三/3132990001", "words", "", "<v:张三/3132990001>"),
        ("2025-2026-1", "words", "", "2025-2026-1"),
        ("birth_date", "words", "", "birth_date"),
        ("出生日期", "words", "", "出生日期"),
        ("", "words", "", None),
        ("d1", "short_name", "", "<v:d1>"),
    ],
)
def test_a_name_leaves_the_lake_as_the_register_says_it_or_not_at_all(
    names: Release, text: str, policy: str, part: str, expected: str | None
) -> None:
    assert names(text, policy, part) == expected


@pytest.mark.parametrize("text", ["20251015", "２０２５", "20２５-20２６-１", "٣", "20251015\n", "2025-2026"])
def test_a_number_is_the_same_to_the_release_and_to_a_report(names: Release, register: Register, text: str) -> None:
    assert (names(text, "words") == text) is words.are_said(text, words.words(register))


@pytest.fixture
def released(register: Register) -> Release:
    """Release one value of a mart that has `element_id` besides; a pseudonym is shown as <value>."""

    def one(value: str, sql_type: str = "VARCHAR", element_id: str = "", **meta: str) -> Any:
        mart = MartDoc("m", "", {"v": ColumnDoc("v", "", **meta), "element_id": ColumnDoc("element_id", "")})
        columns = released_columns(mart, {"v": sql_type, "element_id": "VARCHAR"}, register)
        if columns[0].name == "element_id":
            return "left out"
        sql = columns[0].sql.replace("{pseudonym}", f"('<' || ({columns[0].pseudonym_of}) || '>')")
        row = duckdb.execute(
            f"select {sql} from (select cast(? as {sql_type}) as v, ? as element_id) as mart",
            [value, element_id],
        ).fetchone()
        return row[0] if row else None

    return one


@pytest.fixture(scope="module")
def coarser(register: Register) -> Register:
    """The register of a bureau that shows no class and no rare ethnicity, title or post."""
    policies = dict.fromkeys(("student.ethnicity", "teacher.title", "teacher.post"), "generalise_to_broader")
    policies |= {"student.class": "empty"}
    elements = tuple(e.model_copy(update={"release": policies.get(e.id, e.release)}) for e in register.elements)
    return register.model_copy(update={"elements": elements})


@pytest.mark.parametrize(
    ("value", "sql_type", "policy", "expected"),
    [
        ("张三", "VARCHAR", "keep", "张三"),
        ("2015-09-30", "DATE", "generalise_to_year", 2015),
        ("2015-09-30 23:59:00", "TIMESTAMP", "generalise_to_year", 2015),
        ("2015", "BIGINT", "generalise_to_year", 2015),
        ("2015-09-30", "VARCHAR", "generalise_to_year", 2015),
        ("30/9/2015", "VARCHAR", "generalise_to_year", None),
        ("张", "VARCHAR", "mask", "*"),
        ("张小明", "VARCHAR", "mask", "张**"),
        ("李明：2 hidden rows", "VARCHAR", "mask", "李" + 15 * "*"),
        ("320102201509301234", "VARCHAR", "mask", "3" + 17 * "*"),
        ("", "VARCHAR", "mask", ""),
        ("2015-09-30", "DATE", "mask", "2*********"),
        ("G320102201509301234", "VARCHAR", "pseudonym", "<G320102201509301234>"),
        ("7", "BIGINT", "pseudonym", "<7>"),
        ("张三", "VARCHAR", "drop", "left out"),
        ("张三", "VARCHAR", "empty", None),
        ("张三", "VARCHAR", "generalise_to_broader", None),
        ("", "VARCHAR", "keep", None),
        ("['primary', 'junior']", "VARCHAR[]", "keep", "primary,junior"),
        ("[]", "VARCHAR[]", "keep", None),
        ("12.50", "DECIMAL(9,2)", "keep", 12.5),
    ],
)
def test_each_policy_does_to_a_value_what_it_says(
    released: Release, value: str, sql_type: str, policy: str, expected: object
) -> None:
    assert released(value, sql_type, release=policy) == expected


@pytest.mark.parametrize(
    "policy", ["mask", "pseudonym", "generalise_to_year", "generalise_to_broader", "empty", "keep", "by_element"]
)
def test_a_missing_value_stays_missing(released: Release, policy: str) -> None:
    assert released(None, release=policy) is None


def test_a_ledger_value_is_shown_only_where_its_element_is_kept(released: Release) -> None:
    assert released("第一小学", element_id="school.name", release="by_element") == "第一小学"
    assert released("张三", element_id="student.name", release="by_element") == "<张三>"
    assert released("张三", element_id="student.nonesuch", release="by_element") == "<张三>"
    assert released("张三", element_id=None, release="by_element") == "<张三>"


def test_a_column_of_an_element_follows_the_register(released: Release, register: Register) -> None:
    changed = {"student.name": "mask", "student.birth_date": "drop"}
    elements = tuple(
        e.model_copy(update={"release": changed.get(e.id, e.release)}) for e in register.elements
    )
    mart = MartDoc(
        "m",
        "",
        {
            "name": ColumnDoc("name", "", element="student.name"),
            "birth_date": ColumnDoc("birth_date", "", element="student.birth_date"),
        },
    )
    types = {"name": "VARCHAR", "birth_date": "DATE"}
    found = released_columns(mart, types, register.model_copy(update={"elements": elements}))
    assert [c.name for c in found] == ["name"]
    assert "repeat('*'" in found[0].sql


@pytest.mark.parametrize(
    ("element", "value", "shown"),
    [
        ("student.ethnicity", "01", "han"),
        ("student.ethnicity", "56", "other"),
        ("student.ethnicity", "no code", None),
        ("teacher.title", "051", "senior_level"),
        ("teacher.post", "1", "teaching"),
    ],
)
def test_a_code_is_shown_by_its_broader_one_where_the_register_says_so(
    coarser: Register, value: str, element: str, shown: str | None
) -> None:
    mart = MartDoc("m", "", {"v": ColumnDoc("v", "", element=element)})
    (column,) = released_columns(mart, {"v": "VARCHAR"}, coarser)
    assert duckdb.execute(f"select {column.sql} from (select ? as v) as mart", [value]).fetchone() == (shown,)


def test_what_a_column_discloses_binds_it_too(released: Release, coarser: Register) -> None:
    """The class of an exam tells the class that the register leaves out."""
    columns = {
        "class_code": ColumnDoc("class_code", "", element="exam_result.class", discloses="student.class"),
        "school_name": ColumnDoc("school_name", "", element="school.name", discloses="student.nickname"),
    }
    found = released_columns(MartDoc("m", "", columns), dict.fromkeys(columns, "VARCHAR"), coarser)
    ask = ", ".join(column.sql for column in found)
    row = duckdb.execute(f"select {ask} from (select '0301' as class_code, '一小' as school_name) as mart").fetchone()
    assert row == (None, "一小")
    assert released("2015-09-30", "DATE", discloses="student.birth_date") == 2015
    assert released("张三", discloses="student.name") == "left out"


def test_a_ledger_does_not_show_the_code_behind_a_broader_one(coarser: Register) -> None:
    columns = {"v": ColumnDoc("v", "", release="by_element"), "element_id": ColumnDoc("element_id", "")}
    column, _ = released_columns(MartDoc("m", "", columns), dict.fromkeys(columns, "VARCHAR"), coarser)
    sql = column.sql.replace("{pseudonym}", "'hidden'")
    row = duckdb.execute(f"select {sql} from (select '44' as v, 'student.ethnicity' as element_id) as mart").fetchone()
    assert row == ("hidden",)


def test_a_trace_shows_the_broader_code() -> None:
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake; create schema lake.register")
        connection.execute(
            "create table lake.register.element as from (values ('student.ethnicity', 'ethnicity', "
            "'generalise_to_broader'), ('student.class', null, 'empty')) as e(id, code_set, release)"
        )
        connection.execute(
            "create table lake.register.code as from (values ('ethnicity', '44', 'other', null), "
            "('ethnicity', '44', null, 'exams')) as c(code_set, code, broader_code, source)"
        )
        display = ValueDisplay(connection, Showing())
        assert display.value("student.ethnicity", "44") == "other"
        assert display.value("student.ethnicity", None) is None
        assert display.value("student.class", "0301") is None
        assert ValueDisplay(connection, Showing(identified=True)).value("student.ethnicity", "44") == "44"


def test_a_model_cannot_open_what_the_register_closes(released: Release) -> None:
    assert released("2015-09-30", "DATE", element="student.birth_date", release="keep") == 2015
    assert released("2015-09-30", "DATE", element="student.birth_date", release="drop") == "left out"


def test_a_column_of_an_element_nobody_declared_leaves_as_null(released: Release) -> None:
    assert released("张三", element="student.nickname") is None


def test_a_column_that_no_model_describes_stops_the_release(register: Register) -> None:
    with pytest.raises(ReleaseError, match="The column id_number of the mart m has no description"):
        released_columns(MartDoc("m", "", {}), {"id_number": "VARCHAR"}, register)


def test_a_policy_that_does_not_exist_stops_the_release(released: Release) -> None:
    with pytest.raises(ReleaseError, match=r"release policy hide, which is none of keep, "):
        released("张三", release="hide")


def test_a_list_of_identifiers_cannot_slip_through_as_text(released: Release) -> None:
    with pytest.raises(ReleaseError, match=r"is a VARCHAR\[\] and cannot be released as pseudonym"):
        released("[a]", "VARCHAR[]", release="pseudonym")


def test_two_columns_never_share_a_name(register: Register) -> None:
    mart = MartDoc("m", "", {"a": ColumnDoc("a", "", released_as="key"), "key": ColumnDoc("key", "")})
    with pytest.raises(ReleaseError, match="Two columns of the mart m are both released as key"):
        released_columns(mart, {"a": "VARCHAR", "key": "VARCHAR"}, register)


def test_what_may_be_joined_by_pseudonyms_are_the_keys_of_records(register: Register) -> None:
    docs = {
        "student_uid": ColumnDoc("student_uid", "", "pseudonym", "student_key", "class.adviser"),
        "number": ColumnDoc("number", "", "pseudonym", element="student.number"),
        "row_key": ColumnDoc("row_key", "", "pseudonym"),
        "copy_value": ColumnDoc("copy_value", "", "by_element"),
    }
    columns = released_columns(MartDoc("m", "", docs), dict.fromkeys(docs, "VARCHAR"), register)
    domains = [column.domain for column in columns]
    assert domains == ["''", "'student.number'", "'row_key'", "coalesce(mart.element_id, 'copy_value')"]
