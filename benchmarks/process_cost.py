"""What a command spends, in a process of its own: seconds, memory, bytes, and whether the machine was quiet.

Add here: another thing that a measured process spends.
Stays out: what is measured (`nights`), the cost of a function in this process (`ratio`).
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter, sleep

import psutil

QUIET_SHARE = 0.05  # of the machine's processor time; where others use more, it is not quiet
_INTERVAL = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class ProcessCost:
    """What a process and all that it started have spent."""

    wall: float  # seconds
    processor: float  # seconds, user and system, of the whole process tree
    peak: int  # most bytes that were resident at once; what processes share counts once each
    written: int | None  # bytes sent to the disk; None where the system does not say
    others: float  # processor seconds of all other programs meanwhile
    last_line: str = ""  # of what it printed

    @property
    def is_quiet(self) -> bool:
        """Whether other programs left the machine alone."""
        return self.others <= QUIET_SHARE * self.wall * (os.cpu_count() or 1)


def run(command: Sequence[str], folder: Path) -> ProcessCost:
    """Run a command in `folder`, and measure it. Raises RuntimeError, with the end of what it said, where it fails."""
    with tempfile.TemporaryFile(dir=folder) as output:
        busy, written, start = _busy(), _written(), perf_counter()
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
        peak = 0
        try:
            # unlike `wait`, it tells what the process has used
            while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
                peak = max(peak, _resident(process.pid))
                sleep(_INTERVAL)
        except BaseException:
            process.kill()
            raise
        _, status, usage = ended
        wall, processor = perf_counter() - start, usage.ru_utime + usage.ru_stime
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace").strip()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{text[-2000:]}")
    now_written = _written()
    return ProcessCost(
        wall,
        processor,
        peak,
        None if written is None or now_written is None else now_written - written,
        max(_busy() - busy - processor, 0.0),
        text.splitlines()[-1] if text else "",
    )


def median_of(runs: Sequence[ProcessCost]) -> ProcessCost:
    """The median of each figure; the last line of the first."""
    written = [run.written for run in runs if run.written is not None]
    return ProcessCost(
        median(run.wall for run in runs),
        median(run.processor for run in runs),
        int(median(run.peak for run in runs)),
        int(median(written)) if written else None,
        median(run.others for run in runs),
        runs[0].last_line,
    )


def _resident(pid: int) -> int:
    """Resident bytes of a process and all below it."""
    resident = 0
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for each in (process, *process.children(recursive=True)):
            with suppress(psutil.Error):
                resident += each.memory_info().rss
    return resident


def _busy() -> float:
    """Processor seconds of all programs since the machine started."""
    times = psutil.cpu_times()
    return float(times.user + times.nice + times.system)


def _written() -> int | None:
    """Bytes that this process and all that it has waited for have sent to the disk."""
    counters = getattr(psutil.Process(), "io_counters", None)
    return int(counters().write_bytes) if counters else None
