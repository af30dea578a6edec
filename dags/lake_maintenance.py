"""lake_maintenance: on Sundays at 05:00, when no night runs, what has grown beside the data is taken away.

Lives here: the order of the tasks. Stays out: what a task does (`dags.maintenance_steps`).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from airflow.sdk import DAG, CronTriggerTimetable, chain, dag, task

from common.settings import Settings, load_settings
from dags import maintenance_steps, page_texts, schedule

PAGE = page_texts.load("lake_maintenance")


def _task(step: Callable[[Settings], None]) -> Callable[[], None]:
    def task_function() -> None:
        step(load_settings())

    return task(task_id=step.__name__, doc_md=PAGE.of_step(step.__name__))(task_function)


@dag(
    dag_id="lake_maintenance",
    description="Once a week: old logs and metadata of Airflow are deleted.",
    doc_md=PAGE.whole,
    # without a start date, so that a first start waits for the next Sunday
    schedule=CronTriggerTimetable("0 5 * * SUN", timezone=schedule.ZONE.key),
    catchup=False,
    max_active_runs=1,
    is_paused_upon_creation=False,
    default_args={"owner": page_texts.OWNER, "retries": 2, "retry_delay": timedelta(minutes=5)},
    tags=["shuyuan"],
)
def lake_maintenance() -> None:
    """Tasks in order, one at a time."""
    chain(*(_task(step)() for step in (maintenance_steps.clean_metadata, maintenance_steps.clean_logs)))


maintenance: DAG = lake_maintenance()
