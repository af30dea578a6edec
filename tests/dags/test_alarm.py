"""Alerts: each reaches its channels once when it opens and once when it is mended, whatever else fails."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from email import message_from_string, policy
from http.server import HTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest

from common.settings import Settings
from dags import alarm, alerts, channels, claim, outcome
from dags.scratch import Night, Refused
from tests.dags.receivers import Receiver, serve_mail
from tests.shuyuan.conftest import alone  # noqa: F401
from warehouse.errors import BuildFailed

DAY = date(2025, 10, 15)
FAILURE = BuildFailed("The model students failed: no column area.")


@pytest.fixture
def night(tmp_path: Path) -> Night:
    return Night(DAY, Settings(lake=tmp_path / "lake", secret_file=tmp_path / "secret.key"))


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file to which the alert command appends each alert, a line each."""
    file = tmp_path / "messages"
    monkeypatch.setenv("SHUYUAN_ALERT_COMMAND", f'cat >> {file}; echo >> {file}; echo "$ALERT_TEXT" >> {file}.text')
    return file


def messages(file: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def statuses(file: Path) -> list[tuple[str, str, str]]:
    return [(message["status"], message["kind"], message["night"]) for message in messages(file)]


def lines(night: Night) -> list[str]:
    return (night.lake.outbox / "alerts" / f"{night.date}.txt").read_text().splitlines()


def other(night: Night, days: int) -> Night:
    return Night(night.date + timedelta(days=days), night.settings)


# ---------------------------------------------------------------- state


def test_a_failure_reaches_the_command_and_is_closed_when_the_night_is_published(night, inbox):
    alarm.raise_alarm(night, "transform", FAILURE)
    (message,) = messages(inbox)
    assert message["status"] == "open"
    assert message["lake"] == str(night.settings.lake)
    assert "failed in transform: The model students failed: no column area. The current" in message["text"]
    assert datetime.fromisoformat(message["since"]).utcoffset() == timedelta(hours=8)
    assert inbox.with_suffix(".text").read_text().splitlines() == [message["text"]]
    assert [alert.kind for alert in alerts.open_alerts(night.lake)] == ["failed"]
    alarm.night_published(night)
    assert statuses(inbox)[1:] == [("mended", "failed", "2025-10-15")]
    assert messages(inbox)[1]["since"] == message["since"]
    assert alerts.open_alerts(night.lake) == []
    assert lines(night)[0] == "2025-10-15 failed in transform: The model students failed: no column area."
    assert lines(night)[1].startswith("2025-10-15 mended: failed since 20")
    alarm.night_published(night)
    assert len(messages(inbox)) == 2


def test_a_refusal_names_the_report_of_its_gate(night, inbox):
    report = night.files.candidate / "gate_report.html"
    report.parent.mkdir(parents=True)
    report.touch()
    alarm.raise_alarm(night, "check_release", Refused("grain_unique fails"))
    (message,) = messages(inbox)
    assert (message["kind"], message["gate_report"]) == ("refused", str(report))
    assert "was refused in check_release: grain_unique fails. The current release stays" in message["text"]


def test_an_open_alert_is_not_sent_again(night, inbox):
    for step in ("read", "read", "transform"):
        alarm.raise_alarm(night, step, FAILURE)
    assert len(messages(inbox)) == 1
    assert len(lines(night)) == 3


def test_tasks_that_fail_at_the_same_time_send_one_alert(night, inbox):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: alarm.raise_alarm(night, "read", FAILURE), range(8)))
    assert len(messages(inbox)) == 1


def test_an_alert_that_opens_again_after_it_was_mended_is_sent_again(night, inbox):
    alarm.raise_alarm(night, "read", FAILURE)
    alarm.night_published(night)
    alarm.raise_alarm(night, "read", FAILURE)
    assert [status for status, *_ in statuses(inbox)] == ["open", "mended", "open"]


def test_a_published_night_mends_the_nights_before_it_and_none_after_it(night, inbox):
    for days in (-2, -1, 1):
        alarm.raise_alarm(other(night, days), "read", FAILURE)
    alarm.night_published(night)
    assert statuses(inbox)[3:] == [("mended", "failed", "2025-10-13"), ("mended", "failed", "2025-10-14")]
    assert [alert.night for alert in alerts.open_alerts(night.lake)] == [date(2025, 10, 16)]


def lacking(night: Night, *sentences: str, kind: str = "silent", is_school_day: bool = True) -> None:
    """Publish a night that lacks something."""
    lacks = [{"sentence": sentence, "kind": kind} for sentence in sentences]
    night.write(night.files.missing, {"lacks": lacks, "earlier_rosters": [], "is_school_day": is_school_day})
    alarm.night_published(night)


