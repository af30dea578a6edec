"""The lock of a lake's scheduler: held by the process that keeps Airflow running, for as long as it lives.

Stays out: the claim of a night and the lock of the one writer (`warehouse.lake`).
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from warehouse.errors import LakeBusy
from warehouse.lake import Lake

_PATIENCE = 1.0  # seconds: `is_held` takes the lock for a moment, which must refuse nobody


@dataclass(frozen=True)
class Holder:
    """The scheduler of a lake: its process and the address of its page."""

    pid: int
    page: str


@contextmanager
def hold(lake: Lake, page: str) -> Iterator[int]:
    """Hold the lock and write down who holds it. Yields its descriptor, which a fork shares and a program does not.

    The kernel releases it when the last process that has it ends, however it ends. Raises LakeBusy.
    """
    descriptor = os.open(_path(lake), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _acquired(descriptor):
            raise LakeBusy(_refusal(lake))
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(asdict(Holder(os.getpid(), page))).encode(), 0)
        yield descriptor
    finally:
        os.close(descriptor)


def is_held(lake: Lake) -> bool:
    """Whether a scheduler of this lake is alive."""
    try:
        descriptor = os.open(_path(lake), os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def holder(lake: Lake) -> Holder | None:
    """Who holds the lock; None where no scheduler of this lake is alive."""
    if not is_held(lake):
        return None
    with suppress(OSError, ValueError, TypeError):
        return Holder(**json.loads(_path(lake).read_text()))
    return None


def _path(lake: Lake) -> Path:
    return lake.airflow / "scheduler.lock"


def _acquired(descriptor: int) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.05)
        else:
            return True


def _refusal(lake: Lake) -> str:
    other = holder(lake)
    if other is None:
        return f"A scheduler of the lake {lake.root} is starting or ending: try again in a minute."
    return (
        f"A scheduler of the lake {lake.root} runs already (process {other.pid}, page {other.page}): use that page, or "
        f"end it with 'kill {other.pid}' before another is started."
    )
