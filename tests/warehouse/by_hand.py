"""Small marts made by hand, as a build would leave them, with the manifest that dbt would write."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

import registry
from registry import Register
from warehouse import release
from warehouse.lake import Lake, connect_lake

NIGHT = date(2025, 10, 15)
SECRET = bytes(range(32))
HOUSE = registry.HOUSE
PEOPLE = {
    "students": "select '张三' as name, '李四光' as guardian_name, '3132990101' as school",
    "teachers": "select '欧阳明月' as name, '3132990102' as school",
}


def column(name: str, **meta: str) -> dict[str, Any]:
    return {"name": name, "description": f"{name} 说明", "config": {"meta": meta}}


def model(name: str, *columns: dict[str, Any], schema: str = "marts") -> dict[str, Any]:
    return {
        "resource_type": "model",
        "name": name,
        "alias": name,
        "schema": schema,
        "config": {"materialized": "table"},
        "description": f"One row per {name} 的说明, it's so.",
        "columns": {c["name"]: c for c in columns},
    }


def by_hand() -> tuple[dict[str, str], list[dict[str, Any]]]:
    """SQL of three marts, and their nodes in dbt's manifest."""
    sql = {
        "one_student_one_file": """
            select 'student_number:G3201' || i as student_uid, '学生' || i as name,
                   date '2015-09-01' + i::int as birth_date, (i % 2 + 1)::varchar as sex, 80 + i / 7 as score
            from range(20) as r(i)""",
        "discrepancy": """
            select * from (values
                ('student.name', '张三', '张叁', 'student_number:G32011'),
                ('school.name', '第一小学', '一小', null)
            ) as v(element_id, owner_value, copy_value, student_uid)""",
        "completeness": """
            select 'student_registry/students' as feed, true as expected, i < 2 as arrived
            from range(3) as r(i)""",
    }
    nodes = [
        model(
            "one_student_one_file",
            column("student_uid", release="pseudonym", released_as="student_key"),
            column("name", element="student.name"),
            column("birth_date", element="student.birth_date", released_as="birth_year"),
            column("sex"),
            column("score"),
        ),
        model(
            "discrepancy",
            column("element_id"),
            column("owner_value", release="by_element"),
            column("copy_value", release="by_element"),
            column("student_uid", release="pseudonym", released_as="student_key"),
        ),
        model("completeness", column("feed"), column("expected"), column("arrived")),
        model("students", schema="conformed"),
    ]
    return sql, nodes


class Hand:
    """Does by hand what the build does, and assembles a candidate from it."""

    def __init__(self, lake: Lake, register: Register, folder: Path) -> None:
        self.lake, self.register, self.folder = lake, register, folder
        self.sql, self.nodes = by_hand()

    def build(self) -> Path:
        with connect_lake(self.lake) as connection:
            connection.execute("create schema if not exists lake.conformed")
            for table, sql in PEOPLE.items():
                connection.execute(f"create or replace table lake.conformed.{table} as {sql}")
            for name, sql in self.sql.items():
                connection.execute(f"create or replace table lake.marts.{name} as {sql}")
        path = self.folder / "manifest.json"
        path.write_text(json.dumps({"nodes": {n["name"]: n for n in self.nodes}}))
        return path

    def assemble(self, night: date = NIGHT, secret: bytes = SECRET, code: str = "0.1.0") -> release.Candidate:
        return release.assemble(self.lake, self.register, night, secret, self.build(), code, HOUSE)

    def publish(self, night: date = NIGHT, keep: int = 30) -> Path:
        return release.publish(self.lake, self.assemble(night), REPORTS, keep)


REPORTS = [
    {
        "door": "release",
        "passed": True,
        "checks": [
            {"id": "grain", "what": {"zh": "粒度", "en": "grain"}, "severity": "block", "passed": True},
            {
                "id": "names",
                "what": "<b>names</b>",
                "severity": "warn",
                "passed": False,
                "failing_count": 1,
                "failing_rows": [{"name": "<script>"}],
            },
        ],
    }
]


class Plain:
    """Candidates made as files, for tests of what becomes of them: no lake is opened."""

    def __init__(self, root: Path) -> None:
        self.lake = Lake(root)
        self.lake.releases.mkdir(parents=True)
        self.sql = {"completeness": by_hand()[0]["completeness"]}

    def assemble(self, night: date = NIGHT) -> release.Candidate:
        folder = self.lake.work(night) / "candidate"
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("parquet", "register"):
            (folder / name).mkdir(parents=True)
            (folder / name / "file").write_text(name)
        with duckdb.connect() as connection:
            connection.execute(f"attach '{folder}/marts.duckdb' as r")
            for name, sql in self.sql.items():
                connection.execute(f"create table r.{name} as {sql}")
        content = hashlib.sha256(json.dumps(self.sql).encode()).hexdigest()[:12]
        made = release.Candidate(folder, f"{night}-{content}")
        (folder / "manifest.json").write_text(json.dumps({"release_id": made.release_id, "marts": {}}))
        (self.lake.work(night) / "candidate_id").write_text(made.release_id)
        return made

    def publish(self, night: date = NIGHT, keep: int = 30) -> Path:
        return release.publish(self.lake, self.assemble(night), REPORTS, keep)
