"""The release: what analysts read, from the candidate to the current one, and questions to it.

Stays out: judging it (`expectations`), releases of the past (`as_known`), which values may leave (`disclosure`).
"""

from warehouse.release.candidate import Candidate, candidate_of
from warehouse.release.publication import assemble, current, publish, refuse, stored_releases

__all__ = ["Candidate", "assemble", "candidate_of", "current", "publish", "refuse", "stored_releases"]
