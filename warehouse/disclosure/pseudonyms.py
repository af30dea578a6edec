"""Pseudonyms: HMAC-SM3 (GM/T 0004) of a value under the bureau's secret, cached in a restricted table.

Stays out: which values are replaced (`policy`), where the secret is stored (`secret`).

An unkeyed hash of an 18-digit number can be reversed by enumeration (36,500 dates x 1,000 a district); the key is what
protects.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable

import duckdb
from duckdb.sqltypes import VARCHAR

from common.lake_transaction import transaction

PSEUDONYM_TABLE = "lake.disclosure.pseudonym"


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
        copy = keyed.copy()
        copy.update(text.encode())
        return copy.finalize().hex()

    return digest


def prepare_pseudonyms(
    connection: duckdb.DuckDBPyConnection, secret: bytes, fingerprint: str, values: Iterable[str]
) -> None:
    """Fill `temp.pseudonym` (value, pseudonym) for every value that the queries `values` select.

    Each query selects one column of text. New pseudonyms are added to `lake.disclosure.pseudonym` under
    the secret's fingerprint.
    """
    union = " union all ".join(f"({query})" for query in values) or "(select null::varchar)"
    connection.execute(
        f"create table if not exists {PSEUDONYM_TABLE} (fingerprint varchar, value varchar, pseudonym varchar)"
    )
    connection.execute(
        "create or replace temp table wanted as "
        f"select distinct value from ({union}) as w(value) where value is not null"
    )
    connection.create_function("hmac_sm3", hmac_sm3(secret), [VARCHAR], VARCHAR)
    with transaction(connection):
        connection.execute(
            f"insert into {PSEUDONYM_TABLE} select ?, value, hmac_sm3(value) from wanted anti join "
            f"(select value from {PSEUDONYM_TABLE} where fingerprint = ?) as kept using (value) order by value",
            [fingerprint, fingerprint],
        )
    connection.remove_function("hmac_sm3")
    connection.execute(
        f"create or replace temp table pseudonym as select value, kept.pseudonym from {PSEUDONYM_TABLE} as kept "
        "semi join wanted using (value) where fingerprint = ?",
        [fingerprint],
    )
    connection.execute("drop table wanted")
