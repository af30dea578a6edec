"""A lake without its inbox: the landed bytes and what is known of each night suffice to fill another like it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

import ingest
from ingest import replay
from ingest.errors import IngestError
from registry import Register
from tests.ingest.makers import DAY, HOMEWORK, OTHER, SCHOOL, STUDENTS, Desk, csv_of, record, student, students, zip_of
from warehouse.lake import Lake

NEXT, THIRD = date(2025, 10, 16), date(2025, 10, 17)
FILE = f"{STUDENTS}/{SCHOOL}.csv"
TABLES = ("raw.student_registry__students", "raw.homework_a__records", "intake.arrival", "intake.delivery",
          "intake.problem", "intake.slice_state", "intake.slice_part")  # fmt: skip


def told(desk: Desk) -> dict[str, list[tuple[object, ...]]]:
    return {table: desk.ask(f"SELECT * FROM lake.{table} ORDER BY ALL") for table in TABLES}


def nightly(desk: Desk, day: date) -> None:
    """As a night does it: what no feed takes is kept too."""
    ingest.land_unread(desk.find(day), desk.lake.landing)
    desk.night(day)


@pytest.fixture
def old(tmp_path: Path, house: Register, empty_lake: Lake) -> Iterator[Desk]:
    """Three nights in a real lake: good and bad rows, files that stay, files of nobody, a correction and a fall."""
    desk = Desk(tmp_path / "old", house, empty_lake)
    assert desk.connection
    desk.put(FILE, csv_of([*students(30), student(60, 出生日期="20130230")]))
    desk.put("student_registry/schools.zip", zip_of({f"{OTHER}.csv": csv_of(students(3, 90, 学校标识码=OTHER))}))
    desk.put(f"{HOMEWORK}/20251014.csv", csv_of([record(n) for n in range(4)]))
    desk.put("student_registry/说明.docx", b"PK\x03\x04 no table of any feed")
    desk.put(f"{STUDENTS}/half.csv.part", b"not opened")
    desk.put("unknown/a.csv", b"of no source")
    (desk.inbox / STUDENTS / "link.csv").symlink_to("/etc/hostname")
    nightly(desk, DAY)
    desk.put(FILE, csv_of(students(9)))
    nightly(desk, NEXT)
    desk.put(FILE, csv_of(students(29)))
    desk.put(f"{HOMEWORK}/20251015.csv", csv_of([record(9)]))
    nightly(desk, THIRD)
    yield desk
    desk.close()


def test_the_nights_of_a_lake_run_again_from_its_landing_make_the_same_lake(old: Desk, desk_of, house: Register):
    new = desk_of(house)
    assert new.connection
    assert replay.nights(old.connection) == [DAY, NEXT, THIRD]
    for night in (DAY, NEXT, THIRD):
        new.clear()
        replay.restore(old.connection, night, old.lake.landing, new.inbox)
        nightly(new, night)
    assert told(new) == told(old)
    kept = [{p.name for p in each.lake.landing.rglob("*.zst")} for each in (old, new)]
    assert kept[0] == kept[1] != set()


def test_of_a_file_that_was_corrected_within_its_night_the_last_is_laid_out(desk: Desk, tmp_path: Path):
    for count in (3, 5, 4):
        desk.put(FILE, csv_of(students(count)))
        desk.night()
    replay.restore(desk.connection, DAY, desk.lake.landing, tmp_path)
    assert (tmp_path / FILE).read_bytes() == csv_of(students(4))


def test_bytes_that_are_gone_or_changed_end_the_replay(desk: Desk, tmp_path: Path):
    desk.put(FILE, csv_of(students(3)))
    desk.night()
    (kept,) = desk.lake.landing.rglob("*.zst")
    kept.chmod(0o600)
    with pa.output_stream(str(kept), compression="zstd") as changed:
        changed.write(b"other bytes")
    with pytest.raises(IngestError, match="have changed: restore them from a copy"):
        replay.restore(desk.connection, DAY, desk.lake.landing, tmp_path / "a")
    kept.unlink()
    with pytest.raises(IngestError, match="cannot be read"):
        replay.restore(desk.connection, DAY, desk.lake.landing, tmp_path / "b")


def test_a_refused_file_that_an_older_program_did_not_keep_is_no_hindrance(desk: Desk, tmp_path: Path):
    desk.put("student_registry/说明.docx", b"PK\x03\x04 no table of any feed")
    desk.put(FILE, csv_of(students(3)))
    desk.night()
    replay.restore(desk.connection, DAY, desk.lake.landing, tmp_path / "a")
    assert [path.name for path in (tmp_path / "a").rglob("*.*")] == [f"{SCHOOL}.csv"]
