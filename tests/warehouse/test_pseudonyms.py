"""One value, one pseudonym, under one secret; computed once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import duckdb
import pytest

from warehouse.disclosure import pseudonyms
from warehouse.lake import Lake, connect_lake

SECRET = bytes(range(32))


def _by_definition(key: bytes, text: str) -> str:
    return _by_definition_of_bytes(key, text.encode())


def _by_definition_of_bytes(key: bytes, message: bytes) -> str:
    """RFC 2104 over SM3, written out."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.new("sm3", bytes(b ^ 0x36 for b in padded) + message).digest()
    return hashlib.new("sm3", bytes(b ^ 0x5C for b in padded) + inner).hexdigest()


@pytest.mark.parametrize("text", ["", "student_number:G320102201509301234", "张三"])
def test_a_pseudonym_is_hmac_sm3_whichever_library_makes_it(text: str) -> None:
    expected = _by_definition(SECRET, text)
    assert pseudonyms.hmac_sm3(SECRET)(text) == expected
    assert pseudonyms._hmac_of_cryptography(SECRET)(text.encode()).hex() == expected


def test_a_python_without_sm3_has_the_same_pseudonyms(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = pseudonyms.hmac_sm3(SECRET)("a")
    monkeypatch.setattr(hashlib, "algorithms_available", set())
    assert pseudonyms.hmac_sm3(SECRET)("a") == expected


@pytest.fixture
def prepared(lake: Lake, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, str]]:
    """Prepare pseudonyms of texts; `computed` collects what was hashed anew."""
    computed: list[str] = []
    keyed = pseudonyms.hmac_sm3

    def counting(secret: bytes) -> Callable[[str], str]:
        digest = keyed(secret)

        def one(text: str) -> str:
            computed.append(text)
            return digest(text)

        return one

    monkeypatch.setattr(pseudonyms, "hmac_sm3", counting)

    def run(*texts: str, fingerprint: str = "f1", domain: str = pseudonyms.RECORD_KEYS) -> Any:
        computed.clear()
        queries = [f"select '{domain}', unnest([{', '.join(repr(t) for t in texts)}, null])"] if texts else []
        with connect_lake(lake) as connection:
            pseudonyms.prepare_pseudonyms(connection, SECRET, fingerprint, queries)
            found = dict(connection.execute("select value, pseudonym from temp.pseudonym").fetchall())
        return found, sorted(computed)

    return run


def test_a_night_computes_only_new_pseudonyms(prepared: Callable[..., Any]) -> None:
    first, computed = prepared("a", "b", "a")
    assert computed == ["a", "b"]
    second, computed = prepared("b", "c")
    assert computed == ["c"]
    assert second == {"b": first["b"], "c": _by_definition(SECRET, "c")}


def test_another_secret_shares_no_pseudonym_with_the_first(prepared: Callable[..., Any]) -> None:
    prepared("a")
    found, computed = prepared("a", fingerprint="f2")
    assert computed == ["a"]
    assert list(found) == ["a"]


def test_a_release_without_identifiers_needs_no_pseudonym(prepared: Callable[..., Any]) -> None:
    assert prepared() == ({}, [])


def test_equal_values_of_two_columns_do_not_show(prepared: Callable[..., Any]) -> None:
    of_pupils, computed = prepared("张三", domain="student.name")
    of_teachers, again = prepared("张三", domain="teacher.name")
    assert computed == again == ["张三"]
    assert of_pupils != of_teachers
    key = bytes.fromhex(_by_definition_of_bytes(SECRET, b"\xffpseudonym of student.name"))
    assert of_pupils == {"张三": _by_definition(key, "张三")}


def test_a_key_of_a_record_is_made_under_the_secret_itself() -> None:
    assert pseudonyms.key_for(SECRET, pseudonyms.RECORD_KEYS) == SECRET
    assert len({pseudonyms.key_for(SECRET, domain) for domain in ("", "a", "b", "pseudonym of a")}) == 4


def test_the_keys_of_an_older_program_are_kept_and_none_is_taken_for_a_value(lake: Lake) -> None:
    with connect_lake(lake) as connection:
        connection.execute(
            f"create table {pseudonyms.PSEUDONYM_TABLE} as "
            "select 'f' as fingerprint, 'staff_number:1' as value, 'kept' as pseudonym"
        )
        assert _names(connection) == [("staff_number:1", "kept")]
        queries = ["select '', 'staff_number:1'", "select 'row_key', 'staff_number:1'"]
        pseudonyms.prepare_pseudonyms(connection, SECRET, "f", queries)
        found = dict(connection.execute("select domain, pseudonym from temp.pseudonym").fetchall())
        assert _names(connection) == [("staff_number:1", "kept")]
    assert found[""] == "kept"
    assert found["row_key"] == pseudonyms.hmac_sm3(pseudonyms.key_for(SECRET, "row_key"))("staff_number:1")


def _names(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str]]:
    return connection.execute(f"select value, pseudonym from {pseudonyms.record_keys(connection)}").fetchall()
