"""The access log of the restricted zone: who has seen whose identifiers, when, and how.

Add here: another field that an auditor needs.
Stays out: access control, which is the mode of the restricted directory; what was displayed (`trace`).

A line is on the disk before anything is displayed. Nothing else writes the log, and no mart reads it.
"""

from __future__ import annotations

import json
import os
import socket
from datetime import datetime
from pathlib import Path

from common import files
from common.users import user_name
from warehouse.errors import QueryError


def log(path: Path, what: str, record: str, at: datetime) -> None:
    """Append a line: the user of this process did `what` with `record` (its uid) at `at`.

    Raises QueryError where it cannot be written: then nothing may be displayed.
    """
    line = {"at": at.isoformat(timespec="seconds"), "who": process_user(), "host": socket.gethostname(), "what": what,
            "record": record}  # fmt: skip
    try:
        files.append_text(path, json.dumps(line, ensure_ascii=False) + "\n", 0o600)
    except OSError as error:
        raise QueryError(
            f"The access log {path} cannot be written ({error.strerror}), so nothing is shown in full: ask as the "
            "user of the lake."
        ) from error


def process_user() -> str:
    """The name of the user of this process; the number of one without a name."""
    return user_name(os.getuid())
