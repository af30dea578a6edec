"""A dbt-duckdb plugin: the register's type macros on the connection that builds the models.

Lives here: installing `memory.main.as_*` (registry/types.sql) before the lake is attached.
Stays out: business rules of any kind.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbt.adapters.duckdb.plugins import BasePlugin

from registry import types

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class Plugin(BasePlugin):
    """Named in the generated profile as `dbt_project.plugins.types`."""

    def configure_connection(self, conn: DuckDBPyConnection) -> Any:
        """Install the macros; dbt-duckdb calls this once a build."""
        types.install(conn)
