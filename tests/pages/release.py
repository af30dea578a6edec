"""A release in memory, whose marts have the columns and words of their contracts, and the rows that a test gives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import yaml

MARTS = Path(__file__).parents[2] / "dbt_project" / "models" / "marts"


class Release:
    """The marts of all contracts, empty at first."""

    def __init__(self, without: tuple[str, ...] = ()) -> None:
        self.connection = duckdb.connect()
        for path in sorted(MARTS.rglob("*.yml")):
            for model in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
                if model["name"] not in without:
                    self._create(model)

    def _create(self, model: dict[str, Any]) -> None:
        columns = [(self._name(column), self._type(column), column["description"]) for column in model["columns"]]
        listed = ", ".join(f'"{name}" {sql_type}' for name, sql_type, _ in columns)
        self.connection.execute(f'create table "{model["name"]}" ({listed})')
        for name, _, words in columns:
            text = words.replace("'", "''")
            self.connection.execute(f'comment on column "{model["name"]}"."{name}" is \'{text}\'')

    def _name(self, column: dict[str, Any]) -> str:
        meta = column.get("config", {}).get("meta", {})
        return meta.get("released_as", column["name"])

    def _type(self, column: dict[str, Any]) -> str:
        """As `warehouse.disclosure.policy` releases it: a list as text, a decimal as a double, a year as a number."""
        sql_type = column["data_type"]
        if self._name(column).endswith("_year") and sql_type == "date":
            return "integer"
        return "varchar" if sql_type.endswith("[]") else "double" if sql_type.startswith("decimal") else sql_type

    def add(self, mart: str, **values: Any) -> None:
        """Add a row; what is not given is null."""
        names = ", ".join(f'"{name}"' for name in values)
        marks = ", ".join("?" for _ in values)
        self.connection.execute(f'insert into "{mart}" ({names}) values ({marks})', [*values.values()])

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()
