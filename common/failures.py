"""How a failure is told to a person: the sentence of an error of ours, or what to do about one that nobody expected.

Stays out: exit codes (`shuyuan.cli`), where a sentence goes (`dags.alarm`, `shuyuan.cli`).

Errors of ours are written to be read. One of a library may quote a cell, so that only its kind is told.
"""

from __future__ import annotations

_ROOMS = ("common", "dags", "dbt_project", "expectations", "ingest", "methods", "registry", "samples", "shuyuan",
          "warehouse")  # fmt: skip


def is_own(error: BaseException) -> bool:
    """Whether an error is one of Shuyuan's own, with a sentence for a person."""
    return type(error).__module__.split(".")[0] in _ROOMS and bool(str(error))


def sentence(error: BaseException | None, doing: str, log: object) -> str:
    """The error for a person: its own sentence if it is ours; else what failed (`doing`, such as `the step read`), the
    kind of error, where its log lies, and what to send along.
    """
    if error is None:
        return f"{doing} ended without an error message: its log is {log}"
    if is_own(error):
        return " ".join(str(error).split())
    return (
        f"{doing} failed with an unexpected error ({type(error).__name__}): its log is {log}; "
        "send that file to whoever maintains the program"
    )
