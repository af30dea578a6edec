"""The tree as these tests read it."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PASSED_OVER = {".venv", ".git", "var", "__pycache__", "target", "logs", ".hypothesis"}


def tree(*suffixes: str) -> list[Path]:
    """Every file of the project with one of these suffixes (all files where none is given)."""
    found = []
    for path in sorted(ROOT.rglob("*")):
        parts = set(path.relative_to(ROOT).parts)
        made = parts & PASSED_OVER or any(part.endswith(("_cache", ".egg-info")) for part in parts)
        if path.is_file() and not made and (not suffixes or path.suffix in suffixes):
            found.append(path)
    return found


@pytest.fixture(scope="session")
def root() -> Path:
    return ROOT
