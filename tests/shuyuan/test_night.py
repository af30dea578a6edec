"""A night says what it came to, and its exit code says it to a script."""

from __future__ import annotations

import errno
import json
import os
import re
import shlex
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from common.users import user_name
from dags.profile import table
from dags.profile.measure import STEP, Measure
from registry import RegisterError
from tests.shuyuan.conftest import Desk
from warehouse.lake import Lake

Gives = Callable[[Any], list[Any]]


@pytest.fixture
def words(tmp_path: Path, lake: Path) -> list[Any]:
    (tmp_path / "inbox").mkdir()
    return ["night", "--inbox", "inbox", "--lake", lake, "--date", "2025-10-15"]


def _published(lake: Path, **more: Any) -> dict[str, Any]:
    path = lake / "releases" / "2025-10-15-0123456789ab"
    return {"status": "published", "release": path.name, "path": str(path)} | more


def test_the_night_is_given_absolute_paths_and_its_date(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path, tmp_path: Path
) -> None:
    called = night_gives(_published(lake))
    assert desk(*words).exit_code == 0
    assert (called[0].inbox, called[0].lake) == (tmp_path / "inbox", lake)
    assert called[0].night == date(2025, 10, 15)


def test_a_published_release_is_shown_with_its_marts(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    night_gives(_published(lake))
    said = desk(*words).stdout
    assert f"Published 2025-10-15-0123456789ab: {lake}/releases/2025-10-15-0123456789ab" in said
    assert "one_student_one_file  2,500" in said


def test_a_night_without_change_says_which_release_stays_and_what_is_missing(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    lack = {"feed": "exams/results", "places": ["329900"], "places_in_all": 1, "since": None, "kind": "silent"}
    missing = {"lacks": [lack], "earlier_rosters": [], "is_school_day": False}
    night_gives(_published(lake, missing=missing) | {"status": "kept"})
    result = desk(*words)
    assert result.exit_code == 0
    assert "Nothing new came, changed or fell due: 2025-10-15-0123456789ab stays current" in result.stdout
    assert result.stdout.splitlines()[-1].startswith("Missing: exams/results")


def test_a_published_release_says_who_stands_out_in_it(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    file = lake / "releases" / "2025-10-15-0123456789ab" / "manifest.json"
    counted = {"check": "release/one_student_one_file/k_anonymity_student", "k": 5, "share": 0.456}
    counted |= {"people": 20_000, "alone": 2_600, "in_small_groups": 9_120}
    file.write_text(json.dumps(json.loads(file.read_text()) | {"gates": [{"door": "release", "figures": [counted]}]}))
    night_gives(_published(lake))
    said = desk(*words).stdout
    assert "pseudonymous, not anonymous" in said
    assert "in groups under 5" in said
    assert re.search(r"one_student_one_file/k_anonymity_student +20,000 +2,600 +9,120 +45\.6%", said)


def test_the_three_queries_work_as_they_are_printed(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    night_gives(_published(lake))
    lines = [line for line in desk(*words).stdout.splitlines() if "shuyuan sql " in line]
    assert len(lines) == 3
    for line in lines:
        result = desk(*shlex.split(line)[1:])
        assert result.exit_code == 0, result.stderr
        assert len(result.stdout.splitlines()) > 2


def test_what_was_held_quarantined_and_refused_is_grouped_with_its_reason(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    night_gives(
        _published(
            lake,
            held=[{"feed": "f/a", "slice": "3299010001", "reason": "fell from 400 to 3 rows"}],
            quarantined=[
                {"feed": "f/a", "rule": "type_date", "column": "birth_date", "rows": 3},
                {"feed": "f/b", "rule": "wrong_slice", "column": None, "rows": 1200},
            ],
            refused_files=[{"feed": "f/a", "file": f"{n}.csv", "reason": "has no header"} for n in range(30)],
        )
    )
    said = desk(*words).stdout
    assert "3299010001  fell from 400 to 3 rows" in said
    assert said.index("1,200") < said.index("birth_date")
    assert "Refused files: 30" in said
    assert "and 10 more" in said


def test_the_offices_are_told_how_many_lists_lie_where(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    of_source = {"source": "exams", "office": "教研室", "lists": 12, "entries": 1234, "overdue": 5}
    told = {"folder": str(lake / "outbox"), "lists": 12, "entries": 1234, "overdue": 5, "written": 3, "removed": 0}
    night_gives({"status": "refused", "reason": "x", "problem_lists": told | {"sources": [of_source]}})
    said = desk(*words).stdout
    assert f"12 with 1,234 open entries, 3 workbooks new or changed, in {lake / 'outbox'}" in said
    assert "exams" in said
    assert "教研室" in said


def test_the_last_line_of_a_night_says_what_is_missing(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    city = {"feed": "attendance/events", "kind": "silent", "places": ["329900"], "places_in_all": 1, "since": None}
    schools = {
        "feed": "student_registry/students", "kind": "silent", "places": ["3132990001"] * 3, "places_in_all": 1200,
        "since": "2025-10-08",
    }  # fmt: skip
    lists = {"feed": "teaching/classes", "kind": "empty", "places": ["a"], "places_in_all": 2, "since": "2025-10-14"}
    rosters = ["No roster of teachers came tonight: that of 2025-10-12 counts (teacher_system/teachers)."]
    night_gives(_published(lake, missing={"lacks": [city, schools, lists], "earlier_rosters": rosters}))
    *_, roster, last = desk(*words).stdout.splitlines()
    assert roster == rosters[0]
    assert last == (
        "Missing: attendance/events (silent always); student_registry/students (3 of 1,200 schools silent since "
        "2025-10-08); teaching/classes (1 of 2 lists empty since 2025-10-14)."
    )


def test_where_nothing_is_missing_the_last_line_says_so(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    night_gives(_published(lake, missing={"lacks": [], "earlier_rosters": []}))
    assert desk(*words).stdout.splitlines()[-1] == "Nothing that was due is missing."


def test_a_profile_shows_where_the_time_went_the_slowest_first(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    cost = {"begun_at": 0.0, "processor_seconds": 6.25, "peak_memory_bytes": 900 << 20}
    others = {"others_processor_seconds": 9.0, "processors": 2}
    of_step = {"kind": STEP, "startup_seconds": 1.0, "startup_processor_seconds": 0.5, **others, **cost}
    models = [Measure(step="transform", kind="model", name=f"m{n}", seconds=n / 10, **cost) for n in range(30)]
    touched = {"partitions_touched": 2, "partitions_all": 40, "why": "rows arrived", "rows": 1234}
    slowest = Measure(step="transform", kind="model", name="students", seconds=44.0, **cost, **touched)
    steps = [
        Measure(step="read", name="a/b", seconds=3.0, **of_step),
        Measure(step="read", name="c/d", seconds=2.0, **of_step),
        Measure(step="transform", seconds=60.0, **of_step),
    ]
    table.keep(Lake(lake), date(2025, 10, 15), [*steps, slowest, *models])
    night_gives({"status": "refused", "reason": "x"})
    assert "The night took" not in desk(*words).stdout
    said = desk(*words, "--profile").stdout
    assert "20.2 s of the processor (1.5 of them between steps" in said
    assert "The machine was not quiet: other programs used 27.0 of its 130.0 processor seconds" in said
    rows = [line.split() for line in said.splitlines()]
    order = [row[0] for row in rows if row and row[0] in ("transform", "read") and not {"model", "feed"} & set(row)]
    assert order == ["transform", "read"]
    assert ["transform", "model", "students", "44.0", "6.2", "900", "1,234", "2", "of", "40", "rows", "arrived"] in rows
    assert ["read", "feed", "a/b", "3.0", "6.2", "900"] in rows
    assert "The other 13 took" in said
    assert said.splitlines()[-1] == f"All of it: {lake}/restricted/profiles/2025-10-15.parquet"


def test_a_night_without_a_profile_says_so(desk: Desk, words: list[Any], night_gives: Gives) -> None:
    night_gives({"status": "failed", "reason": "x"})
    assert "What the night of 2025-10-15 cost is not known" in desk(*words, "--profile").stderr


def test_a_refused_night_ends_with_3_and_its_reason(desk: Desk, words: list[Any], night_gives: Gives) -> None:
    night_gives(
        {"status": "refused", "reason": "40 students stand twice.", "gate_report": "/x/gate_report.html"}
    )
    result = desk(*words)
    assert result.exit_code == 3
    assert (
        "The release was refused, and the one before stays current: 40 students stand twice.\n"
        in result.stderr
    )
    assert "/x/gate_report.html" in result.stderr
    assert "shuyuan sql" not in result.output


def test_a_failed_night_ends_with_1_and_its_reason(desk: Desk, words: list[Any], night_gives: Gives) -> None:
    night_gives({"status": "failed", "reason": "The model x failed"})
    result = desk(*words)
    assert result.exit_code == 1
    assert "The night failed: The model x failed.\n" in result.stderr


def test_a_register_that_contradicts_itself_is_a_failure_in_its_own_words(
    desk: Desk, words: list[Any], night_gives: Gives
) -> None:
    night_gives(RegisterError("elements/student.yml: two owners."))
    result = desk(*words)
    assert result.exit_code == 1
    assert result.stderr.endswith("\nelements/student.yml: two owners.\n")


def test_the_steps_of_a_night_are_told_on_stderr(
    desk: Desk, words: list[Any], night_gives: Gives, lake: Path
) -> None:
    night_gives(_published(lake))
    assert "reading [student_registry/students]" in desk(*words).stderr


_RESTRICTED = "/lake/restricted"
_REMEDY = "it belongs to root, so run this as that user, or let that user give the right to it."


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (
            PermissionError(errno.EACCES, "Permission denied", _RESTRICTED),
            f"{_RESTRICTED} cannot be read or written by {user_name(os.geteuid())} (Permission denied): {_REMEDY}",
        ),
        (OSError(errno.ENOSPC, "No space left on device"), "The disk is full: free space, and run it again."),
    ],
)
def test_a_fault_of_the_machine_is_no_fault_of_the_program(
    desk: Desk, words: list[Any], night_gives: Gives, error: OSError, said: str
) -> None:
    night_gives(error)
    result = desk(*words)
    assert result.exit_code == 1
    assert result.stderr.endswith(f"\n{said}\n"), "and nothing of SHUYUAN_DEBUG"
