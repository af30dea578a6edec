"""nightly_load: every night at 02:00, the day that has just ended, from the inbox to a release.

Lives here: the order of the steps, retries, the alarm. Stays out: what a step does (`dags.steps`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from airflow.sdk import DAG, CronTriggerTimetable, Param, chain, dag, task
from airflow.sdk.definitions.decorators import TaskDecorator

from dags import alarm, page_texts, schedule, steps
from dags.run import at_night

TEXT = ["null", "string"]
PAGE = page_texts.load("nightly_load")


def _waiting_task(step: Callable[..., bool]) -> TaskDecorator:
    """The task that waits for a step to say yes; between two questions it takes no place."""
    return task.sensor(
        task_id=step.__name__,
        doc_md=PAGE.of_step(step.__name__),
        mode="reschedule",
        poke_interval=30,
        timeout=timedelta(hours=12).total_seconds(),
    )(at_night(step))


def _gate(step: Callable[..., bool]) -> TaskDecorator:
    """The task that may end the night: where its step says no, all that follows is skipped."""
    return task.short_circuit(task_id=step.__name__, doc_md=PAGE.of_step(step.__name__))(at_night(step))


def _task(step: Callable[..., Any], **options: Any) -> TaskDecorator:
    return task(task_id=step.__name__, doc_md=PAGE.of_step(step.__name__), **options)(at_night(step))


@dag(
    dag_id="nightly_load",
    description="The night: exports in, release out.",
    doc_md=PAGE.whole,
    # without a start date, so that a first start waits for the next 02:00: with one, Airflow begins the night before
    schedule=CronTriggerTimetable(schedule.CRON, timezone=schedule.ZONE.key, run_immediately=timedelta(minutes=5)),
    catchup=False,
    max_active_runs=1,
    on_failure_callback=alarm.on_run_failure,
    default_args={
        "owner": page_texts.OWNER,
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "on_failure_callback": alarm.on_failure,
    },
    params={
        "date": Param(None, type=TEXT, format="date", description="The night's own date; else the day before."),
        "inbox": Param(
            None, type=TEXT, description="Holds <source>/..., or {date} in its path a folder a day; else SHUYUAN_INBOX."
        ),
        "lake": Param(None, type=TEXT, description="Else SHUYUAN_LAKE."),
        "feeds": Param(
            None, type=["null", "array"], description="Read these alone, committed files too; else what is new."
        ),
        "leave_missed": Param(
            default=False, type="boolean", description="Load it, although earlier nights of a dated inbox were missed."
        ),
        "whole": Param(
            default=False, type="boolean", description="Build it, although nothing new came, changed or falls due."
        ),
        "registry": Param(None, type=TEXT, description="The bureau's register; else SHUYUAN_REGISTRY."),
    },
    tags=["shuyuan"],
)
def nightly_load() -> None:
    """Steps in order; reading is mapped by feed, one feed at a time, since a reader uses all processors."""
    lake = _waiting_task(steps.open_lake)()
    feeds = _task(steps.find_arrivals)()
    changes = _gate(steps.look_for_changes)()
    by_feed = "{{ task.op_kwargs['feed'] }}"
    files = _task(steps.read, max_active_tis_per_dagrun=1, map_index_template=by_feed).partial().expand(feed=feeds)
    # a night without new files builds too, where something has changed or falls due
    holds = _task(steps.guard, trigger_rule="none_failed")()
    chain(
        lake, feeds, changes, files, holds,
        *(_task(step)() for step in (
            steps.check_raw, steps.commit, steps.transform, steps.list_problems, steps.check_deliveries, steps.prove,
            steps.assemble, steps.check_release, steps.publish,
        )),
    )  # fmt: skip


night: DAG = nightly_load()
