"""Decoding of a large file in several processes: Python's codec for GB18030 uses one core, about 115 MB/s.

The file is cut at line ends (0x0A is never part of a longer character), and the pieces are received in order.
Stays out: detecting the encoding (`ingest.decoding.encodings`), the worker (`ingest.decoding.gb18030_worker`).
"""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

from ingest.errors import ReaderKilled

_PIECE_BYTES = 8 << 20
_WORKER_SCRIPT = Path(__file__).with_name("gb18030_worker.py")
_LENGTH_PREFIX = struct.Struct("<q")


def decode_file(path: Path, codec: str) -> Iterator[bytes]:
    """The file's pieces as UTF-8, in order; damaged characters as U+FFFD. Raises OSError where a process fails, and
    ReaderKilled where it is killed from outside.
    """
    pieces = _pieces(path)
    count = max(1, min(4, os.cpu_count() or 1, len(pieces)))
    workers = [_start(path, codec, pieces[i::count]) for i in range(count)]
    try:
        for i in range(len(pieces)):
            yield _receive(workers[i % count], path)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
            if worker.stdout:
                worker.stdout.close()


def _start(path: Path, codec: str, pieces: list[tuple[int, int]]) -> subprocess.Popen[bytes]:
    """A process that writes its pieces to a pipe; the pipe's buffer limits how far it is ahead."""
    spans = ",".join(f"{start}-{end}" for start, end in pieces)
    command = [sys.executable, "-I", "-S", str(_WORKER_SCRIPT), str(path), codec, spans]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)  # noqa: S603 (own script)


def _receive(worker: subprocess.Popen[bytes], path: Path) -> bytes:
    pipe = worker.stdout
    head = pipe.read(_LENGTH_PREFIX.size) if pipe else b""
    length = _LENGTH_PREFIX.unpack(head)[0] if len(head) == _LENGTH_PREFIX.size else -1
    content = pipe.read(length) if pipe and length >= 0 else b""
    if length < 0 or len(content) < length:
        if worker.wait() == -signal.SIGKILL:
            raise ReaderKilled("cannot be decoded within the limits of memory: export it as UTF-8.")
        raise OSError(f"the process that decodes {path} has ended")
    return content


def _pieces(path: Path) -> list[tuple[int, int]]:
    """Spans of about `_PIECE_BYTES` bytes that end with a line."""
    size = path.stat().st_size
    cuts = [0]
    with path.open("rb") as file:
        while cuts[-1] + _PIECE_BYTES < size:
            file.seek(cuts[-1] + _PIECE_BYTES)
            while (line := file.readline(_PIECE_BYTES)) and not line.endswith(b"\n"):
                pass
            cuts.append(file.tell())
    if cuts[-1] < size:
        cuts.append(size)
    return list(pairwise(cuts))