def test_what_stays_silent_is_told_once_until_it_changes_and_once_when_it_is_back(night, inbox):
    for days, sentences in enumerate([["A is silent."], ["A is silent."], ["A is silent.", "B is silent."], [], []]):
        lacking(other(night, days), *sentences)
    assert statuses(inbox) == [("open", "missing", "2025-10-15")] * 2 + [("mended", "missing", "2025-10-15")]
    first, second, mended = (message["text"] for message in messages(inbox))
    assert (first, second) == ("A is silent.", "A is silent. B is silent.")
    assert mended.startswith("Mended: nothing that was due is missing any more. It was: A is silent. B is silent.")
    assert lines(night)[0] == "2025-10-15 A is silent."
    assert lines(other(night, 2)) == ["2025-10-17 A is silent.", "2025-10-17 B is silent."]


def test_a_day_without_school_neither_opens_nor_mends_a_silence(night, inbox):
    lacking(night, "A is silent.")
    lacking(other(night, 1), is_school_day=False)
    assert statuses(inbox) == [("open", "missing", "2025-10-15")]
    assert [alert.kind for alert in alerts.open_alerts(night.lake)] == ["missing"]


def test_the_feeds_that_never_came_are_one_sentence_on_a_first_night(night, inbox):
    never = {"kind": "silent", "since": None, "places": [None], "places_in_all": 1}
    some = never | {"feed": "c", "sentence": "C is silent at one school.", "places_in_all": 2}
    lacks = [never | {"feed": feed, "sentence": f"{feed} is silent."} for feed in "ab"] + [some]
    for days, is_first in enumerate((True, False)):
        told = {"lacks": lacks, "earlier_rosters": [], "is_school_day": True, "is_first": is_first}
        later = other(night, days)
        later.write(later.files.missing, told)
        alarm.night_published(later)
    first, second = (message["text"] for message in messages(inbox))
    assert first.startswith("On this first night nothing came of 2 feeds that are expected (a, b): see")
    assert first.endswith(" C is silent at one school.")
    assert second == "a is silent. b is silent. C is silent at one school."


def test_an_empty_list_is_a_finding_of_its_night_alone(night, inbox):
    lacking(night, "A sent no rows.", kind="empty")
    assert messages(inbox) == []
    assert lines(night) == ["2025-10-15 A sent no rows."]


def test_a_night_without_alerts_leaves_no_file(night, inbox):
    alarm.night_published(night)
    assert not (night.lake.outbox / "alerts").exists()


def test_a_state_that_cannot_be_read_keeps_no_alert_back(night, inbox):
    alarm.raise_alarm(night, "read", FAILURE)
    (night.lake.outbox / "alerts" / "open.json").write_text("{")
    alarm.raise_alarm(night, "read", FAILURE)
    assert len(messages(inbox)) == 2


def test_a_record_that_is_damaged_keeps_no_outcome_back(night, inbox):
    night.write(night.files.holds, [])
    claim.open_night(night)
    night.write(night.files.holds, [])
    night.files.holds.write_text("[")
    alarm.raise_alarm(night, "read", FAILURE)
    told = outcome.read(night)
    assert (told["status"], told["step"], told["reason"]) == ("failed", "read", str(FAILURE))
    assert "holds.json of the night 2025-10-15 is damaged" in told["alarms"][0]
    assert statuses(inbox) == [("open", "failed", "2025-10-15")]


def test_an_outbox_that_cannot_be_written_keeps_no_alert_back(night, inbox):
    night.lake.outbox.mkdir(parents=True)
    (night.lake.outbox / "alerts").touch()
    alarm.raise_alarm(night, "read", FAILURE)
    assert statuses(inbox) == [("open", "failed", "2025-10-15")]


# ---------------------------------------------------------------- channels


@pytest.fixture
def webhook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    server: Any = HTTPServer(("127.0.0.1", 0), Receiver)
    server.bodies, server.answers = [], []
    monkeypatch.setenv("SHUYUAN_ALERT_WEBHOOK", f"http://127.0.0.1:{server.server_port}/alert?key=confidential")
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_webhook_gets_the_same_as_a_command(night, inbox, webhook):
    alarm.raise_alarm(night, "read", FAILURE)
    alarm.night_published(night)
    assert webhook.bodies == messages(inbox)


