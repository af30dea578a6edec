"""What leaves the lake is what the register and the model allow, value by value."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from registry import Register
from warehouse.disclosure.mart_docs import ColumnDoc, MartDoc
from warehouse.disclosure.policy import released_columns
from warehouse.errors import ReleaseError

Release = Callable[..., Any]


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
        ("320102201509301234", "VARCHAR", "mask", "32" + 16 * "*"),
        ("", "VARCHAR", "mask", ""),
        ("2015-09-30", "DATE", "mask", "20********"),
        ("G320102201509301234", "VARCHAR", "pseudonym", "<G320102201509301234>"),
        ("7", "BIGINT", "pseudonym", "<7>"),
        ("张三", "VARCHAR", "drop", "left out"),
        ("张三", "VARCHAR", "empty", None),
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


@pytest.mark.parametrize("policy", ["mask", "pseudonym", "generalise_to_year", "keep", "by_element"])
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
