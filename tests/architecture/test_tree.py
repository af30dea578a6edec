"""The tree itself: doorplates, size, and what must not stand in it."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT, tree

ROOMS = ("common", "dags", "expectations", "ingest", "methods", "pages", "registry", "samples", "shuyuan", "warehouse")
MODULES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
TEXTS = tree(".py", ".sql", ".yml", ".yaml", ".md", ".toml", ".csv", ".txt", ".in", ".lock", ".example", "")
HERE = Path(__file__)
# written in two parts, so that this file does not find itself
FORBIDDEN = {
    "a path of one machine": r"(?<![\w.:/~<-])/(?:home|Users|root|work)" + r"/\w",
    "the address of a package registry": r"https?://\S*/(?:simple|packages)" + r"/",
    "an extra index": r"--(?:extra-)?index" + r"-url",
    "something left for later": r"\b(?:TODO|FIXME|XXX)" + r"\b",
    "a number of a tracker": r"\b[Ii]ssue" + r" #?\d",
}


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is(path: Path):
    doorplate = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    assert doorplate.strip()
    assert "Add here: nothing" not in doorplate, "a doorplate with nothing to say there leaves the line out"


@pytest.mark.parametrize(("what", "pattern"), FORBIDDEN.items(), ids=FORBIDDEN.keys())
def test_the_tree_holds_nothing_of_its_makers(what: str, pattern: str):
    found = [
        f"{name(path)}:{number}"
        for path in TEXTS
        if path != HERE
        for number, line in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1)
        if re.search(pattern, line)
    ]
    assert not found, what


def test_the_lock_holds_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert len(re.findall(r"^\S+==", lock, re.M)) <= lock.count("--hash=sha256:")


def test_every_requirement_is_locked():
    lock = (ROOT / "requirements.lock").read_text().lower()
    wanted = re.findall(r"^([A-Za-z0-9-]+)", (ROOT / "requirements.in").read_text(), re.M)
    assert [package for package in wanted if f"\n{package.lower()}==" not in f"\n{lock}"] == []


def test_no_large_file_lies_in_the_tree():
    assert [name(path) for path in tree() if path.stat().st_size > 1_500_000] == []
