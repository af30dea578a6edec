"""The quick runner of the models gives what dbt gives: two nights of one town, by both, table by table."""

from __future__ import annotations

from datetime import date

from registry.model import Register
from tests.dbt_project.conftest import FIRST, SECOND, Rows, deliver, objected
from tests.dbt_project.quick_dbt import City, Project


def test_every_conformed_table_is_the_one_that_dbt_builds_on_both_nights(
    built: dict[date, Rows], edited: Register, project: Project
):
    tables = [
        name
        for (name,) in built[SECOND](
            "select table_name from duckdb_tables() where database_name = 'lake' and schema_name = 'conformed'"
        )
        if name in project.models
    ]
    assert {"student_spans", "identity_records", "identity_queue", "homework_records", "problems"} <= set(tables)
    city = City(edited, tuple(tables), project)
    for night, register in ((FIRST, edited), (SECOND, objected(edited))):
        deliver(city.connection, night)
        city.night(night, register)
        assert [name for name in tables if _content(built[night], name) != _content(city.rows, name)] == []


def _content(rows: Rows, table: str) -> list[str]:
    """The columns of a table and its rows, in an order that depends on them alone."""
    columns = [name for name, *_ in rows(f"describe lake.conformed.{table}")]
    return [*columns, *sorted(map(repr, rows(f"from lake.conformed.{table}")))]
