"""Publishing: a candidate becomes the current release in one rename, is refused, or expires.

Stays out: its content (`candidate`), whether it is good enough (`expectations`).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from common import files
from common.night_files import NightFiles
from registry.model import Register
from warehouse import checksums
from warehouse.as_known import published_releases
from warehouse.checksums import ChecksumsDamaged
from warehouse.errors import ReleaseError
from warehouse.lake import NOBODY, Lake, Readers
from warehouse.release import differences, gate_report, unchanged_partitions
from warehouse.release.candidate import Candidate, assemble_candidate


def assemble(
    lake: Lake,
    register: Register,
    night: date,
    secret: bytes,
    dbt_manifest: Path,
    code_version: str,
    register_dir: Path,
) -> Candidate:
    """Assemble the candidate of a night; see `candidate.assemble_candidate`."""
    return assemble_candidate(
        lake, register, night, secret, dbt_manifest, code_version, register_dir, last_release=last_release(lake)
    )


def publish(
    lake: Lake,
    candidate: Candidate,
    reports: Sequence[Mapping[str, Any]],
    keep: int = 30,
    readers: Readers = NOBODY,
) -> Path:
    """Make the candidate the current release. Returns its directory.

    `reports` are the gates' findings as JSON. A release of the same id stays as it is, unless it is damaged: the
    candidate takes its place. Of older releases the newest `keep` stay. `readers` may read it, beside its user.
    Idempotent, also after an interruption anywhere. Raises ReleaseError.
    """
    target = _put_in_place(lake, candidate, reports, readers)
    shutil.rmtree(candidate.directory, ignore_errors=True)
    _switch_current(lake, target)
    left = NightFiles(candidate.directory.parent).candidate_partitions
    unchanged_partitions.keep(lake, left, target.name)
    _prune(lake, keep)
    return target


def replace(
    lake: Lake, candidate: Candidate, reports: Sequence[Mapping[str, Any]], readers: Readers = NOBODY
) -> Path:
    """Put a candidate into the place of the damaged or lost release of its id, with that one's times, by which releases
    of one night are ordered. Returns its directory; which release is current stays as it is.
    """
    target = lake.releases / candidate.release_id
    times = {path: path.stat().st_mtime_ns for path in (target / "manifest.json", target) if path.exists()}
    _put_in_place(lake, candidate, reports, readers)
    for path, time in times.items():
        os.utime(path, ns=(time, time))
    shutil.rmtree(_discarded(target), ignore_errors=True)
    return target


def _put_in_place(
    lake: Lake, candidate: Candidate, reports: Sequence[Mapping[str, Any]], readers: Readers
) -> Path:
    target = lake.releases / candidate.release_id
    is_damaged = candidate.directory.exists() and differences.is_damaged(target)
    if is_damaged or not target.exists():
        _complete(lake, candidate, reports)
        _seal(candidate.directory, readers)
        if is_damaged:
            _discard(target)
        files.put(candidate.directory, target)
    return target


def refuse(candidate: Candidate, reports: Sequence[Mapping[str, Any]]) -> Path:
    """Write the gates' findings beside the candidate and leave it there. Returns gate_report.html."""
    return gate_report.write(candidate.directory, candidate.release_id, reports)


def current(lake: Lake) -> Path | None:
    """The directory of the current release, or None where there is none yet."""
    link = lake.releases / "current"
    return link.resolve() if link.exists() else None


def release_before(lake: Lake, night: date) -> Path | None:
    """The newest release of an earlier night; None where there is none. One of the same night, which is run again, is
    passed over, so that its figures are held against the same ones as at first.
    """
    earlier = [path for path in stored_releases(lake) if path.name[:10] < night.isoformat()]
    return earlier[-1] if earlier else None


def stored_releases(lake: Lake) -> list[Path]:
    """The releases of the lake, oldest first."""
    directories = [p for p in lake.releases.glob("[!.]*/") if not p.is_symlink() and p.name != "current"]
    return sorted(directories, key=lambda p: (p.name[:10], p.stat().st_mtime_ns, p.name))


def last_release(lake: Lake) -> Path | None:
    """The current release, else the newest, of those whose manifest can be read."""
    candidates = [current(lake), *reversed(stored_releases(lake))]
    return next((path for path in candidates if path is not None and differences.manifest(path) is not None), None)


def _complete(lake: Lake, candidate: Candidate, reports: Sequence[Mapping[str, Any]]) -> None:
    if not candidate.directory.exists():
        raise ReleaseError(f"The candidate {candidate.release_id} is gone: run the night again.")
    gate_report.write(candidate.directory, candidate.release_id, reports)
    manifest = candidate.manifest | {"gates": gate_report.summary(reports)}
    files.write_json(candidate.directory / "manifest.json", manifest)
    checksums.write(candidate.directory, _entries(lake, candidate.directory))


def _entries(lake: Lake, directory: Path) -> checksums.Entries:
    """The list of a candidate's checksums; of a file that is linked from the current release, what that one's says."""
    before = current(lake)
    try:
        known = checksums.read(before) if before is not None else {}
    except ChecksumsDamaged:
        known = {}
    return {
        name: known[name]
        if before is not None and name in known and files.is_shared(before / name, directory / name)
        else checksums.entry_of(directory / name)
        for name in checksums.files_of(directory)
    }


def _seal(directory: Path, readers: Readers = NOBODY) -> None:
    """Make the files read-only, for those who may read the release."""
    files.permit_tree(directory, readers.of_release)


def _switch_current(lake: Lake, target: Path) -> None:
    """Let `current` point to the release, in one rename; the link is relative, so a lake can be moved."""
    link = lake.releases / "current"
    if current(lake) == target.resolve():
        return
    if link.is_dir() and not link.is_symlink():  # a copy that follows links has made a folder of it
        _discard(link)
    files.write_link(link, target.name)


def _discard(release: Path) -> None:
    """Take a release out of sight in one rename, so that it is never seen half removed; `_prune` deletes it."""
    shutil.rmtree(_discarded(release), ignore_errors=True)
    release.rename(_discarded(release))


def _discarded(release: Path) -> Path:
    return release.with_name(f".removed.{release.name}")


def _prune(lake: Lake, keep: int) -> None:
    current_release = current(lake)
    releases = [p for p in stored_releases(lake) if p.resolve() != current_release]
    for expired in releases[: max(len(releases) - (keep - 1), 0)]:
        published_releases.archive_release(lake, expired)
        _discard(expired)
    for discarded in lake.releases.glob(".removed.*"):
        shutil.rmtree(discarded, ignore_errors=True)
