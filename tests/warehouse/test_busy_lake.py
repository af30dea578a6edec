"""A lake that another process has open is waited for, and then its holder is named."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import duckdb
import pytest

from warehouse.errors import LakeBusy, LakeError
from warehouse.lake import Lake, connect_lake, connection

HOLDER = """
import sys
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from warehouse.lake import Lake, connect_lake, write_lock
lake = Lake(Path(sys.argv[1]))
with write_lock(lake, date(2025, 10, 14)) if sys.argv[2] == "night" else nullcontext(), connect_lake(lake):
    print("held", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture(params=["night", "person"])
def holder(request: pytest.FixtureRequest, lake: Lake) -> Iterator[subprocess.Popen[str]]:
    """A process that has the lake open until it is sent a line: a night, or a person's question."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lake.root), request.param],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    process.who = "the night 2025-10-14 " if request.param == "night" else ""  # type: ignore[attr-defined]
    yield process
    process.kill()
    process.wait()


def test_a_lake_in_use_is_waited_for_and_then_opened(
    lake: Lake, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert holder.stdin is not None
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 3:
            holder.communicate("\n")

    monkeypatch.setattr(connection.time, "sleep", wait)
    with connect_lake(lake, read_only=True) as opened:
        assert opened.execute("select 1").fetchall() == [(1,)]
    assert len(waits) == 3


def test_a_lake_that_stays_in_use_is_refused_with_the_name_of_its_holder(
    lake: Lake, holder: subprocess.Popen[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection, "WAIT_SECONDS", 0)
    who = holder.who  # type: ignore[attr-defined]
    said = (
        rf"is in use by {who}\(?process {holder.pid}\)?, and was not free within 0 seconds: wait until"
    )
    with pytest.raises(LakeBusy, match=said), connect_lake(lake, read_only=True):
        pass


def test_a_catalog_of_a_newer_ducklake_is_not_called_damaged(lake: Lake) -> None:
    with duckdb.connect(lake.catalog) as catalog:
        catalog.execute("update ducklake_metadata set value = '99.0' where key = 'version'")
    with pytest.raises(LakeError, match=r"written by another version .*: update Shuyuan"), connect_lake(lake):
        pass
