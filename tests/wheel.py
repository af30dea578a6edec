"""The product as a wheel of the tree brings it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = (
    "common", "dags", "dbt_project", "expectations", "ingest", "methods", "pages", "registry", "samples", "shuyuan",
    "warehouse",
)  # fmt: skip
_NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "target", "logs")


def built(folder: Path) -> tuple[Path, Path]:
    """The wheel of the tree, built below `folder`, and the copy of the tree from which it was built."""
    tree = folder / "tree"
    for name in (*ROOMS, "docs"):
        shutil.copytree(ROOT / name, tree / name, ignore=_NOT_SHIPPED)
    for name in ("pyproject.toml", "requirements.in", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, tree / name)
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "."]
    subprocess.run([*build, "-w", str(folder)], cwd=tree, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    return wheel, tree
