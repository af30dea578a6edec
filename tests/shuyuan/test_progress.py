"""On a terminal a night shows what of it is left; elsewhere its lines are plain, one a step."""

from __future__ import annotations

import re
from io import StringIO
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from dags.profile.course import Course
from dags.profile.measure import STEP, Measure
from shuyuan import progress


def screen(monkeypatch: pytest.MonkeyPatch, **given: Any) -> StringIO:
    file = StringIO()
    monkeypatch.setattr(progress, "_console", lambda: Console(file=file, width=80, markup=False, **given))
    return file


def test_a_terminal_shows_steps_and_parts_with_what_is_left(monkeypatch):
    file = screen(monkeypatch, force_terminal=True, _environ={"TERM": "xterm"})
    cost = {"kind": STEP, "begun_at": 0.0, "processor_seconds": None, "peak_memory_bytes": None}
    last = [Measure(step="read", seconds=5.0, **cost), Measure(step="transform", seconds=7205.0, **cost)]
    with progress.bar("The night") as (say, follow):
        assert follow is not None
        say("a line that the bar says better")
        night = Course(last, follow)
        night.plan(["read", "transform"])
        night.begin("transform", "")
        night.count_parts(130)
        night.begin_part("students")
        night.end_part("students")
        night.begin_part("[accepted_values]_of_students" * 5)
    shown = file.getvalue()
    for text in ("1 of 2 steps", "about 120:0", "  transform [accepted_val…", "1 of 130"):
        assert text in shown
    lines = re.sub(r"\x1b\[[^a-zA-Z]*[a-zA-Z]", "", shown).replace("\r", "\n").splitlines()
    assert all(cell_len(line) <= 80 for line in lines), "what is wrapped jumps"
    assert "a line" not in shown


def test_what_is_no_terminal_gets_no_bar(monkeypatch):
    file = screen(monkeypatch)
    with progress.bar("The night") as (say, follow):
        say("reading [a/b]")
    assert (follow, file.getvalue()) == (None, "The night ...\n  reading [a/b]\n")
