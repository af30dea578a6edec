"""Verdicts: what each step that may refuse a night has said, and of which content.

Lives here: giving a verdict, and asking for it before something is committed or published.
Stays out: judging (`ingest.guarding`, `expectations`, `warehouse.lineage`).

A verdict is of content, by its fingerprint: of the rows that were read, of a build, of a candidate. What Airflow
believes of a task ("success", by whomever it was set) is no verdict.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dags.scratch import Night, Refused
from warehouse.release.candidate import Candidate

GUARD: Final = "guard"
RAW: Final = "check_raw"
COMMIT: Final = "commit"
BUILD: Final = "transform"
DELIVERIES: Final = "check_deliveries"
PROOF: Final = "prove"
RELEASE: Final = "check_release"

_ROWS: Final = ("*/accepted.parquet", "*/deleted.parquet", "*/problems.parquet")


def give(night: Night, step: str, content: str, *, passed: bool = True) -> None:
    """Record what a step says of a content."""
    night.write(night.files.verdict(step), {"step": step, "content": content, "passed": passed})


def require(night: Night, content: str, *steps: str) -> None:
    """Refuse to go on where one of the steps has not passed this content. Raises Refused."""
    for step in steps:
        verdict = night.read(night.files.verdict(step))
        if verdict is None:
            raise Refused(f"The step {step} has said nothing of the night {night.date}, whatever its state: clear it.")
        if not verdict["passed"]:
            raise Refused(
                f"The step {step} has refused the night {night.date}, whatever its state: mend what it named, then "
                "clear the run from open_lake."
            )
        if verdict["content"] != content:
            raise Refused(
                f"What the step {step} has passed in the night {night.date} has changed since: clear it, with all "
                "that follows."
            )


def content_of(night: Night, step: str) -> str:
    """The content of which a step has spoken last; '' where it has not."""
    return str(night.read(night.files.verdict(step), {"content": ""})["content"])


def require_reading(night: Night, feeds: Iterable[str]) -> None:
    """Refuse to go on where a feed with new files was not read. Raises Refused."""
    unread = [feed for feed in feeds if not night.files.feed(night.register.feed(feed).table).deliveries.exists()]
    if unread:
        raise Refused(f"The files of {', '.join(unread)} were not read, whatever the state of their step: clear it.")


def of_rows(night: Night) -> str:
    """Fingerprint of the rows that were read."""
    return _of_files(sorted(path for pattern in _ROWS for path in night.work.glob(pattern)), night.work)


def of_file(path: Path) -> str:
    """Fingerprint of one file; '' where it is missing."""
    return _of_files([path], path.parent) if path.exists() else ""


def of_candidate(candidate: Candidate) -> str:
    """Fingerprint of a candidate: its id, and every byte of its tables and its register; of the files of partitions,
    which are named by their content and may be those of the release before, the names, sizes and times.
    """
    folder = candidate.directory
    files = [folder / "marts.duckdb", *folder.glob("parquet/*"), *folder.rglob("register/**/*")]
    whole = _of_files(sorted({file for file in files if file.is_file()}), folder)
    return f"{candidate.release_id} {whole} {_of_names(sorted(folder.glob('parquet/*/*')), folder)}"


def _of_files(paths: Iterable[Path], folder: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{path.relative_to(folder)} {content}\n".encode())
    return digest.hexdigest()


def _of_names(paths: Iterable[Path], folder: Path) -> str:
    told = [f"{path.relative_to(folder)} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in paths]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()
