"""TERM and HUP end a night within seconds, with all that it has started.

Stays out: the programs of the scheduler (`dags.scheduler.supervisor`), Ctrl-C (`cli`).

Python runs the handler of a signal only when its main thread comes back from DuckDB, which may take minutes. So the
signal's number, which is written to a socket at once, is read by a thread of its own. It ends the process on the spot,
as a kill would: every step is made so that a night may be killed anywhere.
"""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from dags.scheduler.supervisor import kill_all, own_descendants

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_SIGNAL_CODE = 128  # plus the signal's number: the exit code by which a shell knows it


@contextmanager
def ended_by_signals(what: str) -> Iterator[None]:
    """While the block runs, end the process and its descendants when a signal comes, with a sentence on stderr that
    names `what` was running, and the exit code 143 (TERM) or 129 (HUP).
    """
    reader, writer = socket.socketpair()
    writer.settimeout(0)
    threading.Thread(target=_wait, args=(reader, what), daemon=True).start()
    handlers = {number: signal.signal(number, _leave_to_the_thread) for number in _SIGNALS}
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(before)
        for number, handler in handlers.items():
            signal.signal(number, handler)
        writer.close()


def _leave_to_the_thread(*_: object) -> None:
    """A handler of Python's own must be there, or the signal's number is not written."""


def _wait(reader: socket.socket, what: str) -> None:
    while received := reader.recv(1):
        if received[0] in _SIGNALS:
            _end(signal.Signals(received[0]), what)
    reader.close()


def _end(received: signal.Signals, what: str) -> None:
    sentence = (
        f"{what} was ended by {received.name}: what was not published has no effect, and the current release stays; "
        "run it again."
    )
    try:
        os.write(2, f"\n{sentence}\n".encode())
        kill_all(own_descendants)
    finally:
        os._exit(_SIGNAL_CODE + received)
