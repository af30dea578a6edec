"""A copy of the catalog, taken while others write."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.warehouse.by_hand import NIGHT
from warehouse.errors import LakeBusy, LakeError
from warehouse.lake import Lake, catalog_copy, connect_lake, copy_catalog, write_lock

# Adds a row to both of two tables in each of its transactions, and says how many it added.
WRITER = """
import sys, time
from pathlib import Path
from warehouse.lake import Lake, connect_lake
end, rows = time.monotonic() + 2, 0
while time.monotonic() < end:
    with connect_lake(Lake(Path(sys.argv[1]))) as connection:
        for _ in range(3):
            connection.execute("begin; insert into lake.raw.a values (1); insert into lake.raw.b values (1); commit")
            rows += 1
            time.sleep(0.1)
print(rows)
"""


def counts(lake: Lake) -> tuple[int, int]:
    with connect_lake(lake, read_only=True) as connection:
        return connection.execute(
            "select (select count(*) from lake.raw.a), (select count(*) from lake.raw.b)"
        ).fetchone()


def test_each_copy_holds_whole_transactions_and_the_writer_never_waits(lake: Lake, tmp_path: Path):
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.a (n int); create table lake.raw.b (n int)")
    root = Path(__file__).parents[2]
    writer = subprocess.Popen([sys.executable, "-c", WRITER, lake.root], cwd=root, stdout=subprocess.PIPE, text=True)
    copies = []
    while writer.poll() is None:
        copies.append(counts(copy_catalog(lake, tmp_path / f"copy-{len(copies)}")))
    said, _ = writer.communicate()
    assert writer.returncode == 0
    assert len(copies) > 1
    assert [copy for copy in copies if copy[0] != copy[1]] == []
    assert copies == sorted(copies)
    assert counts(lake) == (int(said), int(said))


def test_the_copy_is_taken_although_a_night_holds_the_lock(lake: Lake, tmp_path: Path):
    with write_lock(lake, NIGHT):
        assert copy_catalog(lake, tmp_path / "copy").catalog.exists()


def test_a_copy_reads_the_lakes_files_and_has_a_temporary_directory_of_its_own(lake: Lake, tmp_path: Path):
    copy = copy_catalog(lake, tmp_path / "copy")
    assert (copy.data, copy.landing, copy.releases) == (lake.data, lake.landing, lake.releases)
    assert {copy.catalog.parent, copy.spill.parent} == {tmp_path / "copy"}
    assert copy.catalog.stat().st_mode & 0o077 == 0


def test_a_catalog_that_never_rests_is_given_up_with_a_sentence(lake: Lake, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(catalog_copy, "_copy_at_rest", lambda *_: False)
    monkeypatch.setattr("time.sleep", lambda _: None)
    with pytest.raises(LakeBusy, match="changes without a pause"):
        copy_catalog(lake, tmp_path / "copy")


def test_without_a_lake_there_is_no_copy(tmp_path: Path):
    with pytest.raises(LakeError, match="no lake"):
        copy_catalog(Lake(tmp_path / "lake"), tmp_path / "copy")
