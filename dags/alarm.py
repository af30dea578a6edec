"""What the steps of a night and Airflow report: a step that failed for good, a night that was published.

Stays out: the state of alerts and who gets them (`dags.alerts`), the words of an error (`common.failures`), a night
that does not come at all (`dags.watch`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any

from common import failures
from common.settings import SettingsError
from dags import alerts, claim, outcome
from dags.scratch import Night, Refused

log = logging.getLogger("shuyuan.alerts")

_REMEDY = "The current release stays as it is; Airflow's page says what to do after a failure of this step."


def raise_alarm(night: Night, step: str, error: BaseException | None) -> None:
    """Write `outbox/alerts/<night>.txt` and the night's outcome; open an alert, even where they cannot be written."""
    cause = error.__cause__ if error is not None and isinstance(error.__cause__, Refused) else error
    status: outcome.Failure = "refused" if isinstance(cause, Refused) else "failed"
    reason = failures.sentence(cause, f"the step {step}", night.lake.airflow / "logs")
    report = night.files.candidate / "gate_report.html"
    gate_report = str(report) if report.exists() else None
    try:
        alerts.write_lines(night.lake, night.date, [f"{status} in {step}: {reason}"])
        if claim.is_of(night):  # the outcome of a night that another run has loaded stays
            extra = {"gate_report": gate_report} if gate_report else {}
            outcome.write(night, status, step=step, reason=reason, **extra)
    finally:
        ending = "" if reason.endswith((".", "。")) else "."
        text = f"The night of {night.date} {_verb(status)} in {step}: {reason}{ending} {_REMEDY}"
        alerts.open_alert(night.lake, status, night.date, text, gate_report=gate_report)


def _verb(status: outcome.Failure) -> str:
    return "was refused" if status == "refused" else "failed"


def night_published(night: Night) -> None:
    """Write the findings of a night that was published, and close the alerts of this night and of those before it."""
    alerts.write_lines(night.lake, night.date, outcome.alarms(night))
    alerts.close_alerts(night.lake, night.date)


def on_failure(context: Mapping[str, Any]) -> None:
    """Airflow's callback of a task that failed for good: in its process after the last attempt, or, without an
    exception, in the DAG processor where the task was killed.
    """
    from dags.run import night_of

    error = context.get("exception")
    task = context.get("task_instance") or context.get("ti")
    step = getattr(task, "task_id", "?")
    try:
        night = night_of(context)
    except (SettingsError, ValueError) as unusable:
        reason = failures.sentence(unusable, "reading its settings", "that of the step")
        log.error("A night failed in %s: %s", step, reason)  # noqa: TRY400 (the sentence says it all)
        alerts.send_without_lake(f"A night failed in {step}, before its lake was known: {reason}")
        return
    raise_alarm(night, step, error if isinstance(error, BaseException) else None)
