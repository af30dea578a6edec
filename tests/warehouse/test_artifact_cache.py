"""The cache of artifacts: what is in use is not deleted for what is used once; a cached file is whole or missing."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from warehouse import artifact_cache


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(artifact_cache, "_folder", lambda kind: tmp_path / kind)
    return tmp_path / "kind"


def cached(name: str) -> str | None:
    file = artifact_cache.cached_file("kind", name)
    return file.read_text() if file else None


def test_a_file_that_is_asked_for_outlives_those_stored_after_it(folder: Path):
    names = [f"{n:02d}" for n in range(artifact_cache.MAX_FILES)]
    for age, name in enumerate(reversed(names)):
        artifact_cache.store_text("kind", name, name)
        (file,) = folder.glob(f"{name}.*")
        os.utime(file, (1_000_000 - age, 1_000_000 - age))
    assert cached(names[0]) == names[0]
    artifact_cache.store_text("kind", "another", "another")
    assert {file.read_text() for file in folder.iterdir()} == {"another", *names[:1], *names[2:]}


def test_what_was_never_stored_is_not_there(folder: Path):
    assert cached("name") is None


def test_a_damaged_file_is_made_anew(folder: Path):
    artifact_cache.store_text("kind", "a.json", "whole")
    assert cached("a.json") == "whole"
    for damaged in ("", "whOle"):  # a power cut, a flipped bit
        (file,) = folder.iterdir()
        file.write_text(damaged)
        assert cached("a.json") is None
        assert list(folder.iterdir()) == []
        artifact_cache.store_text("kind", "a.json", "whole")
    assert cached("a.json") == "whole"


def test_a_name_is_not_taken_for_another(folder: Path):
    artifact_cache.store_text("kind", "a.json", "whole")
    assert cached("a") is None
    assert cached("b.json") is None
    assert len(list(folder.iterdir())) == 1
