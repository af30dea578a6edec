"""Pseudonyms: HMAC-SM3 (GM/T 0004) of a value under a key of its use, cached in a restricted table.

Add here: another use of the bureau's secret: it takes the key of a domain of its own.
Stays out: which values are replaced, and under which domain (`policy`), where the secret is stored (`secret`).

An unkeyed hash of an 18-digit number can be reversed by enumeration (36,500 dates x 1,000 a district); the key is what
protects. Each use has a key, so that equal values of two columns do not show by equal pseudonyms: the secret itself for
the keys of records, by which marts are joined, else one derived for the domain.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable
from functools import cache

import duckdb
from duckdb.sqltypes import VARCHAR

from common.lake_transaction import transaction

PSEUDONYM_TABLE = "lake.disclosure.pseudonym"
RECORD_KEYS = ""  # the domain of the keys of records (student_key, teacher_key, record_key)
_NO_TEXT = b"\xff"  # begins what a key is derived from, and no UTF-8: no value can have a key for its pseudonym


def key_for(secret: bytes, domain: str) -> bytes:
    """The key of one use of the secret: for `RECORD_KEYS` the secret itself, else 32 bytes derived from it."""
    if domain == RECORD_KEYS:
        return secret
    return _hmac(secret)(_NO_TEXT + f"pseudonym of {domain}".encode())


def hmac_sm3(key: bytes) -> Callable[[str], str]:
    """The function from a text (as UTF-8) to 64 hex digits."""
    digest = _hmac(key)
    return lambda text: digest(text.encode()).hex()


def keyed(secret: bytes) -> Callable[[str, str], str]:
    """The function from a domain and a text to 64 hex digits, under the key of the domain."""
    of_domain = cache(lambda domain: hmac_sm3(key_for(secret, domain)))
    return lambda domain, text: of_domain(domain)(text)


def _hmac(key: bytes) -> Callable[[bytes], bytes]:
    """HMAC-SM3: from Python's OpenSSL where it was built with SM3, else from the one inside `cryptography`."""
    if "sm3" in hashlib.algorithms_available:
        return lambda message: hmac.digest(key, message, "sm3")
    return _hmac_of_cryptography(key)


def _hmac_of_cryptography(key: bytes) -> Callable[[bytes], bytes]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.hmac import HMAC

    digests = HMAC(key, hashes.SM3())

    def digest(message: bytes) -> bytes:
        copy = digests.copy()
        copy.update(message)
        return copy.finalize()

    return digest


def record_keys(connection: duckdb.DuckDBPyConnection) -> str | None:
    """SQL of the keys of records that a release has needed (fingerprint, value, pseudonym); None before the first."""
    columns = _columns(connection)
    where = f"where domain = '{RECORD_KEYS}'" if "domain" in columns else ""  # else of an older program
    return f"(select fingerprint, value, pseudonym from {PSEUDONYM_TABLE} {where})" if columns else None


def prepare_pseudonyms(
    connection: duckdb.DuckDBPyConnection, secret: bytes, fingerprint: str, values: Iterable[str]
) -> None:
    """Fill `temp.pseudonym` (domain, value, pseudonym) for everything that the queries `values` select.

    Each query selects two columns of text, a domain and a value. New pseudonyms are added to
    `lake.disclosure.pseudonym` under the secret's fingerprint.
    """
    union = " union all ".join(f"({query})" for query in values) or "(select null::varchar, null::varchar)"
    connection.execute(
        "create or replace temp table wanted as "
        f"select distinct domain, value from ({union}) as w(domain, value) where value is not null"
    )
    connection.create_function("hmac_sm3", keyed(secret), [VARCHAR, VARCHAR], VARCHAR)
    with transaction(connection):
        _ensure_table(connection)
        connection.execute(
            f"insert into {PSEUDONYM_TABLE} by name "
            "select ? as fingerprint, domain, value, hmac_sm3(domain, value) as pseudonym from wanted "
            f"anti join (select domain, value from {PSEUDONYM_TABLE} where fingerprint = ?) as kept "
            "using (domain, value) order by domain, value",
            [fingerprint, fingerprint],
        )
    connection.remove_function("hmac_sm3")
    connection.execute(
        "create or replace temp table pseudonym as "
        f"select domain, value, kept.pseudonym from {PSEUDONYM_TABLE} as kept "
        "semi join wanted using (domain, value) where fingerprint = ?",
        [fingerprint],
    )
    connection.execute("drop table wanted")


def _ensure_table(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the table where it is missing. What an older program left in it was all made under the secret itself."""
    columns = "fingerprint varchar, domain varchar, value varchar, pseudonym varchar"
    connection.execute(f"create table if not exists {PSEUDONYM_TABLE} ({columns})")
    if "domain" not in _columns(connection):
        connection.execute(f"alter table {PSEUDONYM_TABLE} add column domain varchar")
        connection.execute(f"update {PSEUDONYM_TABLE} set domain = '{RECORD_KEYS}'")


def _columns(connection: duckdb.DuckDBPyConnection) -> set[str]:
    """The columns of the table; none where it is missing."""
    try:
        return {name for name, *_ in connection.execute(f"describe {PSEUDONYM_TABLE}").fetchall()}
    except duckdb.CatalogException:
        return set()
