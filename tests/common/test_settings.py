"""A setting comes from the command line, else the environment, else .env, else its default."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from common.settings import CHECKOUT, SettingsError, load_settings


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
    assert (settings.inbox, settings.night, settings.memory_limit) == (None, None, None)


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
