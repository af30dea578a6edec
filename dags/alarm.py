"""What the steps of a night and Airflow report: a step that failed for good, a night that was published.

Stays out: the state of alerts and who gets them (`dags.alerts`), the words of an error (`common.failures`), a night
that does not come at all (`dags.watch`).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from common import failures
from common.settings import SettingsError
from dags import alerts, claim, outcome
from dags.scratch import Night, Refused

log = logging.getLogger("shuyuan.alerts")

_REMEDY = "The current release stays as it is; Airflow's page says what to do after a failure of this step."


def raise_alarm(night: Night, step: str, error: BaseException | None) -> None:
    """Write `outbox/alerts/<night>.txt` and the night's outcome; open an alert, even where they cannot be written."""
    status: outcome.Failure = "refused" if isinstance(error, Refused) else "failed"
    reason = failures.sentence(error, f"the step {step}", night.lake.airflow / "logs")
    report = night.files.candidate / "gate_report.html"
    gate_report = str(report) if report.exists() else None
    try:
        with suppress(OSError):  # the outcome says it too, and the alert
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
    """Write the findings of a night that was published, close the alerts of this night and of those before it, and tell
    what has stayed away: on a school day, since on others nothing is due.
    """
    alerts.write_lines(night.lake, night.date, outcome.alarms(night))
    alerts.close_alerts(night.lake, night.date)
    if outcome.missing(night)["is_school_day"]:
        alerts.tell_missing(night.lake, night.date, " ".join(outcome.lack_sentences(night, without="empty")))


def on_failure(context: Mapping[str, Any]) -> None:
    """Airflow's callback of a task that failed for good: in its process after the last attempt, or, without an
    exception, in the DAG processor where the scheduler lost the task.
    """
    night = _night_of(context)
    if night is not None:
        error = context.get("exception")
        raise_alarm(night, _step_of(context), error if isinstance(error, BaseException) else None)


def on_run_failure(context: Mapping[str, Any]) -> None:
    """Airflow's callback of a run that failed: for a task of which it calls no callback, since its process alone was
    killed, or a person marked it as failed.
    """
    night = _night_of(context)
    if night is not None and not _is_raised(night, getattr(context.get("dag_run"), "start_date", None)):
        raise_alarm(night, _step_of(context), None)


def _is_raised(night: Night, since: datetime | None) -> bool:
    """Whether an alert of the run that began at `since` was raised already by its step."""
    return any(
        alert.kind in ("failed", "refused") and alert.night == night.date and (since is None or alert.raised >= since)
        for alert in alerts.open_alerts(night.lake)
    )


def _step_of(context: Mapping[str, Any]) -> str:
    return getattr(context.get("task_instance") or context.get("ti"), "task_id", "?")


def _night_of(context: Mapping[str, Any]) -> Night | None:
    """The night of a run; where its settings cannot be used, None, after an alert that says so."""
    from dags.run import night_of

    try:
        return night_of(context)
    except (SettingsError, ValueError) as unusable:
        step = _step_of(context)
        reason = failures.sentence(unusable, "reading its settings", "that of the step")
        log.error("A night failed in %s: %s", step, reason)  # noqa: TRY400 (the sentence says it all)
        if "exception" in context:  # once: the run's own callback comes after the step's
            alerts.send_without_lake(f"A night failed in {step}, before its lake was known: {reason}")
        return None
