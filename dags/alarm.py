"""Alerts: a line in the lake's outbox and the night's outcome when a step fails, and the failure callback of every DAG.

Add here: another channel to the person on duty.
Stays out: deciding that a night failed, the words of an error (`common.failures`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from common import failures
from dags import claim, outcome
from dags.scratch import Night, Refused


def raise_alarm(night: Night, step: str, error: BaseException | None) -> None:
    """Write `outbox/alerts/<night>.txt` and the night's outcome."""
    cause = error.__cause__ if error is not None and isinstance(error.__cause__, Refused) else error
    status: outcome.Status = "refused" if isinstance(cause, Refused) else "failed"
    reason = failures.sentence(cause, f"the step {step}", night.lake.airflow / "logs")
    _write(night, [f"{status} in {step}: {reason}"])
    report = night.files.candidate / "gate_report.html"
    extra = {"gate_report": str(report)} if report.exists() else {}
    if claim.is_of(night):  # the outcome of a night that another run has loaded stays
        outcome.write(night, status, step=step, reason=reason, **extra)


def alert_findings(night: Night) -> None:
    """Write the alerts of a night that was published: a feed of which no file could be read, a reader that failed."""
    _write(night, outcome.alarms(night))


def _write(night: Night, lines: Sequence[str]) -> None:
    if not lines:
        return
    alerts = night.lake.outbox / "alerts"
    alerts.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (alerts / f"{night.date}.txt").open("a", encoding="utf-8") as file:
        file.writelines(f"{night.date} {line}\n" for line in lines)


def on_failure(context: Mapping[str, Any]) -> None:
    """Airflow's callback of a failed task."""
    from dags.run import night_of

    error = context.get("exception")
    task = context.get("task_instance") or context.get("ti")
    raise_alarm(night_of(context), getattr(task, "task_id", "?"), error if isinstance(error, BaseException) else None)
