"""A release of a larger city, grown from a real one: each pupil, teacher, school and class several times, under keys of
its own, and homework of more weeks.

Lives here: what is copied, and under which key. The files are written by the product's own writer, in its order, with
its partitions.
Stays out: figures of districts and the city, which stay as they are: nobody adds them up here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb

from warehouse.disclosure.mart_docs import MartDoc
from warehouse.disclosure.policy import ReleasedColumn
from warehouse.release import mart_files
from warehouse.release.partitioning import Partitioning
from warehouse.release.unchanged_partitions import Plan

WEEKS = 12  # of homework: the base has that of some days within one
_PARTED = {
    "student_growth": Partitioning("exam_id"),
    "homework_load_student_day": Partitioning("school_date", "month"),
    "homework_load_class_day": Partitioning("school_date", "month"),
}
_KEYS = {"student_key", "teacher_key", "adviser_key", "record_key"}
_PLACES = {"school_code", "organisation_code", "previous_school_code"}
_ABOVE = "('district', 'city', 'province')"


def grow(release: Path, folder: Path, copies: int, weeks: int = WEEKS) -> Path:
    """Write into `folder` a release of `copies` times as many people. Returns the folder."""
    (folder / "parquet").mkdir(parents=True)
    with duckdb.connect(config={"temp_directory": str(folder / "spill"), "memory_limit": "4GB"}) as connection:
        connection.execute(f"attach '{release / 'marts.duckdb'}' as base (read_only)")
        connection.execute(f"set variable release = '{release}'")
        connection.execute(f"attach '{folder / 'grown.duckdb'}' as lake; create schema lake.marts")
        marts = _marts(connection)
        for mart, columns in marts.items():
            connection.execute(f"create table lake.marts.{mart} as {_grown(mart, columns, copies, weeks)}")
        connection.execute("create temp table pseudonym (domain varchar, value varchar, pseudonym varchar)")
        docs = [MartDoc(mart, mart, {}) for mart in marts]
        released = {
            mart: tuple(ReleasedColumn(name, f'mart."{name}"', name) for name in columns)
            for mart, columns in marts.items()
        }
        connection.execute("reset variable release")
        mart_files.write(connection, docs, released, folder, _plans(connection))
        connection.execute("detach lake")
    (folder / "grown.duckdb").unlink()
    return folder


def _marts(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The marts of the base, each with its columns."""
    rows = connection.execute(
        "select table_name, list(column_name order by ordinal_position) from information_schema.columns "
        "where table_catalog = 'base' and table_schema = 'main' group by table_name order by table_name"
    ).fetchall()
    return dict(rows)


def _grown(mart: str, columns: list[str], copies: int, weeks: int) -> str:
    """The SQL of the rows of a mart: the base's, and those below a district once more for each copy."""
    told = {name: f"if(copy = 0, {name}, sha256({name} || copy))" for name in columns if name in _KEYS}
    told |= {name: f"if(copy = 0, {name}, {name} || '-' || copy)" for name in columns if name in _PLACES}
    if "level" in columns and "organisation_code" in columns:
        told["organisation_code"] = f"if(level in {_ABOVE}, organisation_code, {told['organisation_code']})"
    where = f"copy = 0 or level not in {_ABOVE}" if "level" in columns else "true"
    if not told:
        return f"from base.{mart}"
    times = f"range({copies}) as each(copy)"
    if mart.startswith("homework_load"):
        times += f", range({weeks}) as later(week)"
        told["school_date"] = "school_date + cast(7 * week as integer)"
    replaced = ", ".join(f"{sql} as {name}" for name, sql in told.items())
    return f"select mart.* replace ({replaced}) from base.{mart} as mart, {times} where {where}"


def _plans(connection: duckdb.DuckDBPyConnection) -> Mapping[str, Plan]:
    plans = {}
    for mart, partitioning in _PARTED.items():
        keys = f"select distinct {partitioning.key} from lake.marts.{mart} as mart"
        plans[mart] = Plan(partitioning, "", {key: "" for (key,) in connection.execute(keys).fetchall()})
    return plans
