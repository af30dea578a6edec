"""Whether a night has anything to build: what the current release was made of, what falls due by date, and what files
say that come again.

Lives here: the basis of a release, the question whether it still holds, and what such a night leaves in the lake.
Stays out: which days fall due (dbt_project: the model due_dates), whether files arrived (`ingest.finding`), the gates'
own terms (`expectations`).
"""

from warehouse.unchanged.basis import Basis, as_dict, forget, keep, of_dict, read, stand_for
from warehouse.unchanged.night_without_build import JUDGED_BY, made_of, note_night, of_build, reason_to_build

__all__ = [
    "JUDGED_BY",
    "Basis",
    "as_dict",
    "forget",
    "keep",
    "made_of",
    "note_night",
    "of_build",
    "of_dict",
    "read",
    "reason_to_build",
    "stand_for",
]
