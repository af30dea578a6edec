"""A full disk is known by every library that meets it, and is no fault of a file."""

from __future__ import annotations

import errno
import os

import duckdb
import pytest

from common import disk_space, failures
from common.users import user_name

NO_SPACE = OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    "error",
    [
        NO_SPACE,
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        duckdb.IOException('IO Error: Could not write file "/x": No space left on device'),
        duckdb.OutOfMemoryException(
            "Out of Memory Error: failed to offload data block of size 256.0 KiB (0 bytes/0 bytes used). "
            "This limit was set by the 'max_temp_directory_size' setting."
        ),
        RuntimeError("(sqlite3.OperationalError) database or disk is full"),
    ],
)
def test_a_full_disk_is_told_from_other_errors(error: Exception) -> None:
    assert disk_space.is_full(error)
    wrapped = ValueError("dbt could not start")
    wrapped.__cause__ = error
    assert disk_space.is_full(wrapped)
    assert str(failures.foreseen(error)).startswith("the disk is full")


@pytest.mark.parametrize("error", [OSError(errno.EACCES, "Permission denied"), ValueError("full")])
def test_another_error_is_no_full_disk(error: Exception) -> None:
    assert not disk_space.is_full(error)


def test_a_right_that_is_missing_has_a_sentence() -> None:
    denied = PermissionError(errno.EACCES, "Permission denied", "/lake/outbox")
    assert failures.sentence(denied, "the step publish", "x") == (
        f"the step publish failed: /lake/outbox cannot be read or written by {user_name(os.geteuid())} (Permission "
        "denied): it belongs to root, so run this as that user, or let that user give the right to it"
    )
