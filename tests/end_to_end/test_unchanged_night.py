"""Nights in which nothing new comes: what they keep, and that a built night would have made nothing else."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import duckdb
import pytest

import samples
from tests.end_to_end.conftest import FIRST, LAST, Nights, run
from warehouse.as_known import published_releases
from warehouse.lake import Lake, attach_lake, connect_lake, lake_tables, quoted

# what says which night has looked last
STAMPS = {
    "marts.discrepancy": ("last_seen", "as_of_date"),
    "marts.data_problem": ("last_seen",),
    "conformed.discrepancies": ("last_seen", "as_of_date"),
    "conformed.problems": ("last_seen",),
    "conformed.identity_queue": ("line",),
}
AS_OF = (
    "indicator_value", "balanced_development", "one_school_one_file", "one_teacher_one_file", "one_student_one_file",
    "network_risk", "training", "honours",
)  # fmt: skip
STAMPS |= {f"marts.{mart}": ("as_of_date",) for mart in AS_OF}
# of the nights to come, which each build works out from its own night on
AHEAD = ("conformed.calendar_days", "conformed.due_dates")
# what a build asks about people that night, and that it was the last: read by builds alone
OF_BUILD = ("conformed.identity_claims", "staging.build_state")


@pytest.fixture
def quiet(nights: Nights, tmp_path: Path) -> Nights:
    """A copy of the lake after its last night, and an inbox to which nothing comes."""
    shutil.copytree(nights.root, tmp_path / "lake", symlinks=True)
    (tmp_path / "inbox").mkdir()
    return Nights(tmp_path / "lake", nights.city, nights.secret, dict(nights.outcomes))


def test_the_last_night_again_keeps_its_release_and_builds_nothing(quiet: Nights) -> None:
    before = quiet.restricted("from lake.marts.completeness order by all")
    outcome = quiet.run(LAST)
    assert (outcome["status"], outcome["release"]) == ("kept", quiet.outcomes[LAST]["release"])
    assert outcome["alarms"] == quiet.outcomes[LAST]["alarms"]
    assert not (quiet.lake.work(LAST) / "dbt").exists()
    assert quiet.restricted("from lake.marts.completeness order by all") == before
    assert published_releases.release_on(quiet.lake, LAST).id == outcome["release"]


@pytest.mark.soak
def test_nights_without_change_leave_what_built_ones_would_have_made(quiet: Nights, tmp_path: Path) -> None:
    """Over a weekend and a silent school day, and after files have come again: every table but for stamps."""
    shutil.copytree(quiet.root, tmp_path / "built", symlinks=True)
    built = Nights(tmp_path / "built", quiet.city, quiet.secret, {})
    statuses = []
    for number in range(1, 4):
        day = LAST + timedelta(number)
        statuses.append(run(quiet.root, tmp_path / "inbox", quiet.secret, day)["status"])
        run(built.root, tmp_path / "inbox", built.secret, day, whole=True)
        with both(quiet.lake, built.lake) as connection:
            assert list(different(connection, STAMPS, (*AHEAD, *OF_BUILD))) == [], day
    assert "kept" in statuses
    assert "refused" in statuses
    day = LAST + timedelta(4)
    releases = [run(lake.root, quiet.city / FIRST.isoformat(), quiet.secret, day) for lake in (quiet, built)]
    assert [outcome["status"] for outcome in releases] == ["published", "published"]
    with both(quiet.lake, built.lake) as connection:
        assert list(different(connection, {}, ())) == []
    assert releases[0]["release"] == releases[1]["release"]


def test_a_night_of_files_that_the_lake_has_leaves_what_a_built_one_would_have_made(
    tmp_path: Path, secret: Path
) -> None:
    """On a Sunday, for which no school day is missed; the city has told of Monday alone, on the Saturday before."""
    first, second = samples.write_usual_nights(tmp_path / "city", 300, 2)
    saturday = second + timedelta(4)
    inbox = tmp_path / "city" / second.isoformat()
    run(tmp_path / "lake", tmp_path / "city" / first.isoformat(), secret, first)
    outcome = run(tmp_path / "lake", inbox, secret, saturday)
    assert outcome["status"] == "published"
    shutil.copytree(tmp_path / "lake", tmp_path / "built", symlinks=True)
    sunday = saturday + timedelta(1)
    kept = run(tmp_path / "lake", inbox, secret, sunday)
    built = run(tmp_path / "built", inbox, secret, sunday, whole=True)
    assert (kept["status"], kept["release"]) == ("kept", outcome["release"])
    assert built["status"] == "published"
    assert kept["alarms"] == built["alarms"]
    with both(Lake(tmp_path / "lake"), Lake(tmp_path / "built")) as connection:
        told = "select distinct status from lake.marts.delivery where night = $1"
        assert connection.execute(told, [sunday]).fetchall() == [("unchanged",)]
        assert list(different(connection, STAMPS, (*AHEAD, *OF_BUILD))) == []
        assert list(different(connection, {}, (), ("intake",))) == []


@contextmanager
def both(one: Lake, other: Lake) -> Iterator[duckdb.DuckDBPyConnection]:
    """Two lakes as the databases `lake` and `built`."""
    with connect_lake(one, read_only=True) as connection:
        attach_lake(connection, other, "built")
        yield connection
        connection.execute("detach built")


def different(
    connection: duckdb.DuckDBPyConnection,
    stamps: dict[str, tuple[str, ...]],
    left_out: tuple[str, ...],
    schemas: tuple[str, ...] = ("staging", "conformed", "marts"),
) -> Iterator[str]:
    """The tables that are not the same in both lakes, but for the stamps; those that are built, or of other schemas."""
    for name in sorted(lake_tables(connection)):
        if name.split(".")[0] not in schemas or name in left_out:
            continue
        columns = f"* exclude ({', '.join(stamps[name])})" if name in stamps else "*"
        tables = [f"select {columns} from {database}.{quoted(name)}" for database in ("lake", "built")]
        for here, there in (tables, reversed(tables)):
            query = f"select count(*), min(one::varchar) from ({here} except all {there}) as one"
            number, example = connection.execute(query).fetchone() or (0, None)
            if number:
                yield f"{name}: {number} rows as {example}"
