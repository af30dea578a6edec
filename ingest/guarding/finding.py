"""A reason to hold a slice, before it is known whether a reviewed line lifts it.

Stays out: the reasons (the other modules of `ingest.guarding`).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What is wrong with a slice. `about`: a column, an organisation, or '' for its rows; None where nobody may lift
    the hold, since the data themselves cannot be right.
    """

    sentence: str
    about: str | None = ""
