"""A bureau's own directory holds a whole register, is never written over, and is read as any other."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from registry import RegisterError, own_directory


@pytest.mark.parametrize("example", [None, *own_directory.examples()])
def test_a_new_directory_is_the_register_from_which_it_was_made(tmp_path: Path, example: str | None):
    own_directory.make(tmp_path / "本局 dir", {".env": "A=1\n"}, example)
    house = own_directory.EXAMPLES / example if example else registry.HOUSE
    assert registry.load(tmp_path / "本局 dir").version == registry.version(house)
    assert (tmp_path / "本局 dir" / ".env").read_text() == "A=1\n"
    assert not list((tmp_path / "本局 dir").rglob("*.py"))
    for folder in ("models", "expectations/raw", "expectations/release", "inbox"):
        assert (tmp_path / "本局 dir" / folder).is_dir()


def test_an_empty_directory_is_filled(tmp_path: Path):
    own_directory.make(tmp_path, {})
    assert (tmp_path / "bureau.yml").is_file()


@pytest.mark.parametrize("there", ["bureau.yml", "notes.txt", ".git/HEAD"])
def test_a_directory_with_anything_in_it_is_left_as_it_is(tmp_path: Path, there: str):
    file = tmp_path / there
    file.parent.mkdir(exist_ok=True)
    file.write_text("mine")
    with pytest.raises(RegisterError, match="not empty, and nothing in it is overwritten"):
        own_directory.make(tmp_path, {})
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == [file]


def test_an_example_that_there_is_not_is_answered_with_those_there_are(tmp_path: Path):
    with pytest.raises(RegisterError, match="oneroster, school_data_sync"):
        own_directory.make(tmp_path / "new", {}, "edfi")
    assert not (tmp_path / "new").exists()


def test_a_part_of_a_slice_with_the_name_of_a_column_is_refused(tmp_path: Path):
    own_directory.make(tmp_path, {})
    file = tmp_path / "sources" / "homework_b.yml"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("example: 20251015.csv", "parts: [status]"), encoding="utf-8")
    with pytest.raises(RegisterError, match="part `status` has the name of a column"):
        registry.load(tmp_path)


@pytest.mark.parametrize("path", ["models/marts/a/b.sql", "models/marts/a/b.yml", "expectations/raw/c.yml"])
def test_a_model_or_suite_beside_the_register_is_a_part_of_its_version(tmp_path: Path, path: str):
    own_directory.make(tmp_path, {})
    before = registry.version(tmp_path)
    (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / path).write_text("select 1")
    assert registry.version(tmp_path) != before
    assert tmp_path / path in registry.files(tmp_path)


def test_what_lies_in_the_inbox_is_none(tmp_path: Path):
    own_directory.make(tmp_path, {".env": "A=1"})
    (tmp_path / "inbox" / "a.csv").write_text("1")
    (tmp_path / "models" / "a.pyc").write_text("1")
    assert registry.version(tmp_path) == registry.version(registry.HOUSE)
