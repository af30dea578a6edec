"""A lake that has taken the town's first night, and second nights on copies of it.

Lives here: running a night, and asking its release, its lake and its problem lists.
Add here: a further thing to ask of a night.
Stays out: the town (`town`), the files of the cases.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from common.settings import load_settings
from dags import night
from dags.night import Say
from warehouse.lake import Lake, connect_lake

FIRST, SECOND = date(2025, 10, 15), date(2025, 10, 16)


@dataclass(frozen=True)
class Night:
    """What a night left: its lake, its outcome and the release that is current."""

    root: Path
    day: date
    outcome: dict[str, Any]

    def released(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the release, whose marts lie in `marts`."""
        release = self.root / "releases" / "current"
        with duckdb.connect() as connection:
            connection.execute(f"attach '{release / 'marts.duckdb'}' as marts (read_only); use marts")
            connection.execute(f"set variable release = '{release}'")
            return connection.execute(sql, values).fetchall()

    def restricted(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Rows of the lake itself, `lake`, with the names and numbers of people."""
        with connect_lake(Lake(self.root), read_only=True) as connection:
            return connection.execute(sql, values).fetchall()

    def delivery(self, path: str) -> dict[str, Any]:
        """The one delivery of this night under a path; `Night.deliveries` where there may be several."""
        (found,) = self.deliveries(path)
        return found

    def deliveries(self, path: str) -> list[dict[str, Any]]:
        """The night's deliveries of one file, as the mart `delivery` lists them in the lake; their reasons in full."""
        columns = (
            "feed", "file_name", "member", "status", "reason", "rows_read", "rows_loaded", "rows_quarantined",
            "rows_held", "rows_skipped", "skipped_by_reason", "values_listed", "values_lost",
        )  # fmt: skip
        rows = self.restricted(
            f"select {', '.join(columns)} from (select * exclude (reason) from lake.marts.delivery) "
            "join (select delivery_id, reason from lake.intake.delivery) using (delivery_id) "
            "where night = ? and file_name = ? order by all", self.day, path,
        )  # fmt: skip
        return [dict(zip(columns, row, strict=True)) for row in rows]

    def problems(self, path: str) -> list[tuple[str, str, str | None, int, str | None]]:
        """(feed, rule, column, row in the file, value) of what is open of this night's file."""
        return self.restricted(
            "select p.feed, p.rule, p.column_name, p._row_number, p.value from lake.conformed.problems p "
            "join lake.intake.delivery d on p._delivery_id = d.delivery_id "
            "where d.night = ? and d.file_name = ? and p.closed_on is null order by all",
            self.day, path,
        )  # fmt: skip

    def rules(self, path: str) -> dict[tuple[str, str | None], int]:
        """How many problems of each rule and column are open of this night's file."""
        found: dict[tuple[str, str | None], int] = {}
        for _, rule, column, _, _ in self.problems(path):
            found[rule, column] = found.get((rule, column), 0) + 1
        return found

    def scores(self, exam: str, school: str) -> dict[tuple[str, str], float]:
        """(学籍号, subject) -> score of an exam in a school, as the growth mart reads them in this night's lake."""
        rows = self.restricted(
            "select p.number, g.subject, g.score from lake.marts.student_growth g "
            "join lake.conformed.students p using (student_uid) where g.exam_id = ? and g.school_code = ?",
            exam, school,
        )  # fmt: skip
        return {(number, subject): float(score) for number, subject, score in rows}


def run(root: Path, inbox: Path, secret: Path, day: date, say: Say | None = None) -> Night:
    """One night through Airflow in this process; `say` is told of each step."""
    settings = load_settings(lake=root, inbox=inbox, secret_file=secret, night=day)
    return Night(root, day, night.run(settings, say=say))


def put(inbox: Path, files: Mapping[str, bytes]) -> Path:
    """Files in an inbox, by their path below it."""
    for path, content in files.items():
        target = inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    return inbox


def second_night(
    first: Night, root: Path, files: Mapping[str, bytes], secret: Path, say: Say | None = None
) -> Night:
    """The night of 16 October with `files` in its inbox, on a copy of the first night's lake."""
    shutil.copytree(first.root, root / "lake", symlinks=True)
    return run(root / "lake", put(root / "inbox", files), secret, SECOND, say)