@pytest.mark.parametrize("answer", [500, 302])
def test_a_channel_that_fails_is_a_line_and_is_tried_again_alone(night, inbox, webhook, answer, caplog):
    webhook.answers = [answer]
    alarm.raise_alarm(night, "read", FAILURE)
    assert len(messages(inbox)) == 1
    assert lines(night)[1:] == [f"2025-10-15 failed was not delivered by webhook: the address answered {answer}"]
    assert "confidential" not in caplog.text + "".join(lines(night))
    now = datetime.now(UTC)
    alerts.retry_pending(night.lake, now + timedelta(minutes=1))
    assert len(webhook.bodies) == 1, "it may still be on its way"
    alerts.retry_pending(night.lake, now + timedelta(minutes=6))
    alerts.retry_pending(night.lake, now + timedelta(minutes=20))
    assert len(webhook.bodies) == 2
    assert len(messages(inbox)) == 1
    assert len(lines(night)) == 2


def test_a_channel_that_fails_for_hours_is_given_up(night, webhook):
    webhook.answers = [500] * 2
    alarm.raise_alarm(night, "read", FAILURE)
    alerts.retry_pending(night.lake, datetime.now(UTC) + timedelta(hours=3))
    assert len(webhook.bodies) == 1
    assert len(alerts.open_alerts(night.lake)) == 1


def test_a_mended_message_that_was_not_delivered_is_tried_again_too(night, webhook):
    alarm.raise_alarm(night, "read", FAILURE)
    webhook.answers = [500]
    alarm.night_published(night)
    alerts.retry_pending(night.lake, datetime.now(UTC) + timedelta(minutes=6))
    assert [body["status"] for body in webhook.bodies] == ["open", "mended", "mended"]
    assert json.loads((night.lake.outbox / "alerts" / "open.json").read_text()) == []


def test_a_command_that_hangs_is_ended_with_all_that_it_started(night, tmp_path, monkeypatch):
    monkeypatch.setattr(channels, "COMMAND_SECONDS", 0.5)
    monkeypatch.setenv("SHUYUAN_ALERT_COMMAND", f"sleep 60 & echo $! > {tmp_path}/pid; wait")
    alarm.raise_alarm(night, "read", FAILURE)
    assert "was not delivered by command: the command did not end within" in lines(night)[1]
    child = Path("/proc") / (tmp_path / "pid").read_text().strip()
    for _ in range(100):
        if not child.exists() or " Z " in (child / "stat").read_text():
            return
        time.sleep(0.05)
    pytest.fail("the command's child is alive")


def test_a_command_that_fails_is_a_line_without_what_it_printed(night, monkeypatch, caplog):
    monkeypatch.setenv("SHUYUAN_ALERT_COMMAND", "echo no such host; exit 6")
    alarm.raise_alarm(night, "read", FAILURE)
    assert lines(night)[1] == "2025-10-15 failed was not delivered by command: the command ended with status 6"
    assert "no such host" in caplog.text


