"""One value, one pseudonym, under one secret; computed once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import pytest

from warehouse.disclosure import pseudonyms
from warehouse.lake import Lake, connect_lake

SECRET = bytes(range(32))


def _by_definition(key: bytes, text: str) -> str:
    """RFC 2104 over SM3, written out."""
    padded = key.ljust(64, b"\0")
    inner = hashlib.new("sm3", bytes(b ^ 0x36 for b in padded) + text.encode()).digest()
    return hashlib.new("sm3", bytes(b ^ 0x5C for b in padded) + inner).hexdigest()


@pytest.mark.parametrize("text", ["", "student_number:G320102201509301234", "张三"])
def test_a_pseudonym_is_hmac_sm3_whichever_library_makes_it(text: str) -> None:
    expected = _by_definition(SECRET, text)
    assert pseudonyms.hmac_sm3(SECRET)(text) == expected
    assert pseudonyms._hmac_sm3_of_cryptography(SECRET)(text) == expected


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

    def run(*texts: str, fingerprint: str = "f1") -> Any:
        computed.clear()
        queries = [f"select unnest([{', '.join(repr(t) for t in texts)}, null])"] if texts else []
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
