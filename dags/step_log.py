"""What the log of a step says to a person: of a failure the sentence first, then where findings and rows are; holds.

Stays out: the words of an error (`common.failures`), telling the person on duty (`dags.alarm`).
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress

from common import failures, files
from common.delivered_text import for_all
from dags.scratch import Night, Refused
from registry.derived import words
from registry.model import Register

log = logging.getLogger(__name__)  # not the log of the steps: the command line shows that as progress


def write_failure(step: str, night: Night | None, error: Exception) -> None:
    """Write the sentence of one of Shuyuan's own errors; of a refusal, where to look as well."""
    refused = isinstance(error, Refused)
    log.error("%s: %s", "refused" if refused else "failed", failures.sentence(error, f"the step {step}", "this one"))
    if refused and night is not None:
        for line in _places(step, night):
            log.error("%s", line)


def write_unexpected(step: str, night: Night, error: Exception) -> None:
    """Write where an error that nobody foresaw came from, and what of its message quotes nothing."""
    log.error("%s", failures.places(error))
    log.error("the whole message, which may quote a cell and is for this machine alone: %s", night.files.error(step))
    write_in_full(step, night, error)


def write_in_full(step: str, night: Night, error: Exception) -> None:
    """Write an error with all that its messages quote into the night's scratch, for its user alone."""
    file = night.files.error(step)
    with suppress(OSError):  # what cannot be written must not hide the error
        files.make_folder(file.parent, 0o700)
        files.append_text(file, "".join(traceback.format_exception(error)), 0o600)


def write_holds(register: Register, holds: Iterable[Sequence[str]]) -> None:
    """Write what is held, [feed, slice, reason] each: the night goes on, and its task is green."""
    known = words.words(register)
    for feed, part, reason in holds:
        shown = part if words.are_said(part, known) else "a slice that its problem list names"
        log.warning("held: %s, %s: %s", feed, shown or "all of it", for_all(reason))


def _places(step: str, night: Night) -> Iterator[str]:
    """Where a person finds the findings and the rows of a refusal."""
    report, marts = night.files.candidate / "gate_report.html", night.files.candidate / "marts.duckdb"
    findings = night.files.door({"check_raw": "raw", "check_release": "release"}.get(step, step))
    if step == "check_release" and report.exists():
        yield f"gate report, with up to 20 rows a check: {report}"
    elif findings.exists():
        yield f"findings, with up to 20 rows a check: {findings}"
    if step == "check_release" and marts.exists():
        yield f"all rows, as analysts would have seen them: duckdb -readonly {marts}"
    yield f"problem lists of schools and offices: {night.lake.outbox}"
    yield "what to do: the text of this step on Airflow's page, and docs/operating.md"
