"""`shuyuan init` makes a directory from which a bureau can work at once, and says what to do next."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

import registry
from common.settings import load_settings
from shuyuan import health
from tests.shuyuan.conftest import Desk


def test_a_directory_is_made_and_its_settings_name_it(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    made = desk("init", str(tmp_path / "局"))
    assert made.exit_code == 0
    assert "README.md" in made.stdout
    monkeypatch.chdir(tmp_path / "局")
    for name in [name for name in os.environ if name.startswith("SHUYUAN_")]:
        monkeypatch.delenv(name)
    settings = load_settings()
    here = tmp_path / "局"
    assert (settings.registry, settings.inbox, settings.lake) == (here, here / "inbox", here / "lake")
    assert registry.load(settings.registry).bureau.id == "shuyuan_city"


def test_its_page_is_one_page_in_chinese_and_english(desk: Desk, tmp_path: Path):
    desk("init", str(tmp_path / "dir"))
    page = (tmp_path / "dir" / "README.md").read_text(encoding="utf-8")
    assert len(page.splitlines()) <= 60
    assert "本局的目录" in page
    assert "The bureau's own directory" in page
    named = {"sources", "elements", "codes", "claims", "models", "expectations"}
    assert all((tmp_path / "dir" / folder).is_dir() and f"{folder}/" in page for folder in named)


def test_nothing_is_overwritten(desk: Desk, tmp_path: Path):
    (tmp_path / "dir").mkdir()
    (tmp_path / "dir" / "notes.txt").write_text("mine")
    refused = desk("init", str(tmp_path / "dir"))
    assert refused.exit_code == 1
    assert "is not empty" in refused.stderr
    assert [path.name for path in (tmp_path / "dir").iterdir()] == ["notes.txt"]


def test_another_standard_s_register_may_be_the_beginning(desk: Desk, tmp_path: Path):
    assert desk("init", str(tmp_path / "dir"), "--example", "oneroster").exit_code == 0
    assert (tmp_path / "dir/sources/oneroster.yml").is_file()
    assert "There is no example edfi" in desk("init", str(tmp_path / "other"), "--example", "edfi").stderr


def test_the_doctor_says_where_a_model_or_a_rule_of_the_bureau_does_not_fit(desk: Desk, tmp_path: Path):
    desk("init", str(tmp_path / "dir"))
    settings = load_settings(registry=tmp_path / "dir")
    assert [f.state for f in health._own_directory(settings)] == ["ok"]
    model = tmp_path / "dir/models/marts/learning/student_growth.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1")
    (said,) = [f for f in health.findings(settings) if "student_growth" in f.text]
    assert said.state == "wrong"
    assert "give it another name" in said.text
