"""The pages a newcomer reads: what they name exists, and what they promise to cover is covered."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT
from tests.architecture.test_doors import MAY_IMPORT

CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GLOSSARY = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
ARCHITECTURE = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
DECISIONS = (ROOT / "docs" / "decisions.md").read_text(encoding="utf-8")
PATH = re.compile(r"`((?:[\w.-]+/)+[\w.-]*|[\w.-]+\.(?:md|yml|yaml|toml|py|sql|lock|in)|\.env\.example)`")
IN_A_ROOM = re.compile(rf"`((?:{'|'.join(MAY_IMPORT)}|tests|docs)/[\w./-]*)`")
HAN, LATIN = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[a-z]")


def rows(page: str, heading: str) -> list[list[str]]:
    """The rows of the table below a heading, the table's own header taken off."""
    section = page.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    table = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in table[2:]]


def missing(text: str) -> list[str]:
    """The paths in backquotes that lead nowhere."""
    return [path for path in PATH.findall(text) if not (ROOT / path).exists()]


QUESTIONS = rows(CONTRIBUTING, "Where does X go?")
TERMS = rows(GLOSSARY, "Terms")
ROOMS = {row[0].strip("`/"): row for row in rows(ARCHITECTURE, "Rooms")}


def test_the_questions_are_answered_by_files_that_exist():
    assert len(QUESTIONS) >= 15
    assert [question for question, answer in QUESTIONS if not PATH.search(answer)] == []
    assert missing(CONTRIBUTING) == []


@pytest.mark.parametrize("term", TERMS, ids=[row[0] for row in TERMS])
def test_a_term_has_both_languages_one_sentence_and_a_file_that_owns_it(term: list[str]):
    english, chinese, meaning, owner = term
    assert LATIN.search(english)
    assert HAN.search(chinese)
    assert meaning.endswith(".")
    assert ". " not in meaning
    assert PATH.fullmatch(owner)
    assert missing(owner) == []


def test_the_glossary_has_some_forty_terms_and_none_twice():
    english, chinese = ([row[column] for row in TERMS] for column in (0, 1))
    assert len(TERMS) >= 40
    assert len(set(english)) == len(set(chinese)) == len(TERMS)


def test_each_room_is_described_with_what_it_may_import():
    packages = {path.name for path in ROOT.iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert set(ROOMS) == packages | {"dbt_project", "tests"}
    for room in set(MAY_IMPORT) - {"dags", "shuyuan", "benchmarks"}:
        assert set(re.findall(r"`(\w+)`", ROOMS[room][3])) == MAY_IMPORT[room], room


@pytest.mark.parametrize("room", ["ingest", "warehouse"])
def test_each_folder_of_a_large_room_is_named_as_a_station(room: str):
    table = ARCHITECTURE.split("\n## Stations\n", 1)[1].split(f"| `{room}/` |", 1)[1].split("\n\n", 1)[0]
    stations = set(re.findall(r"`(\w+)/`", table))
    assert stations == {path.parent.name for path in (ROOT / room).glob("*/__init__.py")}


def test_a_path_that_a_page_names_exists():
    pages = (ROOT / "docs").glob("*.md")
    texts = {page.name: page.read_text(encoding="utf-8") for page in pages if not page.name.startswith("adding_")}
    named = {name: re.findall(IN_A_ROOM, text) for name, text in texts.items()}
    assert {name: [path for path in paths if not (ROOT / path).exists()] for name, paths in named.items()} == {
        name: [] for name in texts
    }


def test_the_list_of_contents_of_the_decisions_is_that_of_their_headings():
    headings = re.findall(r"^## (.+)$", DECISIONS, re.M)
    contents = re.findall(r"\[([^\]]+)\]\(#([\w-]+)\)", DECISIONS)
    assert [name for name, _ in contents] == headings
    assert [anchor for _, anchor in contents] == [heading.lower().replace(" ", "-") for heading in headings]


def test_a_decision_stands_under_a_heading():
    before = DECISIONS.split("\n## ", 1)[0]
    assert re.findall(r"^\*\*", before, re.M) == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs").glob("*.md")), ids=lambda page: page.name)
def test_the_readme_leads_to_every_page(page: Path):
    linked = [name for name in ("README.md", "README.zh-CN.md") if f"docs/{page.name}" in (ROOT / name).read_text()]
    assert linked == ["README.md", "README.zh-CN.md"]
