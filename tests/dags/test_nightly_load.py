"""The DAGs as Airflow loads them."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pendulum
import pytest

from common.settings import load_settings

DAGS = Path(__file__).parents[2] / "dags"
ORDER = [
    "open_lake", "find_arrivals", "look_for_changes", "read", "guard", "check_raw", "commit", "transform",
    "list_problems", "check_deliveries", "prove", "assemble", "check_release", "publish",
]  # fmt: skip


@pytest.fixture(scope="module")
def bag(airflow_home: Path) -> Any:
    from airflow.dag_processing.dagbag import DagBag

    return DagBag(dag_folder=str(DAGS), load_op_links=False)


def test_a_dag_that_appears_or_breaks_is_noticed(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == {"nightly_load", "lake_maintenance"}


def test_only_the_files_of_dags_are_parsed_as_dags():
    ignored = {
        line for line in (DAGS / ".airflowignore").read_text().splitlines() if not line.startswith("#")
    }
    assert {f"{path.parent.name}/" for path in DAGS.glob("*/*.py")} <= ignored
    assert {path.name for path in DAGS.glob("*.py")} - ignored == {"nightly_load.py", "lake_maintenance.py"}


def test_a_dag_file_stays_short_enough_to_be_read_at_once():
    assert len((DAGS / "nightly_load.py").read_text().splitlines()) <= 100


def test_the_steps_of_the_night_follow_one_another(bag):
    dag = bag.dags["nightly_load"]
    assert [task.task_id for task in dag.topological_sort()] == ORDER
    for step, following in pairwise(ORDER):
        assert following in dag.get_task(step).downstream_task_ids


def test_reading_is_mapped_by_feed_and_a_silent_night_still_builds(bag):
    dag = bag.dags["nightly_load"]
    assert dag.get_task("read").is_mapped
    assert dag.get_task("guard").trigger_rule == "none_failed"


def test_every_step_says_on_the_page_what_its_failure_means_and_whose_it_is(bag):
    from dags import page_texts

    for dag in bag.dags.values():
        texts = page_texts.load(dag.dag_id)
        assert list(texts.steps) == [task.task_id for task in dag.topological_sort()]
        assert dag.doc_md == texts.whole
        for task in dag.tasks:
            assert task.doc_md == texts.steps[task.task_id]
            assert [f"**{part}**:" in task.doc_md for part in ("Does", "When it fails", "What to do")] == [True] * 3
            assert task.owner == page_texts.OWNER


def test_the_night_begins_at_two_in_shanghai_and_never_twice_at_once(bag):
    dag = bag.dags["nightly_load"]
    assert dag.timetable.expression == "0 2 * * *"
    assert str(dag.timetable.timezone) in ("Asia/Shanghai", "Timezone('Asia/Shanghai')")
    assert (dag.max_active_runs, dag.catchup) == (1, False)


@pytest.mark.parametrize(
    ("now", "last", "next_run"),
    [
        ("2025-10-16 10:00", None, "2025-10-17 02:00"),
        ("2025-10-16 02:30", None, "2025-10-17 02:00"),
        ("2025-10-16 02:01", None, "2025-10-16 02:00"),  # a file that is read anew at that minute loses no night
        ("2025-10-16 10:00", "2025-10-15 02:00", "2025-10-16 02:00"),
        ("2025-10-18 10:00", "2025-10-15 02:00", "2025-10-18 02:00"),
    ],
)
def test_a_first_start_begins_no_past_night_and_a_restart_the_last_that_it_missed(
    bag, monkeypatch, now: str, last: str | None, next_run: str
):
    from airflow.serialization.serialized_objects import DagSerialization
    from airflow.timetables.base import DagRunInfo
    from pendulum import parse

    zone = "Asia/Shanghai"
    monkeypatch.setattr("airflow.timetables.trigger.utcnow", lambda: parse(now, tz=zone))
    dag = DagSerialization.from_dict(DagSerialization.to_dict(bag.dags["nightly_load"]))
    last_run = DagRunInfo.exact(parse(last, tz=zone)) if last else None
    assert dag.next_dagrun_info(last_automated_run_info=last_run).run_after == parse(next_run, tz=zone)


def test_a_step_is_tried_again_after_a_while_and_its_failure_told(bag):
    from dags import alarm

    for task in bag.dags["nightly_load"].tasks:
        assert task.retries == 2
        assert task.retry_delay == timedelta(minutes=5)
        assert alarm.on_failure in callbacks(task)


def test_a_run_that_failed_is_told_too(bag):
    from dags import alarm

    assert alarm.on_run_failure in callbacks(bag.dags["nightly_load"])


def callbacks(task: Any) -> list[Any]:
    found = task.on_failure_callback
    return list(found) if isinstance(found, (list, tuple)) else [found]


def test_what_a_gate_refuses_is_not_tried_again(monkeypatch, airflow_home: Path, tmp_path: Path):
    from airflow.sdk.exceptions import AirflowFailException

    from dags import run
    from dags.scratch import Night, Refused

    def leave(night: object) -> None:
        raise Refused("grain_unique fails")

    night = Night(date(2025, 10, 15), load_settings(lake=tmp_path / "lake"))
    monkeypatch.setattr(run, "night_of", lambda _: night)
    monkeypatch.setattr("airflow.sdk.get_current_context", dict)
    with pytest.raises(AirflowFailException, match="grain_unique fails"):
        run.at_night(leave)()


@pytest.mark.parametrize(
    ("due", "night"),
    [
        (datetime(2025, 10, 15, 18, 0, tzinfo=UTC), date(2025, 10, 15)),  # 02:00 of the 16th in Shanghai
        (datetime(2025, 10, 16, 15, 59, tzinfo=UTC), date(2025, 10, 15)),
        (datetime(2025, 10, 16, 16, 0, tzinfo=UTC), date(2025, 10, 16)),
    ],
)
def test_a_run_at_two_loads_the_day_that_has_just_ended(due: datetime, night: date):
    from dags.scratch import day_before

    assert day_before(due, "Asia/Shanghai") == night
    assert day_before(pendulum.instance(due), "Asia/Shanghai") == night, "Airflow's own kind of a moment"


def test_a_run_takes_its_date_from_its_parameters_first(monkeypatch):
    from dags.scratch import Night

    due = datetime(2025, 10, 15, 18, 0, tzinfo=UTC)
    monkeypatch.delenv("SHUYUAN_NIGHT", raising=False)
    assert Night.of_run({"date": "2025-09-01"}, due).date == date(2025, 9, 1)
    assert Night.of_run({}, due).date == date(2025, 10, 15)
