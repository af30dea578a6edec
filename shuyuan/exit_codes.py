"""The exit codes of the command line, and the one that a night's status has.

Stays out: the sentence that goes with a code (`common.failures`, `outcome`).
"""

from __future__ import annotations

from typing import Final

DONE: Final = 0
FAILED: Final = 1
USAGE_ERROR: Final = 2
REFUSED: Final = 3  # by a gate: the release before stays current
INTERRUPTED: Final = 130

OF_STATUS: Final = {"published": DONE, "kept": DONE, "loaded": DONE, "refused": REFUSED, "failed": FAILED}
"""The code of a night by its status (`dags.outcome`); `loaded` is a night that a backfill passed over."""
