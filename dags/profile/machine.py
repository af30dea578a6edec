"""What this process, those below it and the whole machine use: processor, memory, bytes written.

Stays out: whose use it is (`measuring`), the disk's free space (`warehouse.lake.disk_use`).
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import psutil

_SECONDS = 0.2  # between two looks at memory
_LOOKS = 5  # from one search for the processes below to the next: it reads the whole process table, 2 ms


@dataclass(frozen=True)
class Reading:
    """The counters at a moment: `clock` in seconds since 1970, processor seconds, bytes.

    `processor`: of this process and those below it, ended ones too; `machine`: of all programs since boot, and what
    other guests took from this one; `written`: to files, None where the system does not tell.
    """

    clock: float
    processor: float
    machine: float
    written: int | None

    @classmethod
    def now(cls) -> Reading:
        """The counters now."""
        used = psutil.cpu_times()
        waiting = ("idle", "iowait", "guest", "guest_nice")  # guests are in `user` and `nice` already
        machine = sum(seconds for name, seconds in used._asdict().items() if name not in waiting)
        return cls(time.time(), _processor_seconds(), machine, _bytes_written())


def process_began() -> float:
    """When this process began, in seconds since 1970."""
    return psutil.Process().create_time()


def load() -> float:
    """The load of the machine: programs that run or wait for a processor, over the last minute."""
    return os.getloadavg()[0]


class Memory:
    """Follows the resident memory of this process and those below it, in a thread, within a `with`.

    What processes share counts for each. Those that live less than a second may be missed.
    """

    def __init__(self) -> None:
        self._clocks: list[float] = []
        self._bytes: list[int] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def peak(self, begun: float, ended: float) -> int:
        """The most bytes between two clocks, with the looks before and after, between which it may have lain."""
        first = max(bisect_right(self._clocks, begun) - 1, 0)
        return max(self._bytes[first : bisect_left(self._clocks, ended) + 1], default=0)

    def _follow(self) -> None:
        own = psutil.Process()
        processes: list[psutil.Process] = []
        is_last = False
        while True:
            if is_last or len(self._clocks) % _LOOKS == 0:
                processes = [own, *own.children(recursive=True)]
            self._bytes.append(sum(map(_resident, processes)))
            self._clocks.append(time.time())
            if is_last:
                return
            is_last = self._ended.wait(_SECONDS)


def _processor_seconds() -> float:
    own = os.times()
    below = [_times(process) for process in psutil.Process().children(recursive=True)]
    return own.user + own.system + own.children_user + own.children_system + sum(below)


def _times(process: psutil.Process) -> float:
    try:
        return sum(process.cpu_times()[:4])  # its children's too, as above
    except psutil.Error:  # ended a moment ago: this process counts it
        return 0.0


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0


def _bytes_written() -> int | None:
    try:
        return psutil.Process().io_counters().write_bytes
    except (AttributeError, psutil.Error):
        return None
