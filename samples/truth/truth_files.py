"""The files under `truth/`: csv with a header, UTF-8; nights are dates, mappings are JSON.

Lives here: writing records and whole columns.
Add here: another format of the truth.
Stays out: what is true (`truth.records`, `truth.ledger`, `truth.marks`, `truth.homework_days`).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from samples.files.text import csv_line, csv_lines
from samples.truth.records import KINDS_OF_RECORD, Truth
from samples.world.strings import Columns, text_slices

_NIGHT_FIELDS = frozenset(
    {
        "night", "known_from", "known_to", "from_night", "to_night", "mended", "first_seen", "last_seen",
        "closed_on", "resolved_on",
    }
)  # fmt: skip


def write_truth(folder: Path, truth: Truth, first_night: date, about: Mapping[str, Any]) -> None:
    """All lists of `truth` as csv, and `city.json` with what the city was made from."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, kind in KINDS_OF_RECORD.items():
        write_records(folder / f"{name}.csv", getattr(truth, name), first_night, kind)
    (folder / "city.json").write_text(json.dumps(about, ensure_ascii=False, indent=1) + "\n", "utf-8")


def write_records(path: Path, records: Iterable[Any], first_night: date, kind: type) -> None:
    """Dataclass records as csv: nights as dates, mappings as JSON, None as nothing."""
    names = [f.name for f in fields(kind)]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for record in records:
            values = asdict(record)
            writer.writerow([_cell(name, values[name], first_night) for name in names])


def _cell(name: str, value: Any, first_night: date) -> Any:
    if value is None:
        return ""
    if name in _NIGHT_FIELDS:
        return (first_night + timedelta(days=value - 1)).isoformat()
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value


def write_table(path: Path, columns: Columns, names: Sequence[str] | None = None) -> None:
    """Whole columns as csv; for what is too long for records."""
    path.parent.mkdir(parents=True, exist_ok=True)
    column_names = list(names or columns)
    with path.open("wb") as file:
        file.write(csv_line(column_names).encode())
        file.write(text_slices(csv_lines(columns, column_names), np.array([0]))[0])
