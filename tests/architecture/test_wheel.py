"""The product runs where it is installed, outside its source tree: the wheel holds what the rooms hold."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "common", "dags", "dbt_project", "expectations", "ingest", "methods", "registry", "samples", "shuyuan", "warehouse",
)  # fmt: skip
NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "target", "logs")


def test_every_file_of_a_room_and_every_page_is_in_the_wheel(tmp_path: Path):
    tree = tmp_path / "tree"
    for folder in (*ROOMS, "docs"):
        shutil.copytree(ROOT / folder, tree / folder, ignore=NOT_SHIPPED)
    for name in ("pyproject.toml", "requirements.in", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, tree / name)
    expected = {p.relative_to(tree).as_posix() for room in ROOMS for p in (tree / room).rglob("*") if p.is_file()}
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "."]
    subprocess.run([*build, "-w", str(tmp_path)], cwd=tree, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    assert expected <= held
    assert any(name.endswith("share/shuyuan/docs/adding_a_feed.md") for name in held)
