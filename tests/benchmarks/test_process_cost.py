"""What a measured process spends is its own and its children's, and a failure is no measurement."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks import process_cost

MEMORY = 200 << 20
HUNGRY = f"import time; held = bytearray({MEMORY}); held[::4096] = b'x' * len(held[::4096]); time.sleep(1)"


def test_memory_and_processor_of_children_count(tmp_path: Path) -> None:
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HUNGRY!r}], check=True); print('done')"
    cost = process_cost.run([sys.executable, "-c", parent], tmp_path)
    assert cost.peak > MEMORY
    assert cost.processor > 0
    assert cost.last_line == "done"


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with 3:\nno lake"):
        process_cost.run([sys.executable, "-c", "print('no lake'); raise SystemExit(3)"], tmp_path)
