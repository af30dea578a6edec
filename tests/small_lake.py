"""A small lake made by hand, with a file of every kind that a lake keeps, and what can happen to a file.

Add here: another kind of file, another kind of damage.
Stays out: how damage is found and told (`tests/warehouse`, `tests/shuyuan`, `tests/end_to_end`).
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import registry
from ingest import landing
from ingest.committing import intake_tables
from tests.warehouse.by_hand import NIGHT, Hand
from warehouse.lake import Lake, connect_lake, create_lake

DELIVERED = "学籍号,姓名\nG32011,王小明\n" * 300


def make(folder: Path) -> Lake:
    """A lake of three nights: two releases, one that has expired, a landed file, a workbook, state, Airflow's files."""
    lake = Lake(folder / "lake")
    create_lake(lake)
    hand = Hand(lake, registry.load(registry.HOUSE), folder)
    for number in range(3):
        hand.publish(NIGHT + timedelta(number), keep=2)
    export = folder / "students.csv"
    export.write_text(DELIVERED, encoding="utf-8")
    sha256 = landing.sha256_of(export)
    landing.land(export, sha256, lake.landing)
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.t as select '王小明' || i as name from range(5000) as r(i)")
        connection.execute("delete from lake.raw.t where name like '%7'")
        intake_tables.ensure(connection)
        connection.execute(
            "insert into lake.intake.arrival values ('a', ?, 's', 's/f', 's/f/students.csv', ?, 1)", [NIGHT, sha256]
        )
        connection.execute("insert into lake.intake.delivery (delivery_id, arrival_id) values ('d', 'a')")
    (lake.outbox / "exams").mkdir()
    with zipfile.ZipFile(lake.outbox / "exams" / "bureau.xlsx", "w", zipfile.ZIP_DEFLATED) as workbook:
        workbook.writestr("sheet.xml", DELIVERED)
    night = lake.work(NIGHT)
    night.mkdir(parents=True, exist_ok=True)
    (night / "outcome.json").write_text(json.dumps({"status": "published"}))
    lake.claim.write_text("{}")
    lake.access_log.write_text('{"who": "duty"}\n')
    (lake.airflow / "dags").mkdir()
    (lake.airflow / "dags" / "portal.py").write_text("# the bureau's own\n")
    (lake.airflow / "by_hand").mkdir()
    for home in (lake.airflow, lake.airflow / "by_hand"):
        with closing(sqlite3.connect(home / "airflow.db")) as database:
            database.execute("create table dag_run (run_id text)")
            database.executemany("insert into dag_run values (?)", [(DELIVERED,)] * 20)
            database.commit()
    (lake.airflow / "keys.json").write_text('{"AIRFLOW__API__SECRET_KEY": "x"}')
    return lake


def copy(lake: Lake, folder: Path) -> Lake:
    """The lake once more, with all modes, times and links."""
    return Lake(Path(shutil.copytree(lake.root, folder, symlinks=True)))


def files_that_matter(lake: Lake) -> dict[str, Path]:
    """A file of each kind whose damage loses something, by kind, but for the catalog."""
    release = (lake.releases / "current").resolve()
    older = next(p for p in sorted(lake.releases.glob("[0-9]*")) if p != release)
    expired = next(lake.release_archive.glob("[0-9]*"))
    data = lake.data / "raw" / "t"
    deletes = next(data.glob("*delete*.parquet"))
    return {
        "data": next(path for path in data.glob("*.parquet") if path != deletes),
        "deletions": deletes,
        "landed": next(lake.landing.glob("*/*.zst")),
        "marts": release / "marts.duckdb",
        "parquet": release / "parquet" / "discrepancy.parquet",
        "register": release / "register" / "bureau.yml",
        "gate report": release / "gate_report.html",
        "manifest": older / "manifest.json",
        "older marts": older / "marts.duckdb",
        "expired manifest": expired / "manifest.json",
        "expired register": expired / "register" / "bureau.yml",
    }


def remove(path: Path) -> None:
    path.unlink()


def cut(path: Path) -> None:
    """Half of it is left."""
    _rewrite(path, path.read_bytes()[: path.stat().st_size // 2])


def flip(path: Path, bit: int | None = None) -> None:
    """One bit is another: of the middle byte where none is given."""
    content = bytearray(path.read_bytes())
    bit = len(content) // 2 * 8 if bit is None else bit
    content[bit // 8] ^= 1 << bit % 8
    _rewrite(path, bytes(content))


def empty(path: Path) -> None:
    _rewrite(path, b"")


DAMAGES: dict[str, Callable[[Path], None]] = {"removed": remove, "cut": cut, "flipped": flip, "emptied": empty}


def _rewrite(path: Path, content: bytes) -> None:
    mode = path.stat().st_mode
    path.chmod(0o600)
    path.write_bytes(content)
    path.chmod(mode)
