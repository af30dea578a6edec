"""A night that is refused or fails at a gate tells the person on duty why, and nobody's name or number.

The planted texts of `test_names` lie in the inbox of each night, and the lake holds the names of a town; each gate
fails on rows that hold them.
"""

from __future__ import annotations

import email
import json
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from email import policy
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest

from common.settings import load_settings
from dags import night
from registry import own_directory
from shuyuan.outcome import print_outcome
from tests.cases import town
from tests.cases.nights import SECOND, Night, put
from tests.cases.test_names import Sent, plant
from tests.dags.receivers import Receiver, serve_mail

pytestmark = pytest.mark.soak  # a whole night for each gate

_RULE = """
who_fixes: {zh: 无, en: nobody}
rules:
  - id: nobody_there
    none: {where: name is not null, shows: [name]}
    severity: block
    what: {zh: 无, en: Nobody is there.}
    when_it_matters: {zh: 无, en: Always.}
    how_to_fix: {zh: 无, en: It cannot be.}
"""
_MODEL = "models/marts/organisations/pupil_names"
_CONTRACT = """
models:
  - name: pupil_names
    description: 学生：每名一行。 Pupils. Grain: one row per pupil.
    config: {meta: {selected_by: [student]}}
    columns:
      - name: name
        description: 名 / name
        data_type: TYPE
        config: {meta: {element: student.name}}
        data_tests: [{accepted_values: {arguments: {values: ['1']}}}]
"""
_NAMES = "select cast(name as TYPE) as name from {{ ref('students') }}"


def _own_model(type_: str) -> dict[str, str]:
    return {f"{_MODEL}.{kind}": text.replace("TYPE", type_) for kind, text in (("sql", _NAMES), ("yml", _CONTRACT))}


OWN = {
    ("check_raw", "a rule"): {"expectations/raw/student_registry/student_registry__students.yml": _RULE},
    ("transform", "a model"): _own_model("integer"),
    ("transform", "a test of a model"): _own_model("varchar"),
    ("check_release", "a rule"): {"expectations/release/organisations/class.yml": _RULE},
}


@dataclass
class Duty:
    """What has reached the person on duty, by channel."""

    bodies: list[dict[str, Any]]
    mails: list[str]
    listener: socket.socket
    command: Path


@pytest.fixture
def duty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Duty]:
    server: Any = HTTPServer(("127.0.0.1", 0), Receiver)
    server.bodies, server.answers = [], []
    posted = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    posted.start()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(600)
        found = Duty(server.bodies, [], listener, tmp_path / "command")
        mailed = threading.Thread(target=serve_mail, args=(listener, found.mails), daemon=True)
        mailed.start()
        for name, value in {
            "ALERT_COMMAND": f'cat >> {found.command}; echo "$ALERT_TEXT" >> {found.command}',
            "ALERT_WEBHOOK": f"http://127.0.0.1:{server.server_port}/", "ALERT_MAIL": "duty@bureau.example",
            "SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(listener.getsockname()[1]), "SMTP_FROM": "lake@bureau.example",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SHUYUAN_{name}", value)
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        yield found
    server.shutdown()
    server.server_close()
    posted.join()


@pytest.mark.parametrize(("step", "what"), OWN)
def test_what_was_planted_reaches_nobody_on_duty(
    step: str,
    what: str,
    duty: Duty,
    first: Night,
    secret: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: Any,
) -> None:
    register, sent, said = tmp_path / "register", Sent(), list[str]()
    own_directory.make(register, OWN[step, what])
    plant(sent)
    shutil.copytree(first.root, tmp_path / "lake", symlinks=True)
    inbox = put(tmp_path / "inbox", {path.decode(): content for path, content in sent.files.items()})
    settings = load_settings(lake=tmp_path / "lake", inbox=inbox, secret_file=secret, night=SECOND, registry=register)
    monkeypatch.setattr("typer.echo", lambda text="", **_: said.append(str(text)))
    outcome = night.run(settings, say=said.append)
    print_outcome(outcome, settings)
    assert outcome["step"] == step, outcome
    mail = email.message_from_string(duty.mails[0], policy=policy.default).get_content()
    (body,) = duty.bodies
    assert body["text"] in mail
    assert f" in {step}: " in body["text"]
    logs = [path.read_bytes() for path in (settings.lake / "airflow").rglob("*") if path.is_file()]
    logs += [path.read_bytes() for path in (settings.lake / "outbox" / "alerts").iterdir()]
    told = duty.command.read_text() + mail + json.dumps(body, ensure_ascii=False) + "".join(capfd.readouterr())
    everything = b"".join([*logs, f"{told}{said}".encode()])
    assert body["text"] in told
    people = {row["姓名"] for row in (*town.roster(town.SCHOOLS[0]), *town.teachers(town.SCHOOLS[0]))}
    assert not [text for text in {*sent.plants.placed, *people} if text.encode() in everything]
