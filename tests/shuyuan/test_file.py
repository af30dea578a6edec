"""`shuyuan file` writes a page from the release, finds whose it is, and refuses what would give somebody away."""

from __future__ import annotations

import json
from pathlib import Path
from stat import S_IMODE

import duckdb
import pytest

from tests.pages.conftest import CLASS, SCHOOL, STUDENT, filled
from tests.pages.release import Release
from tests.shuyuan.conftest import Desk
from warehouse.records import people_by_name
from warehouse.records.people_by_name import Person


@pytest.fixture
def city(tmp_path: Path) -> Path:
    """A lake that is a release alone, as an analyst sees it."""
    release = tmp_path / "city" / "releases" / "2025-10-16-0123456789ab"
    release.mkdir(parents=True)
    marts = filled(Release()).connection
    marts.execute(f"attach '{release}/marts.duckdb' as file; copy from database memory to file; detach file")
    (release.parent / "current").symlink_to(release.name)
    return tmp_path / "city"


def test_an_analyst_needs_the_release_alone(desk: Desk, city: Path, tmp_path: Path) -> None:
    result = desk("file", "student", STUDENT, "--lake", city)
    assert result.exit_code == 0, result.stderr
    page = tmp_path / f"student-{STUDENT[:12]}.html"
    assert result.stdout == f"{page}\n"
    assert 'data-value="60.5"' not in page.read_text(encoding="utf-8")
    assert 'data-value="30.25"' in page.read_text(encoding="utf-8")
    assert not (city / "restricted").exists()


@pytest.mark.parametrize(
    ("kind", "key", "more"),
    [
        ("school", SCHOOL, ()), ("school", "第一中学", ()), ("class", f"{SCHOOL}:{CLASS}", ()),
        ("class", "第一中学:七年级1班", ()), ("class", CLASS, ("--school", SCHOOL)),
    ],
)  # fmt: skip
def test_json_goes_to_the_screen(desk: Desk, city: Path, kind: str, key: str, more: tuple[str, ...]) -> None:
    result = desk("file", kind, key, "--json", *more, "--lake", city)
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["file"] == kind
    assert told["key"] == (SCHOOL if kind == "school" else f"{SCHOOL}:{CLASS}")
    assert told["release"] == "2025-10-16-0123456789ab"


def test_a_page_is_written_where_it_is_asked_in_the_language_that_is_asked(
    desk: Desk, city: Path, tmp_path: Path
) -> None:
    assert (
        desk("file", "school", SCHOOL, "--language", "en", "--output", tmp_path / "a.html", "--lake", city).exit_code
        == 0
    )
    assert 'data-language="en"' in (tmp_path / "a.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("student", STUDENT, "--identified"), "Say for whom it is with --addressee"),
        (("student", STUDENT, "--addressee", "x"), "add --identified"),
        (("student", STUDENT, "--identified", "--addressee", "x", "--output", "a.html"), "leave --output out"),
        (("school", SCHOOL, "--identified", "--addressee", "x"), "names nobody"),
        (("class", CLASS), "SCHOOL:CLASS"),
        (("school", SCHOOL, "--output", "nowhere/a.html"), "is not there"),
    ],
)
def test_what_is_asked_wrongly_is_a_sentence(desk: Desk, city: Path, words: tuple[str, ...], sentence: str) -> None:
    result = desk("file", *words, "--lake", city)
    assert result.exit_code == 2
    assert sentence in " ".join(result.stderr.split())


def test_a_release_is_not_written_to(desk: Desk, city: Path) -> None:
    result = desk("file", "school", SCHOOL, "--output", city / "releases" / "current" / "a.html", "--lake", city)
    assert result.exit_code == 2
    assert "A release is not written to" in result.stderr
    assert not (city / "releases" / "current" / "a.html").exists()


def test_names_go_to_the_outbox_of_the_addressee(desk: Desk, city: Path, tmp_path: Path, monkeypatch) -> None:
    asked = []

    def find(lake, entity, key, at, school, showing):
        asked.append((entity, key, school, showing.identified))
        return Person("uid", STUDENT, "王小明", "G329901201201010017")

    monkeypatch.setattr(people_by_name, "find_person", find)
    words = ("file", "student", "王小明", "--school", SCHOOL, "--identified", "--addressee", SCHOOL, "--lake", city)
    result = desk(*words)
    assert result.exit_code == 0, result.stderr
    page = city / "outbox" / SCHOOL / f"student-{STUDENT[:12]}.html"
    assert result.stdout == f"{page}\n"
    assert "王小明" in page.read_text(encoding="utf-8")
    assert S_IMODE(page.stat().st_mode) == 0o600
    assert asked == [("student", "王小明", SCHOOL, True)]
    assert desk(*words, "--json").exit_code == 0
    assert json.loads(page.with_suffix(".json").read_text(encoding="utf-8"))["name"] == "王小明"
    assert list(tmp_path.glob("*.html")) == []


def test_a_lake_without_a_release_says_what_to_run(desk: Desk, tmp_path: Path) -> None:
    (tmp_path / "empty" / "releases").mkdir(parents=True)
    result = desk("file", "school", SCHOOL, "--lake", tmp_path / "empty")
    assert result.exit_code == 1
    assert "run 'shuyuan night' first" in result.stderr


def test_the_marts_are_read_and_nothing_else(city: Path) -> None:
    """What a page asks of a release can open no other file."""
    from warehouse.lake import Lake
    from warehouse.release.query import open_release

    with open_release(Lake(city)) as (release, connection):
        assert release == "2025-10-16-0123456789ab"
        with pytest.raises(duckdb.PermissionException):
            connection.execute("select * from read_csv('/etc/passwd')")
