"""The lock that the scheduler of a lake holds while it lives.

Stays out: the lock of the lake's writer (`warehouse.lake.write_lock`).
"""

from __future__ import annotations

import fcntl
import os

from warehouse.lake import Lake


def is_held(lake: Lake) -> bool:
    """Whether a scheduler of this lake lives."""
    try:
        descriptor = os.open(lake.airflow / "scheduler.lock", os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
