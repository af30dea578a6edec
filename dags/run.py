"""Adapters between Airflow and the steps: a run's context as a night, a step as a task, a refusal as a failed task.

Stays out: the steps (`dags.steps`), their order (the DAGs).
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import wraps
from typing import Any, TypeVar

from common import disk_space, failures
from common.settings import SettingsError
from dags import step_log
from dags.profile import measuring
from dags.scratch import DiskFull, Night, Refused, Unexpected
from warehouse.lake import disk_use

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
    """A step as the function of a task: the night comes from the run; what a retry cannot mend is not retried.

    Airflow logs the error that a task ends with, and what caused it. So it gets Shuyuan's own alone: one without the
    messages of libraries, which may quote a cell. They are in the night's scratch (of own errors with SHUYUAN_DEBUG).
    """

    @wraps(step)
    def task_function(*arguments: Any, **named: Any) -> T:
        from airflow.sdk import get_current_context

        night: Night | None = None
        try:
            night = night_of(get_current_context())
            part = " ".join(map(str, (*arguments, *named.values())))  # the feed of a mapped step
            with disk_use.measured(night.lake, night.date), measuring.measured(night, step.__name__, part):
                return step(night, *arguments, **named)
        except (Refused, SettingsError, DiskFull) as refusal:
            step_log.write_failure(step.__name__, night, refusal)
            raise _without_retry(refusal) from None
        except Exception as error:  # noqa: BLE001 (whatever it is, Airflow gets one that quotes nothing)
            if night is not None and disk_space.is_full(error):
                full = _disk_full(night)
                step_log.write_failure(step.__name__, night, full)
                raise _without_retry(full) from None
            raise _own_error(step.__name__, night, error) from None

    signature = inspect.signature(step)
    task_function.__signature__ = signature.replace(parameters=[*signature.parameters.values()][1:])  # type: ignore[attr-defined]
    return task_function


def _own_error(step: str, night: Night | None, error: Exception) -> Exception:
    """The error with which a step ends, after it was written down."""
    if failures.is_own(error):
        step_log.write_failure(step, night, error)
        if night and night.settings.debug:
            step_log.write_in_full(step, night, error)
        return error.with_traceback(None)
    if night is not None:
        step_log.write_unexpected(step, night, error)
    log = "this one" if night is None else night.lake.airflow / "logs"
    return Unexpected(failures.sentence(error, f"the step {step}", log))


def _disk_full(night: Night) -> DiskFull:
    """The sentence of a step that has met a full disk, after which there is room to write it down."""
    full = DiskFull(disk_use.full_sentence(night.lake))
    with suppress(OSError):
        night.give_up()
    return full


def _without_retry(error: Refused | SettingsError | DiskFull) -> Exception:
    """The error as Airflow knows it; it is still what it was to the alarm."""
    from airflow.sdk.exceptions import AirflowFailException

    return type(type(error).__name__, (AirflowFailException, type(error)), {"__module__": __name__})(str(error))
