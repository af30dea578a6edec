"""Pseudonyms: HMAC-SM3 (GM/T 0004) of a value under the bureau's secret.

Lives here: the keyed hash, and the restricted table that keeps what was computed, so that a night
computes only what is new.
Stays out: which values are replaced (`policy`), where the secret lies (`secret`).

An unkeyed hash of an 18-digit number is undone by counting through them (36,500 dates x 1,000 a district);
the key is what protects.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable

import duckdb
from duckdb.sqltypes import VARCHAR

TABLE = "lake.disclosure.pseudonym"


def hmac_sm3(secret: bytes) -> Callable[[str], str]:
    """The function from a text (as UTF-8) to 64 hex digits.

    From Python's OpenSSL where it was built with SM3, else from the one inside `cryptography`.
    """
    if "sm3" in hashlib.algorithms_available:
        return lambda text: hmac.digest(secret, text.encode(), "sm3").hex()
    return _hmac_sm3_of_cryptography(secret)


def _hmac_sm3_of_cryptography(secret: bytes) -> Callable[[str], str]:
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.hmac import HMAC

    keyed = HMAC(secret, hashes.SM3())

    def digest(text: str) -> str:
        own = keyed.copy()
        own.update(text.encode())
        return own.finalize().hex()

    return digest


def prepare(
    connection: duckdb.DuckDBPyConnection, secret: bytes, fingerprint: str, values: Iterable[str]
) -> None:
    """Make `temp.pseudonym` (value, pseudonym) hold every value that the queries `values` select.

    Each query selects one column of text. New pseudonyms are kept in `lake.disclosure.pseudonym` under
    the secret's fingerprint.
    """
    wanted = " union all ".join(f"({query})" for query in values) or "(select null::varchar)"
    connection.execute(
        f"create table if not exists {TABLE} (fingerprint varchar, value varchar, pseudonym varchar)"
    )
    connection.execute(
        "create or replace temp table wanted as "
        f"select distinct value from ({wanted}) as w(value) where value is not null"
    )
    connection.create_function("hmac_sm3", hmac_sm3(secret), [VARCHAR], VARCHAR)
    connection.execute(
        f"insert into {TABLE} select ?, value, hmac_sm3(value) from wanted "
        f"anti join (select value from {TABLE} where fingerprint = ?) as kept using (value) order by value",
        [fingerprint, fingerprint],
    )
    connection.remove_function("hmac_sm3")
    connection.execute(
        f"create or replace temp table pseudonym as select value, kept.pseudonym from {TABLE} as kept "
        "semi join wanted using (value) where fingerprint = ?",
        [fingerprint],
    )
    connection.execute("drop table wanted")
