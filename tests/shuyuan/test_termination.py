"""TERM ends a night at once, whatever it does, with all that it has started."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import suppress

import psutil
import pytest

WORK = {
    "a query in the main thread": "query()",
    "a query in a thread of dbt's": "t = threading.Thread(target=query); t.start(); t.join()",
    "an error that is caught": "\nwhile True:\n    try: time.sleep(100)\n    except BaseException: pass",
}
NIGHT = """
import subprocess, sys, threading, time
import duckdb
from shuyuan.termination import ended_by_signals

def query():
    print("at work", flush=True)
    duckdb.sql("select sum(a.i * b.i % 7) from range(10000000) a(i), range(10000000) b(i)").fetchall()

with ended_by_signals("The night 2025-10-15"):
    for own_session in (False, True):
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=own_session)
    print("at work", flush=True)
"""


@pytest.mark.parametrize(
    ("work", "number", "code"),
    [*((work, signal.SIGTERM, 143) for work in WORK), ("an error that is caught", signal.SIGHUP, 129)],
)
def test_a_night_and_its_children_end_with_a_sentence(work: str, number: signal.Signals, code: int) -> None:
    script = NIGHT + "".join(f"    {line}\n" for line in WORK[work].splitlines() or [""])
    night = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    children: list[psutil.Process] = []
    try:
        assert night.stdout is not None
        assert night.stdout.readline() == "at work\n"
        children = psutil.Process(night.pid).children()
        assert len(children) == 2
        night.send_signal(number)
        _, said = night.communicate(timeout=20)
        assert night.returncode == code
        assert said.strip() == (
            f"The night 2025-10-15 was ended by {number.name}: what was not published has no effect, and the current "
            "release stays; run it again."
        )
        assert not [child for child in children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]
    finally:
        for process in [*children, night]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
