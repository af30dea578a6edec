"""Short names: 16 hex digits in the place of a text that may be a person's name, such as a file's.

Under a key of their own for each kind, since names can be guessed; equal texts of a kind have equal short names.
`lake.disclosure.short_name` keeps what each stands for, for the person in the lake.
Stays out: which columns hold them (`policy`), the words that need none (`registry.derived.words`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import duckdb
import pyarrow as pa
from duckdb.sqltypes import VARCHAR

from common.lake_transaction import transaction
from warehouse.disclosure.pseudonyms import keyed

FUNCTION = "short_name"
TABLE = "lake.disclosure.short_name"
_DIGITS = 16
ShortName = Callable[[str, str], str]


def short_names(secret: bytes) -> ShortName:
    """The function from a kind and a text to its short name."""
    pseudonym = keyed(secret)
    return lambda kind, text: pseudonym(f"short names of {kind}", text)[:_DIGITS]


@contextmanager
def installed(connection: duckdb.DuckDBPyConnection, secret: bytes) -> Iterator[None]:
    """The SQL function `short_name(kind, text)` of a connection, until the block ends; what it was asked is kept."""
    short_name, asked = short_names(secret), dict[tuple[str, str], str]()

    def answer(kind: str, text: str) -> str:
        if (kind, text) not in asked:
            asked[kind, text] = short_name(kind, text)
        return asked[kind, text]

    connection.create_function(FUNCTION, answer, [VARCHAR, VARCHAR], VARCHAR)
    try:
        yield
    finally:
        connection.remove_function(FUNCTION)
    _keep(connection, asked)


def _keep(connection: duckdb.DuckDBPyConnection, asked: dict[tuple[str, str], str]) -> None:
    kinds, values = ([pair[n] for pair in asked] for n in (0, 1))
    columns = {"kind": kinds, "value": values, "short_name": list(asked.values())}
    rows = pa.table({name: pa.array(column, pa.string()) for name, column in columns.items()})
    connection.register("arrow_names", rows)
    is_kept = f"anti join {TABLE} as kept using (kind, value, short_name)"
    with transaction(connection):
        connection.execute(f"create table if not exists {TABLE} (kind varchar, value varchar, short_name varchar)")
        connection.execute(f"insert into {TABLE} from arrow_names {is_kept} order by all")
    connection.unregister("arrow_names")
