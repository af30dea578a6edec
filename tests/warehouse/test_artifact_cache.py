"""The cache of artifacts: what is in use is not deleted for what is used once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from warehouse import artifact_cache


def test_a_file_that_is_asked_for_outlives_those_stored_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(artifact_cache, "_folder", lambda kind: tmp_path / kind)
    names = [f"{n:02d}" for n in range(artifact_cache.MAX_FILES)]
    for age, name in enumerate(reversed(names)):
        artifact_cache.store_text("kind", name, name)
        os.utime(tmp_path / "kind" / name, (1_000_000 - age, 1_000_000 - age))
    kept = artifact_cache.cached_file("kind", names[0])
    artifact_cache.store_text("kind", "another", "another")
    assert kept is not None
    assert kept.read_text() == names[0]
    assert {path.name for path in kept.parent.iterdir()} == {"another", *names[:1], *names[2:]}


def test_what_was_never_stored_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(artifact_cache, "_folder", lambda kind: tmp_path / kind)
    assert artifact_cache.cached_file("kind", "name") is None
