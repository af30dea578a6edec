"""The share of a machine that a night takes by default, however large the machine is.

The process tree of a night stays within 4 GiB: what DuckDB has no room for it writes beside the lake, and goes on. The
one instance that works has `MEMORY` (others are empty meanwhile); Python with Airflow, dbt and Great Expectations takes
three quarters of a GiB; the rest is for what DuckDB does not count: Arrow tables, writers of Parquet, worker processes.
Add here: the share of another kind of work, and whether a fault is for want of it.
Stays out: what a person may set otherwise (`common.settings`), room on the disk (`common.disk_space`).
"""

from __future__ import annotations

import os

MEMORY = "2GB"  # of the DuckDB instance that builds, loads, checks or releases
READING_MEMORY = "700MB"  # of the instance that checks a feed's rows, while readers work beside it
FILE_MEMORY = "400MB"  # of an instance that reads one file
MAX_PROCESSORS = 8  # each takes memory of its own: a quarter of a GB in DuckDB, a process among the readers
_WORDS = ("out of memory error", "failed to allocate", "unable to allocate", "bad allocation")  # as DuckDB says it


def processors() -> int:
    """How many processors to use: those of the machine, up to `MAX_PROCESSORS`."""
    return min(os.cpu_count() or 1, MAX_PROCESSORS)


def is_exhausted(error: BaseException) -> bool:
    """Whether an error says that there was too little memory (of a full disk ask `disk_space.is_full` first)."""
    return isinstance(error, MemoryError) or any(words in str(error).lower() for words in _WORDS)
