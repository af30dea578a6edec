"""Workbooks (xlsx, xlsb, xls, ods), read by calamine in a pool of worker processes.

Stays out: which sheet holds the feed (`ingest.tables.sheets_of_feed`).
"""

from __future__ import annotations

import marshal
import signal
import struct
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

from ingest.archives import bounds
from ingest.errors import ReaderKilled, Refused
from ingest.readers import ods_cells, xls_cells, xlsb_cells, xlsx_cells
from ingest.readers.sheets import Row, Sheet

MEMORY_BYTES = 3 << 30  # address space of a worker process
_WORKER_SCRIPT = Path(__file__).with_name("workbook_worker.py")
_UNREADABLE = "cannot be read as a workbook within the limits of memory and time: export the table as csv."
_WATCH_SECONDS = 0.2
_LENGTH_PREFIX = struct.Struct("<I")
T = TypeVar("T")


def twice_if_killed(read: Callable[[], T]) -> T:
    """What `read` gives, tried once more where its process is killed from outside. Raises Refused where both are: it
    is the file, then, that asks for more memory than there is.
    """
    with suppress(ReaderKilled):
        return read()
    try:
        return read()
    except ReaderKilled as killed:
        raise Refused(str(killed)) from None


class _Ended(Exception):  # noqa: N818 (what has happened to the process)
    """A worker has ended in the middle of a workbook; `was_killed`: it did not end itself, as for want of memory."""

    def __init__(self, *, was_killed: bool) -> None:
        self.was_killed = was_killed


class _Watch:
    """Kills the workers that take too long over a workbook: one thread for all of them, since to start one for each
    workbook costs a seventh of what reading a small one does.
    """

    def __init__(self) -> None:
        self._deadlines: dict[subprocess.Popen[bytes], float] = {}
        self._overdue: set[subprocess.Popen[bytes]] = set()
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._thread: threading.Thread | None = None

    def begin(self, worker: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._deadlines[worker] = time.monotonic() + bounds.MAX_SECONDS
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True)
                self._thread.start()

    def end(self, worker: subprocess.Popen[bytes]) -> None:
        with self._lock:
            self._deadlines.pop(worker, None)

    def has_ended(self, worker: subprocess.Popen[bytes]) -> bool:
        """Whether it was this watch that killed a worker."""
        with self._lock:
            return worker in self._overdue

    def close(self) -> None:
        self._ended.set()

    def _run(self) -> None:
        while not self._ended.wait(min(_WATCH_SECONDS, bounds.MAX_SECONDS)):
            with self._lock:
                overdue = [worker for worker, deadline in self._deadlines.items() if time.monotonic() >= deadline]
                self._overdue.update(overdue)  # first, so that whoever sees a worker end knows by whom
                for worker in overdue:
                    worker.kill()


class Workbooks:
    """A pool of worker processes; several threads may call it, each gets a process."""

    def __init__(self, memory_bytes: int = MEMORY_BYTES) -> None:
        self._memory_bytes = memory_bytes
        self._idle: SimpleQueue[subprocess.Popen[bytes]] = SimpleQueue()
        self._watch = _Watch()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._watch.close()
        while True:
            try:
                _stop(self._idle.get_nowait())
            except Empty:
                return

    def sheets(self, path: Path) -> Iterator[Sheet]:
        """The sheets of a workbook, in order; each must be read before the next. Raises Refused, and ReaderKilled where
        the process that reads it is killed from outside.
        """
        worker = self._worker()
        self._watch.begin(worker)
        try:
            yield from _sheets(worker, path)
        except _Ended as ended:
            _stop(worker)
            if ended.was_killed and not self._watch.has_ended(worker):
                raise ReaderKilled(_UNREADABLE) from None
            raise Refused(_UNREADABLE) from None
        except BaseException:
            _stop(worker)
            raise
        finally:
            self._watch.end(worker)
        if self._watch.has_ended(worker):  # over the last frame, which was there already
            _stop(worker)
        else:
            self._idle.put(worker)

    def _worker(self) -> subprocess.Popen[bytes]:
        try:
            return self._idle.get_nowait()
        except Empty:
            command = [sys.executable, "-I", str(_WORKER_SCRIPT), str(self._memory_bytes)]
            return subprocess.Popen(  # noqa: S603 (own script)
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
            )


