"""What a night costs is measured for the whole process tree, kept whatever becomes of the night, and harms none."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from common.settings import load_settings
from dags.profile import course, machine, measure, measuring, table
from dags.profile.course import Course
from dags.profile.measure import Measure
from dags.scratch import BY_HAND, Night
from warehouse.build import PHASE, BuildEvent, Node
from warehouse.lake import Lake

NIGHT = date(2025, 10, 15)
# a process that takes 64 MiB and some of the processor, says so and waits until it is told to end
CHILD = """
import time
held = bytearray(1 << 26)
for _ in range(1_000_000): pass
print(time.process_time(), flush=True)
input()
"""


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night whose run has got the lake."""
    monkeypatch.setattr(measuring.claim, "is_of", lambda _: True)
    night = Night(NIGHT, load_settings(lake=tmp_path / "lake", secret_file=tmp_path / "key"), run=BY_HAND)
    night.work.mkdir(parents=True)
    return night


def step(name: str, part: str = "", **more: Any) -> Measure:
    given = {"begun_at": 100.0, "seconds": 10.0, "processor_seconds": 10.0, "peak_memory_bytes": 1, "processors": 2}
    return Measure(step=name, kind=measure.STEP, name=part, **given | more)


def test_processes_below_count_while_they_run_and_when_they_have_ended():
    own = machine.Reading.now()
    with machine.Memory() as alone:
        pass
    with subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        used = float(child.stdout.readline())
        with machine.Memory() as memory:
            running = machine.Reading.now()
        child.communicate(b"\n")
    ended = machine.Reading.now()
    least = used * 0.9 - 2 / os.sysconf("SC_CLK_TCK")  # the kernel counts in ticks
    assert running.processor - own.processor >= least
    assert ended.processor - own.processor >= least, "and not once more, or no more"
    assert memory.peak(running.clock, running.clock) - alone.peak(own.clock, running.clock) > 1 << 26


def test_a_part_that_runs_between_two_looks_has_the_memory_of_both(monkeypatch):
    memory = machine.Memory()
    memory._clocks, memory._bytes = [1.0, 2.0, 3.0, 4.0], [10, 40, 30, 90]
    assert [memory.peak(2.1, 2.9), memory.peak(2.0, 3.0), memory.peak(0.0, 0.5)] == [40, 40, 10]


def test_a_step_and_the_parts_of_a_build_leave_what_they_cost(night):
    with measuring.measured(night, "transform"):
        for what, kind, name in (
            ("begun", PHASE, "copy_from_lake"), ("ended", PHASE, "copy_from_lake"), ("begun", "model", "students"),
            ("ended", "model", "students"), ("begun", "model", "a"), ("begun", "test", "b"), ("ended", "test", "b"),
            ("ended", "model", "a"), ("begun", "model", "never_ended"),
        ):  # fmt: skip
            measuring.follow_build(BuildEvent(what, kind, name))
        known = Node("students", "model", "success", 1.0, 7, 4096, 2, 40, "rows arrived")
        measuring.note_nodes([known, Node("b", "test", "pass", 0.1)])
    *parts, whole = measure.read(night.files.profile)
    assert [(part.kind, part.name) for part in parts] == [
        (PHASE, "copy_from_lake"), ("model", "students"), ("test", "b"), ("model", "a")
    ]  # fmt: skip
    assert [part.processor_seconds is None for part in parts] == [False, False, True, True], "whose was it of two?"
    students = parts[1]
    assert (students.rows, students.bytes, students.partitions_touched, students.partitions_all, students.why) == (
        7, 4096, 2, 40, "rows arrived"
    )  # fmt: skip
    assert (whole.step, whole.kind, whole.rows, whole.bytes, whole.failed) == ("transform", "step", 7, 4096, False)
    assert min(part.peak_memory_bytes for part in (*parts, whole)) > 1 << 20
    assert not table.place(night.lake, NIGHT).exists(), "the night goes on"


def test_a_step_that_fails_is_kept_with_the_night_and_its_error_goes_on(night):
    with measuring.measured(night, "guard"):
        pass
    with pytest.raises(KeyError), measuring.measured(night, "transform"):
        raise KeyError("x")
    assert [(m.step, m.failed) for m in table.read(night.lake, NIGHT)] == [("guard", False), ("transform", True)]


def test_a_run_that_has_not_got_the_lake_leaves_nothing_in_the_scratch_of_another(night, monkeypatch):
    monkeypatch.setattr(measuring.claim, "is_of", lambda _: False)
    with measuring.measured(night, "open_lake"):
        pass
    assert list(night.work.iterdir()) == []


