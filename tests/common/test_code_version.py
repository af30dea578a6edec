"""Two releases made by one code say so, and by other code too."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from common import code_version


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "pyproject.toml").write_text('[project]\nversion = "1.2.3"\n')
    for name in ("ingest/a.py", "dbt_project/models/m.sql", "registry/types.sql", "registry/bureau.yml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    monkeypatch.setattr(code_version, "CHECKOUT", tmp_path)
    return tmp_path


def _now() -> str:
    code_version.code_version.cache_clear()
    return code_version.code_version()


@pytest.fixture(autouse=True)
def forget() -> object:
    yield
    code_version.code_version.cache_clear()


def test_the_version_of_this_code_is_well_formed() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{12}", _now())


@pytest.mark.parametrize("name", ["ingest/a.py", "dbt_project/models/m.sql", "registry/types.sql"])
def test_code_that_changed_is_another_version(checkout: Path, name: str) -> None:
    before = _now()
    (checkout / name).write_text("changed")
    assert _now() != before
    assert _now().startswith("1.2.3+")


@pytest.mark.parametrize(
    "name", ["registry/bureau.yml", "dbt_project/target/m.sql", "ingest/__pycache__/a.py"]
)
def test_what_is_no_code_does_not_count(checkout: Path, name: str) -> None:
    before = _now()
    (checkout / name).parent.mkdir(exist_ok=True)
    (checkout / name).write_text("changed")
    assert _now() == before
