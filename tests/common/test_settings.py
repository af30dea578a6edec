"""A setting comes from the command line, else the environment, else .env, else its default."""

from __future__ import annotations

from datetime import date, time
from pathlib import Path

import pytest

from common import machine_share
from common.settings import (
    CHECKOUT,
    AlertSettings,
    ReaderSettings,
    Settings,
    SettingsError,
    load_alert_settings,
    load_reader_settings,
    load_settings,
)


def test_the_nearer_place_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("SHUYUAN_LAKE=from_env_file\nSHUYUAN_THREADS=3\nUNRELATED=1\n")
    assert load_settings().lake == tmp_path / "from_env_file"
    monkeypatch.setenv("SHUYUAN_LAKE", "from_environment")
    assert load_settings().lake == tmp_path / "from_environment"
    assert load_settings(lake=Path("given")).lake == tmp_path / "given"
    assert load_settings(lake=None).threads == 3


def test_the_defaults_work_on_a_laptop(tmp_path: Path) -> None:
    settings = load_settings()
    assert settings.lake == tmp_path / "var" / "lake"
    assert settings.secret_file == tmp_path / "home" / ".config" / "shuyuan" / "secret.key"
    assert settings.registry == CHECKOUT / "registry"
    assert (settings.registry / "bureau.yml").is_file()
    assert settings.timezone == "Asia/Shanghai"
    assert settings.threads >= 1
    assert (settings.inbox, settings.night, settings.memory_limit) == (None, None, machine_share.MEMORY)


def test_a_night_is_a_date() -> None:
    assert load_settings(night="2025-10-15").night == date(2025, 10, 15)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"threads": 0}, r"The setting threads \(SHUYUAN_THREADS\) cannot be used"),
        ({"memory_limit": "a lot"}, r"The setting memory_limit .* give a size such as 3GB"),
        ({"timezone": "Mars/Base"}, r"The setting timezone .* such as Asia/Shanghai"),
        ({"night": "tonight"}, r"The setting night "),
        ({"lake": "/l", "secret_file": "/l/restricted/key"}, r"the secret must lie outside the lake"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(given: dict[str, str], said: str) -> None:
    with pytest.raises(SettingsError, match=said) as caught:
        load_settings(**given)
    assert "\n" not in str(caught.value)


def test_nobody_is_alerted_by_default_and_a_night_is_late_at_six() -> None:
    settings = load_alert_settings()
    assert (settings.alert_command, settings.alert_mail, settings.alert_webhook) == (None, None, None)
    assert (settings.begin_within, settings.deadline) == (30, time(6))


def test_an_alert_setting_that_is_empty_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in AlertSettings.model_fields:
        monkeypatch.setenv(f"SHUYUAN_{name.upper()}", "")
    assert load_alert_settings() == AlertSettings()


@pytest.mark.parametrize(("text", "deadline"), [("05:30", time(5, 30)), ("off", None), (" OFF ", None)])
def test_a_deadline_is_a_time_of_day_or_off(
    monkeypatch: pytest.MonkeyPatch, text: str, deadline: time | None
) -> None:
    monkeypatch.setenv("SHUYUAN_DEADLINE", text)
    assert load_alert_settings().deadline == deadline


def test_a_run_cannot_say_which_command_alerts_run() -> None:
    assert not set(AlertSettings.model_fields) & set(Settings.model_fields)
    assert load_settings(alert_command="touch here") == load_settings()


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ({"DEADLINE": "six"}, r"SHUYUAN_DEADLINE\) .* such as 06:00, or off"),
        ({"BEGIN_WITHIN": "0"}, "SHUYUAN_BEGIN_WITHIN"),
        ({"ALERT_WEBHOOK": "file:///etc/passwd"}, "begins with https:// or http://"),
        ({"ALERT_MAIL": "duty"}, r"SHUYUAN_ALERT_MAIL\) .* such as duty@bureau.example"),
        ({"ALERT_MAIL": "a@b.example\nBcc: c@d.example"}, "SHUYUAN_ALERT_MAIL"),
        ({"ALERT_MAIL": "a@b.example"}, "set smtp_host and smtp_from too"),
        ({"SMTP_USER": "u"}, "set smtp_user and smtp_password_file"),
        ({"SMTP_USER": "u", "SMTP_PASSWORD_FILE": "p"}, "set smtp_security"),
    ],
)
def test_a_setting_of_alerts_that_cannot_be_used_is_named(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str], reason: str
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(f"SHUYUAN_{name}", value)
    with pytest.raises(SettingsError, match=reason):
        load_alert_settings()


def test_a_run_cannot_say_who_may_read() -> None:
    assert not set(ReaderSettings.model_fields) & set(Settings.model_fields)
    assert load_reader_settings() == ReaderSettings(analysts_group=None, office_groups={})


def test_each_source_or_office_has_a_group(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHUYUAN_OFFICE_GROUPS", " student_registry=roster,基础教育处 = basic ")
    assert load_reader_settings().office_groups == {"student_registry": "roster", "基础教育处": "basic"}
    monkeypatch.setenv("SHUYUAN_OFFICE_GROUPS", "")
    assert load_reader_settings().office_groups == {}


@pytest.mark.parametrize("text", ["roster", "a=", "=b", "a=b=c", "a=b,", "a=b, a=c", '{"a": "b"}'])
def test_a_group_that_is_nobodys_is_named(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("SHUYUAN_OFFICE_GROUPS", text)
    with pytest.raises(SettingsError, match=r"SHUYUAN_OFFICE_GROUPS\).*such as student_registry=roster"):
        load_reader_settings()
