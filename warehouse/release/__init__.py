"""Releases: assembling a candidate, publishing it, and SQL queries on the current release.

Stays out: judging it (`expectations`), past releases (`as_known`), which values may leave (`disclosure`).
"""

from warehouse.release.candidate import Candidate, candidate_of
from warehouse.release.publication import (
    assemble,
    current,
    last_release,
    publish,
    refuse,
    release_before,
    replace,
    stored_releases,
)

__all__ = [
    "Candidate",
    "assemble",
    "candidate_of",
    "current",
    "last_release",
    "publish",
    "refuse",
    "release_before",
    "replace",
    "stored_releases",
]
