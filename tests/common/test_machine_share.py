"""A night's share of the machine: too little memory is said so, and is no full disk."""

from __future__ import annotations

import duckdb
import pytest

from common import disk_space, failures, machine_share


def test_too_little_memory_is_a_sentence_that_says_what_to_set() -> None:
    limits = {"memory_limit": "20MB", "max_temp_directory_size": "0KiB", "threads": 1}
    with duckdb.connect(config={**limits, "temp_directory": ""}) as connection, pytest.raises(duckdb.Error) as caught:
        connection.execute("select list(range) from range(10000000)").fetchall()
    said = failures.sentence(caught.value, "the step commit", "x")
    assert "SHUYUAN_MEMORY_LIMIT" in said
    assert "\n" not in said
    assert not disk_space.is_full(caught.value)
    assert "SHUYUAN_MEMORY_LIMIT" in failures.sentence(MemoryError(), "the step read", "x")


def test_a_large_machine_gives_no_more_processors_than_the_memory_is_for(monkeypatch: pytest.MonkeyPatch) -> None:
    for machine, used in {1: 1, 2: 2, 64: machine_share.MAX_PROCESSORS, None: 1}.items():
        monkeypatch.setattr("os.cpu_count", lambda machine=machine: machine)
        assert machine_share.processors() == used
