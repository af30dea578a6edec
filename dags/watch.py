"""Alerts of what did not happen, looked for once a minute beside the scheduler.

Stays out: alerts of a step that failed (`dags.alarm`).
"""

from __future__ import annotations

from datetime import datetime

from common.settings import Settings


def check(settings: Settings, now: datetime, watching_since: datetime) -> None:
    """Look for nights that did not begin and for deadlines that were missed."""