def test_a_mail_has_the_text_and_what_else_is_known(night, monkeypatch):
    mails: list[str] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(20)
        for name, value in {
            "ALERT_MAIL": "duty@bureau.example,night@bureau.example",
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(listener.getsockname()[1]), "SMTP_FROM": "lake@bureau.example",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SHUYUAN_{name}", value)
        thread = threading.Thread(target=serve_mail, args=(listener, mails))
        thread.start()
        alarm.raise_alarm(night, "read", BuildFailed("县一中 failed."))
        thread.join()
    mail = message_from_string(mails[0], policy=policy.default)
    assert mail["To"] == "duty@bureau.example, night@bureau.example"
    assert mail["Subject"] == "[Shuyuan] open: failed, night 2025-10-15"
    body = mail.get_content()  # type: ignore[attr-defined]
    assert "failed in read: 县一中 failed." in body
    assert f"lake: {night.settings.lake}" in body
    assert len(lines(night)) == 1


def test_a_mail_server_that_is_not_there_fails_nothing(night, inbox, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    for name, value in {"ALERT_MAIL": "a@b.example", "SMTP_HOST": "127.0.0.1", "SMTP_FROM": "a@b.example",
                        "SMTP_PORT": port}.items():  # fmt: skip
        monkeypatch.setenv(f"SHUYUAN_{name}", value)
    alarm.raise_alarm(night, "read", FAILURE)
    assert len(messages(inbox)) == 1
    assert lines(night)[1] == "2025-10-15 failed was not delivered by mail: ConnectionRefusedError"


def test_a_setting_that_cannot_be_used_fails_no_night_and_is_a_line(night, inbox, monkeypatch, caplog):
    monkeypatch.setenv("SHUYUAN_ALERT_WEBHOOK", "bureau")
    alarm.raise_alarm(night, "read", FAILURE)
    assert "alerts reach nobody" in lines(night)[1]
    assert "SHUYUAN_ALERT_WEBHOOK" in caplog.text
    alarm.night_published(night)
    assert messages(inbox) == []


# ---------------------------------------------------------------- Airflow


def callback_request(night: Night, kind: str) -> Any:
    """What the scheduler hands to the DAG processor for a task that was killed."""
    from airflow.callbacks.callback_requests import TaskCallbackRequest

    run = {"dag_id": "nightly_load", "run_id": "scheduled__2025-10-15T18:00:00+00:00"}
    due = datetime(2025, 10, 15, 18, tzinfo=UTC)
    dag_run = {
        **run, "logical_date": due, "data_interval_start": due, "data_interval_end": due, "run_after": due,
        "start_date": due, "end_date": None, "run_type": "scheduled", "state": "running", "partition_key": None,
        "conf": {"lake": str(night.settings.lake)}, "consumed_asset_events": [],
    }  # fmt: skip
    task = {**run, "id": uuid4(), "task_id": "read", "try_number": 3, "dag_version_id": uuid4(), "map_index": 1}
    request = {
        "filepath": "nightly_load.py", "bundle_name": "dags-folder", "bundle_version": None, "ti": task,
        "msg": "heartbeat timeout", "task_callback_type": kind,
        "context_from_server": {"dag_run": dag_run, "max_tries": 2},
    }  # fmt: skip
    return TaskCallbackRequest.model_validate(request)


@pytest.mark.parametrize(
    ("kind", "expected"), [("failed", [("open", "failed", "2025-10-15")]), ("up_for_retry", [])]
)
def test_a_task_that_was_killed_for_good_is_an_alert_and_one_that_is_tried_again_is_none(
    night, inbox, airflow_home, kind, expected
):
    import structlog
    from airflow.dag_processing.dagbag import DagBag
    from airflow.dag_processing.processor import _execute_task_callbacks

    bag = DagBag(dag_folder=str(Path(alarm.__file__).with_name("nightly_load.py")), load_op_links=False)
    _execute_task_callbacks(bag, callback_request(night, kind), structlog.get_logger())
    assert statuses(inbox) == expected
    if expected:
        assert lines(night)[0].startswith("2025-10-15 failed in read: the step read ended without an error message")


def run_context(step: str, began: datetime) -> dict[str, Any]:
    """What the DAG processor hands to the callback of a run that failed."""
    run = SimpleNamespace(conf={}, logical_date=datetime(2025, 10, 15, 18, tzinfo=UTC), start_date=began)
    return {"dag_run": run, "ti": SimpleNamespace(task_id=step), "params": {}, "reason": "task_failure"}


def test_a_run_that_failed_without_a_word_of_its_step_is_an_alert(night, inbox, monkeypatch):
    """The process of a task that is killed alone calls nothing back, nor does a task that is marked as failed."""
    monkeypatch.setenv("SHUYUAN_LAKE", str(night.settings.lake))
    alarm.on_run_failure(run_context("transform", datetime.now(UTC)))
    assert statuses(inbox) == [("open", "failed", "2025-10-15")]
    assert "failed in transform: the step transform ended without an error message (killed, " in lines(night)[0]


def test_a_run_that_failed_adds_nothing_to_what_its_step_has_said(night, inbox, monkeypatch):
    monkeypatch.setenv("SHUYUAN_LAKE", str(night.settings.lake))
    for error in (FAILURE, Refused("grain_unique fails")):
        began = datetime.now(UTC)
        alarm.raise_alarm(night, "transform", error)
        alarm.on_run_failure(run_context("transform", began))
    assert [kind for _, kind, _ in statuses(inbox)] == ["failed", "refused"]
    assert len(lines(night)) == 2
    alarm.on_run_failure(run_context("read", datetime.now(UTC)))
    assert len(lines(night)) == 3, "a run that was started again and was killed"


def test_a_run_whose_settings_cannot_be_used_is_an_alert_all_the_same(inbox, monkeypatch):
    monkeypatch.setenv("SHUYUAN_TIMEZONE", "Mars/Base")
    alarm.on_failure({"exception": ValueError("x"), "params": {}})
    alarm.on_run_failure({"params": {}})
    (message,) = messages(inbox)
    assert (message["status"], message["lake"]) == ("open", "")
    assert "SHUYUAN_TIMEZONE" in message["text"]
