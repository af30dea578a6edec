"""Error messages for a person: the sentence of one of Shuyuan's own errors, or what to do about an unexpected one.

Stays out: exit codes (`shuyuan.cli`), where a message goes (`dags.alarm`, `shuyuan.cli`).

Shuyuan's own errors are written to be read. A library's error may quote a cell, so of its text only what quotes nothing
is shown, where it is shown at all.
"""

from __future__ import annotations

import errno
import os
import re
import traceback
from pathlib import Path

from common import disk_space, machine_share
from common.users import owner_name, user_name

_ROOMS = ("common", "dags", "dbt_project", "expectations", "ingest", "methods", "pages", "registry", "samples",
          "shuyuan", "warehouse")  # fmt: skip

_QUOTES = "'\"`‘’“”「」"
# from the first quote to the last, since a value may hold quotes itself; that of can't is none, that of b'x' is
_QUOTED = re.compile(f"(?<![A-Za-z]{{2}})[{_QUOTES}].*[{_QUOTES}]|(?<![A-Za-z]{{2}})[{_QUOTES}].*")
_DELIVERED = re.compile(r"\S*[^\x00-\x7f…]\S*|\d{6,}")  # libraries speak English; long numbers are somebody's
_LIMIT = 300  # characters
_CAUSES = 5


def is_own(error: BaseException) -> bool:
    """Whether an error is one of Shuyuan's own, with a sentence for a person."""
    return type(error).__module__.split(".")[0] in _ROOMS and bool(str(error))


def foreseen(error: BaseException) -> str | None:
    """The sentence of a fault of the machine, such as a disk that is full; None for any other error."""
    if disk_space.is_full(error):
        file = getattr(error, "filename", None)
        where = f" ({disk_space.space_of(Path(file))})" if file else ""
        return f"the disk is full{where}: free space, and run it again"
    if machine_share.is_exhausted(error):
        return (
            "there was too little memory: give more by the setting memory_limit (SHUYUAN_MEMORY_LIMIT), or fewer "
            "threads (SHUYUAN_THREADS), and run it again"
        )
    if isinstance(error, OSError) and error.errno in (errno.EACCES, errno.EPERM, errno.EROFS) and error.filename:
        path, user = Path(os.fsdecode(error.filename)), user_name(os.geteuid())
        return (
            f"{path} cannot be read or written by {user} ({error.strerror}): it belongs to {owner_name(path)}, so run "
            "this as that user, or let that user give the right to it"
        )
    return None


def sentence(error: BaseException | None, doing: str, log: object) -> str:
    """The message of an error: its own sentence if it is one of Shuyuan's; else what failed (`doing`, such as "the step
    read"), the type of the error, where its log is, and what to send along.
    """
    if error is None:
        return (
            f"{doing} ended without an error message (killed, perhaps for want of memory, or marked by hand): "
            f"its log is {log}"
        )
    if is_own(error):
        return " ".join(str(error).split())
    if text := foreseen(error):
        return f"{doing} failed: {text}"
    return (
        f"{doing} failed with an unexpected error ({type(error).__name__}): its log is {log}; "
        "send that file to whoever maintains the program"
    )


def without_values(text: str) -> str:
    """The first line of a library's message without what it may have of a cell: quoted parts, texts that are not ASCII,
    long numbers.
    """
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return _DELIVERED.sub("…", _QUOTED.sub("…", line))[:_LIMIT]


def in_short(error: BaseException) -> str:
    """An error on one line for a screen: the sentence of one of Shuyuan's own or of a fault of the machine, else what
    the message of the library has to say without quoting.
    """
    return " ".join(str(error).split()) if is_own(error) else foreseen(error) or without_values(str(error))


def places(error: BaseException) -> str:
    """Where in the code an unexpected error came from, and what caused it: the frames of each, and its type and message
    without values.
    """
    told: list[str] = []
    current: BaseException | None = error
    while current is not None and len(told) < _CAUSES:
        frames = "".join(traceback.format_tb(current.__traceback__))
        told.append(f"{type(current).__name__}: {without_values(str(current))}\n{frames}")
        current = current.__cause__ or current.__context__
    return "caused by ".join(told)
