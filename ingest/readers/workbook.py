"""Workbooks (xlsx, xlsb, xls, ods), read by calamine in processes of their own.

Lives here: those processes, kept for as long as files come, and the sheets they send back.
Stays out: which sheet holds the feed (`read_files`).
"""

from __future__ import annotations

import marshal
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self

from ingest.errors import Refused
from ingest.readers.sheets import Row, Sheet

MEMORY = 3 << 30  # bytes of address space that reading one workbook may take
_WORKER = Path(__file__).with_name("workbook_worker.py")
_LENGTH = struct.Struct("<I")


class Workbooks:
    """Reads workbooks; several threads may ask at once, each gets a process."""

    def __init__(self, memory: int = MEMORY) -> None:
        self._memory = memory
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        while True:
            try:
                _stop(self._idle.get_nowait())
            except Empty:
                return

    def sheets(self, path: Path) -> Iterator[Sheet]:
        """The sheets of a workbook, in order; each must be read before the next. Raises Refused."""
        worker = self._worker()
        try:
            yield from _sheets(worker, path)
        except BaseException:
            _stop(worker)
            raise
        self._idle.put(worker)

    def _worker(self) -> subprocess.Popen[bytes]:
        try:
            return self._idle.get_nowait()
        except Empty:
            command = [sys.executable, "-I", str(_WORKER), str(self._memory)]
            return subprocess.Popen(  # noqa: S603 (own script)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )


def _sheets(worker: subprocess.Popen[bytes], path: Path) -> Iterator[Sheet]:
    stdin = worker.stdin
    if stdin is None or "\n" in str(path):
        raise Refused("has a line break in its name: rename it.")
    stdin.write(f"{path}\n".encode())
    stdin.flush()
    frame = _take(worker)
    while frame[0] == "sheet":
        sheet = _Pieces(worker)
        yield Sheet(frame[1], iter(sheet))
        for _ in sheet:  # what the caller did not want
            pass
        frame = sheet.following
    if frame[0] == "refused":
        raise Refused(frame[1])


class _Pieces:
    """The rows of one sheet, and the frame that follows them."""

    def __init__(self, worker: subprocess.Popen[bytes]) -> None:
        self._worker = worker
        self.following: tuple[Any, ...] = ("rows",)

    def __iter__(self) -> Iterator[list[Row]]:
        while self.following[0] == "rows":
            self.following = _take(self._worker)
            if self.following[0] == "rows":
                yield self.following[1]


def _take(worker: subprocess.Popen[bytes]) -> tuple[Any, ...]:
    pipe = worker.stdout
    head = pipe.read(_LENGTH.size) if pipe else b""
    if pipe is None or len(head) < _LENGTH.size:
        raise Refused("cannot be read as a workbook in the memory it may take: export the table as csv.")
    frame: tuple[Any, ...] = marshal.loads(pipe.read(_LENGTH.unpack(head)[0]))  # noqa: S302 (own process)
    return frame


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    for pipe in (worker.stdin, worker.stdout):
        if pipe:
            pipe.close()
    worker.wait()
