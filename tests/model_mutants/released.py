"""The marts of a bench as a release shows them: columns under their released names, keys as pseudonyms.

Stays out: what a release is (`warehouse.release`, `warehouse.disclosure`).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from duckdb.sqltypes import VARCHAR

from registry.model import Register
from tests.model_mutants.bench import Bench
from warehouse.disclosure import mart_docs, policy, short_names
from warehouse.disclosure.pseudonyms import PSEUDONYM_TABLE

RELEASE = "marts"  # the database, as suites and analysts name it


class Released:
    """A database of views on the bench's marts, which show what these hold now. `columns`: of each mart, by name."""

    def __init__(self, bench: Bench, register: Register, secret: bytes) -> None:
        self._connection = bench.connection
        names = short_names.short_names(secret)
        self._connection.create_function(short_names.FUNCTION, names, [VARCHAR, VARCHAR], VARCHAR)
        self._connection.execute(f"attach ':memory:' as {RELEASE}")
        self.columns: dict[str, dict[str, str]] = {}
        for doc in mart_docs.read_mart_docs(bench.project.manifest):
            kinds = {name: kind for name, kind, *_ in bench.rows(f"describe build.marts.{doc.name}")}
            released = policy.released_columns(doc, kinds, register)
            shown = ", ".join(f'{_shown(column)} as "{column.name}"' for column in released)
            view, mart = f"{RELEASE}.{doc.name}", f"build.marts.{doc.name}"
            self._connection.execute(f"create view {view} as select {shown} from {mart} as mart")
            self.columns[doc.name] = {name: kind for name, kind, *_ in bench.rows(f"describe {RELEASE}.{doc.name}")}

    @contextmanager
    def in_use(self) -> Iterator[None]:
        """The marts can be named without a schema."""
        self._connection.execute(f"use {RELEASE}")
        try:
            yield
        finally:
            self._connection.execute("use memory")


def _shown(column: policy.ReleasedColumn) -> str:
    """A released column in SQL; a person whom only a mutant knows has no pseudonym yet, and keeps the name."""
    if not column.pseudonym_of:
        return column.sql
    pseudonym = (
        f"coalesce((select any_value(kept.pseudonym) from {PSEUDONYM_TABLE} as kept "
        f"where kept.domain = {column.domain} and kept.value = {column.pseudonym_of}), {column.pseudonym_of})"
    )
    return column.sql.replace("{pseudonym}", pseudonym)
