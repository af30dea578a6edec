"""How the types of the register are read in SQL.

Lives here: installing the macros of `types.sql` into a DuckDB connection, and the macro of each type.
Add here: a type name and its macro, when `model.TypeName` grows.
Stays out: what to do with a value that is not of its type (`ingest`), what a value means (`dbt_project`).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SCHEMA: Final = "memory.main"

TYPE_MACROS: Final[dict[str, str]] = {
    name: f"{_SCHEMA}.as_{name}"
    for name in (
        "text",
        "name",
        "identifier",
        "date",
        "date_mdy",
        "month",
        "datetime",
        "integer",
        "decimal",
        "boolean",
        "id_number",
        "student_number",
        "school_code",
        "uscc",
        "area_code",
        "phone",
        "run_time",
    )
}
"""Type name -> macro that reads it. Type `code` has none: its values stand in a code set (`codes`)."""

CLEAN: Final = f"{_SCHEMA}.clean"
CODE_KEY: Final = f"{_SCHEMA}.code_key"
STANDARD_CHARACTERS: Final = f"{_SCHEMA}.standard_characters"
UNREAD_CELL: Final = f"{_SCHEMA}.unread_cell"
GRADE_KEY: Final = f"{_SCHEMA}.grade_key"
RELATIVE_GRADE: Final = f"{_SCHEMA}.relative_grade"
PLAIN_NUMBER: Final = f"{_SCHEMA}.plain_number"
IDENTITY_DOCUMENT: Final = f"{_SCHEMA}.as_identity_document"

PERSONAL_NUMBER: Final = r"(^|[^0-9A-Za-z.]|(^|[^0-9])[.])([GJLgjl]?\d{17}[\dXx]|1[3-9]\d{9})([^0-9A-Za-z]|$)"
"""Regular expression: an ID number, 学籍号 or mobile phone number that stands alone in a text, or before a full stop
(13812345678.pdf, 13812345678.0). Behind a digit and a full stop it is a decimal fraction; 64 characters are a checksum.
"""
PERSONAL_NUMBER_LENGTH: Final = 11  # of the shortest


def install(connection: DuckDBPyConnection) -> None:
    """Create the macros of `types.sql` as `memory.main.<macro>` in this connection; again is harmless.

    Where the connection's own database is a file, an empty database `memory` is attached for them.
    """
    names = connection.execute("select database_name from duckdb_databases()").fetchall()
    if ("memory",) not in names:
        connection.execute("attach ':memory:' as memory")
    connection.execute(_sql())


def _sql() -> str:
    return (Path(__file__).with_name("types.sql")).read_text(encoding="utf-8")