def test_what_cannot_be_kept_fails_no_step(night, monkeypatch, caplog):
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(measure, "add", full)
    with measuring.measured(night, "guard"):
        pass
    assert "what the step has cost could not be kept: OSError" in caplog.messages


def test_a_line_that_a_power_cut_has_cut_off_takes_no_other_with_it(tmp_path):
    path = tmp_path / "profile.jsonl"
    measure.add(path, [step("guard")])
    path.write_text(path.read_text() + path.read_text()[:40], encoding="utf-8")
    assert measure.read(path) == [step("guard")]


def test_a_table_gives_back_what_it_was_given_and_the_whole_night_once(tmp_path):
    lake = Lake(tmp_path)
    guard = step("guard", begun_at=120.0, startup_seconds=2.0, written_bytes=5)
    measures = [step("read", "a/b", begun_at=100.5, rows=3), guard]
    table.keep(lake, NIGHT, measures)
    assert table.read(lake, NIGHT) == measures
    columns = "night, seconds, processor_seconds, written_bytes"
    whole = duckdb.sql(f"select {columns} from '{table.place(lake, NIGHT)}' where kind = 'night'")
    assert whole.fetchall() == [(NIGHT, 29.5, 20.0, 5)]
    table.place(lake, NIGHT).write_bytes(b"PAR1")
    assert table.last(lake, NIGHT) == [], "a damaged table stops no night"


def test_the_last_night_is_none_that_comes_later_or_failed_halfway(tmp_path):
    for day in (13, 14, 16):
        table.keep(Lake(tmp_path), date(2025, 10, day), [step(f"of {day}")])
    table.keep(Lake(tmp_path), NIGHT, [step("guard"), step("transform", failed=True)])
    assert [m.step for m in table.last(Lake(tmp_path), NIGHT)] == ["of 14"]


def test_a_machine_is_quiet_while_others_use_little_of_it():
    assert measure.disturbance([step("read", others_processor_seconds=0.9)]) is None
    busy = measure.disturbance([step("read", others_processor_seconds=4.0, load=3.4), step("guard", load=1.0)])
    assert busy is not None
    assert "other programs used 4.0 of its 40.0 processor seconds (load up to 3.4 on 2 processors)" in busy


def test_a_course_knows_what_is_done_and_by_the_last_night_what_is_left(monkeypatch):
    monkeypatch.setattr(course.time, "monotonic", lambda: 0.0)
    model = {"kind": "model", "begun_at": 0.0, "processor_seconds": None, "peak_memory_bytes": None}
    last = [
        step("find_arrivals", seconds=2.0), step("read", "a/b", seconds=8.0), step("read", "c/d", seconds=4.0),
        step("transform", seconds=30.0), Measure(step="transform", name="students", seconds=12.0, **model),
    ]  # fmt: skip
    seen: list[tuple[str, str, int, int, int, float | None]] = []

    def changed(now: Course) -> None:
        seen.append((now.step, now.part, now.steps_ended, now.parts_ended, now.parts, now.seconds_left()))

    night = Course(last, changed)
    night.plan(["find_arrivals", "read", "transform"])
    night.begin("find_arrivals", "")
    night.map_step("read", ["a/b", "new/feed"])
    night.end_part("")
    night.begin("read", "a/b")
    night.end_part("a/b")
    night.begin("read", "new/feed")
    night.end_part("new/feed")
    night.begin("transform", "")
    night.count_parts(2)
    night.begin_part("students")
    night.end_part("students")
    unknown = 6.0  # a feed that the last night did not read: as long as one of its feeds took
    assert seen == [
        ("", "", 0, 0, 0, 44.0),
        ("find_arrivals", "", 0, 0, 0, 44.0),
        ("find_arrivals", "", 0, 0, 0, 2.0 + 8.0 + unknown + 30.0),
        ("read", "a/b", 1, 0, 2, 8.0 + unknown + 30.0),
        ("read", "a/b", 1, 1, 2, unknown + 30.0),
        ("read", "new/feed", 1, 1, 2, unknown + 30.0),
        ("read", "new/feed", 1, 2, 2, unknown + 30.0),
        ("transform", "", 2, 0, 0, 30.0),
        ("transform", "", 2, 0, 2, 30.0),
        ("transform", "students", 2, 0, 2, 30.0),
        ("transform", "students", 2, 1, 2, 18.0),
    ]
    assert Course([], changed).seconds_left() is None, "a first night promises nothing"
