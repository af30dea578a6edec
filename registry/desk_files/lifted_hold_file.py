"""The reviewed lines that lift holds (`lifted_holds.csv`): adding one to a register's file.

Stays out: what holds a slice, and whether a line fits (`ingest.guarding`), the shape of a line (`model.LiftedHold`).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from registry.desk_files.file_writing import write_text
from registry.errors import RegisterError
from registry.loader import LIFTED_HOLDS
from registry.model import LiftedHold, Register
from registry.rules.holds import refusals_of
from registry.tables import LIFTED_HOLD_COLUMNS


def lift(register: Register, directory: Path, lines: Sequence[LiftedHold]) -> Path:
    """Add lines to the file of the register in `directory`; the file. Raises RegisterError, and then writes nothing."""
    for sentence in (s for line in lines for s in refusals_of(line, register)):
        raise RegisterError(sentence)
    path = directory / LIFTED_HOLDS
    try:
        before = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
        write_text(path, _with_lines(before, lines))
    except OSError as error:
        raise RegisterError(f"{path} cannot be written ({error.strerror}); give a register of your own.") from error
    return path


def _with_lines(before: str, lines: Sequence[LiftedHold]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    if not before.strip():
        writer.writerow(LIFTED_HOLD_COLUMNS)
    for line in lines:
        writer.writerow([getattr(line, column) for column in LIFTED_HOLD_COLUMNS])
    return before + ("" if not before or before.endswith("\n") else "\n") + text.getvalue()
