"""Processes of the tests of `make up`: waiting for what they do, and ending them with all that they started."""

import subprocess
import time
from collections.abc import Callable
from contextlib import suppress

import psutil


def until(condition: Callable[[], object], seconds: float) -> None:
    """Wait for a condition. Raises AssertionError after `seconds`, which are patience and never a claim."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def tree_of(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    """All that a living process has started."""
    return psutil.Process(process.pid).children(recursive=True)


def kill_tree(process: subprocess.Popen[bytes], seconds: float) -> None:
    """End a process and all that it has started, living or not."""
    for each in [*(tree_of(process) if process.poll() is None else []), process]:
        with suppress(psutil.NoSuchProcess):  # it may end at this very moment
            each.kill()
    process.wait(seconds)
