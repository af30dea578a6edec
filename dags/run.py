"""Adapters between Airflow and the steps: a run's context as a night, a step as a task, a refusal as a failed task.

Stays out: the steps (`dags.steps`), their order (the DAGs).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from common.settings import SettingsError
from dags.scratch import Night, Refused

T = TypeVar("T")


def night_of(context: Mapping[str, Any]) -> Night:
    """The night of a run, from its parameters, its configuration and the time it was due."""
    run = context.get("dag_run")
    parameters = {**(context.get("params") or {}), **(getattr(run, "conf", None) or {})}
    due = getattr(run, "logical_date", None) or getattr(run, "run_after", None) or datetime.now(UTC)
    given = {name: value for name, value in parameters.items() if value is not None}
    given.setdefault("run", getattr(run, "run_id", ""))
    given["is_backfill"] = str(getattr(run, "run_type", "")) == "backfill"
    return Night.of_run(given, due)


def at_night(step: Callable[..., T]) -> Callable[..., T]:
    """A step as the function of a task: the night comes from the run; what a retry cannot mend is not retried."""

    @wraps(step)
    def task_function(*arguments: Any, **named: Any) -> T:
        from airflow.sdk import get_current_context
        from airflow.sdk.exceptions import AirflowFailException

        try:
            return step(night_of(get_current_context()), *arguments, **named)
        except (Refused, SettingsError) as refusal:
            raise AirflowFailException(str(refusal)) from refusal

    signature = inspect.signature(step)
    task_function.__signature__ = signature.replace(parameters=[*signature.parameters.values()][1:])  # type: ignore[attr-defined]
    return task_function
