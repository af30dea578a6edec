"""The law of doors: who may import whom, and who may read the environment."""

import ast
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT
from tests.architecture.imports import FILES, ROOMS, imported

EVERY_ROOM = set(ROOMS)
MAY_IMPORT = {
    "dags": EVERY_ROOM - {"samples", "benchmarks", "shuyuan"},
    "shuyuan": EVERY_ROOM - {"benchmarks"},
    "benchmarks": EVERY_ROOM,
    "dbt_project": {"common", "methods", "registry"},
    "expectations": {"common", "registry"},
    "ingest": {"common", "registry"},
    "pages": {"common", "registry"},
    "samples": {"common", "registry"},
    "warehouse": {"common", "registry"},
    "common": {"registry"},
    "registry": set(),
    "methods": set(),
}
ONE_ROOM_ONLY = {
    "airflow": {"dags"},
    "great_expectations": {"expectations"},
    "dbt": {"warehouse", "dbt_project"},
}
SETTINGS = "common/settings.py"


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_the_law_knows_every_room():
    packages = {path.name for path in ROOT.iterdir() if path.is_dir() and list(path.glob("*.py"))}
    assert packages - {"tests"} <= EVERY_ROOM, "a new room: give it its doors in MAY_IMPORT"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_room_goes_through_its_own_doors_only(path: Path):
    room = path.relative_to(ROOT).parts[0]
    allowed = MAY_IMPORT[room] | {room}
    wrong = [
        f"{name(path)}:{line} imports {module}"
        for line, module in imported(path)
        if module.split(".")[0] in EVERY_ROOM - allowed
        or (module.split(".")[0] in ONE_ROOM_ONLY and room not in ONE_ROOM_ONLY[module.split(".")[0]])
    ]
    assert not wrong


def test_the_sample_city_is_known_to_its_verb_alone():
    users = {name(path) for path in FILES for _, module in imported(path) if module.split(".")[0] == "samples"}
    assert {user for user in users if user.split("/")[0] in ("shuyuan", "dags")} <= {"shuyuan/verbs/sample.py"}


def environment_reads(path: Path) -> list[str]:
    """Where a file reads the environment. Setting a variable for a library is not reading."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    written = {
        id(node.value)
        for node in ast.walk(module)
        if (isinstance(node, ast.Attribute) and node.attr == "update")
        or (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store))
    }
    return [
        f"{name(path)}:{node.lineno}"
        for node in ast.walk(module)
        if (
            isinstance(node, ast.Attribute)
            and ast.unparse(node) in ("os.environ", "os.getenv")
            and id(node) not in written
        )
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "os"
            and {a.name for a in node.names} & {"environ", "getenv"}
        )
        or (isinstance(node, ast.Name) and node.id == "BaseSettings" and name(path) != SETTINGS)
    ]


def test_the_environment_is_read_in_one_module():
    assert [line for path in FILES if name(path) != SETTINGS for line in environment_reads(path)] == []


def test_a_reading_of_the_environment_would_be_seen(tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    path = tmp_path / "a.py"
    path.write_text("import os\nos.environ['A'] = '1'\nos.environ.update(B='2')\nprint(os.environ['A'])\n")
    assert environment_reads(path) == ["a.py:4"]