def _sheets(worker: subprocess.Popen[bytes], path: Path) -> Iterator[Sheet]:
    stdin = worker.stdin
    if stdin is None or "\n" in str(path):
        raise Refused("has a line break in its name: rename it.")
    try:
        stdin.write(f"{path}\n".encode())
        stdin.flush()
    except BrokenPipeError:
        raise _Ended(was_killed=_was_killed(worker)) from None
    frame = _read_frame(worker)
    cells = _cells_of(path) if frame[0] == "sheet" else {}
    while frame[0] == "sheet":
        _, name, is_hidden, merged = frame
        own_cells = cells.get(name, xlsx_cells.SheetCells())
        sheet = _SheetRows(worker)
        pieces = _with_texts(sheet, own_cells.texts) if own_cells.texts else iter(sheet)
        yield Sheet(
            name,
            pieces,
            is_hidden=is_hidden,
            merged=merged or own_cells.merged,
            hidden_rows=own_cells.hidden_rows,
            hidden_columns=own_cells.hidden_columns,
        )
        for _ in sheet:  # rows that the caller did not read
            pass
        frame = sheet.next_frame
    if frame[0] == "refused":
        raise Refused(frame[1])


def _cells_of(path: Path) -> dict[str, xlsx_cells.SheetCells]:
    """By sheet, what calamine does not tell of its cells. Raises Refused."""
    if zipfile.is_zipfile(path):
        return xlsx_cells.cells_of(path) or ods_cells.cells_of(path) or xlsb_cells.cells_of(path)
    return xls_cells.cells_of(path)


def _with_texts(pieces: Iterable[list[Row]], texts: Mapping[int, Mapping[int, str]]) -> Iterator[list[Row]]:
    """The rows with texts for cells that are blank in them; rows below the last are added for the last texts."""
    count = 0
    for piece in pieces:
        for number in texts.keys() & range(count, count + len(piece)):
            _enter(piece[number - count], texts[number])
        count += len(piece)
        yield piece
    below: list[Row] = [[] for _ in range(count, max(texts) + 1)]
    for number in texts.keys() & range(count, count + len(below)):
        _enter(below[number - count], texts[number])
    if below:
        yield below


def _enter(row: Row, texts: Mapping[int, str]) -> None:
    row.extend([None] * (max(texts) + 1 - len(row)))
    for column, text in texts.items():
        row[column] = text


class _SheetRows:
    """The rows of one sheet, and the frame that follows them."""

    def __init__(self, worker: subprocess.Popen[bytes]) -> None:
        self._worker = worker
        self.next_frame: tuple[Any, ...] = ("rows",)

    def __iter__(self) -> Iterator[list[Row]]:
        while self.next_frame[0] == "rows":
            self.next_frame = _read_frame(self._worker)
            if self.next_frame[0] == "rows":
                yield self.next_frame[1]


def _read_frame(worker: subprocess.Popen[bytes]) -> tuple[Any, ...]:
    pipe = worker.stdout
    head = pipe.read(_LENGTH_PREFIX.size) if pipe else b""
    if pipe is None or len(head) < _LENGTH_PREFIX.size:
        raise _Ended(was_killed=_was_killed(worker))
    frame: tuple[Any, ...] = marshal.loads(pipe.read(_LENGTH_PREFIX.unpack(head)[0]))  # noqa: S302 (own process)
    return frame


def _was_killed(worker: subprocess.Popen[bytes]) -> bool:
    return worker.wait() == -signal.SIGKILL


def _stop(worker: subprocess.Popen[bytes]) -> None:
    worker.kill()
    for pipe in (worker.stdin, worker.stdout):
        if pipe:
            with suppress(BrokenPipeError):  # what it was not able to take
                pipe.close()
    worker.wait()
