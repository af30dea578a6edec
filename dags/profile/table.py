"""The table of a night: what its steps and their parts have cost, a Parquet file that outlives its scratch.

Stays out: the lines of the steps (`measure`), showing it (`shuyuan.profile`).

It lies beside the releases and in none of them: what a clock says would make two releases of the same input differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa

from common import files
from dags.profile.measure import NIGHT, Measure, whole
from warehouse.lake import Lake

_TYPES = {
    "night": pa.date32(),
    "step": pa.string(),
    "kind": pa.string(),
    "name": pa.string(),
    "failed": pa.bool_(),
    "begun_at": pa.timestamp("ms", "UTC"),
    "seconds": pa.float64(),
    "processor_seconds": pa.float64(),
    "peak_memory_bytes": pa.int64(),
    "rows": pa.int64(),
    "bytes": pa.int64(),
    "written_bytes": pa.int64(),
    "partitions_touched": pa.int64(),
    "partitions_all": pa.int64(),
    "why": pa.string(),
    "startup_seconds": pa.float64(),
    "startup_processor_seconds": pa.float64(),
    "others_processor_seconds": pa.float64(),
    "processors": pa.int32(),
    "load": pa.float64(),
}


def place(lake: Lake, night: date) -> Path:
    """The table of a night."""
    return lake.profiles / f"{night}.parquet"


def keep(lake: Lake, night: date, measures: Iterable[Measure]) -> None:
    """Write the table of a night, its whole first, in place of an earlier one of this night."""
    from pyarrow import parquet

    measures = list(measures)
    total = whole(measures)
    rows = [
        asdict(measure) | {"night": night, "begun_at": datetime.fromtimestamp(measure.begun_at, UTC)}
        for measure in ([total] if total else []) + measures
    ]
    files.make_folder(lake.profiles, 0o700)
    with files.placing(place(lake, night), 0o600) as temporary:
        parquet.write_table(pa.Table.from_pylist(rows, pa.schema(_TYPES)), temporary)


def read(lake: Lake, night: date) -> list[Measure]:
    """What the steps of a night and their parts have cost, in the order in which they ended; none where it is not
    known.
    """
    return _read(place(lake, night))


def last(lake: Lake, night: date) -> list[Measure]:
    """The same of the last night, this one or one before it, that went to its end."""
    for path in sorted(lake.profiles.glob("*.parquet"), reverse=True):
        if path.stem <= night.isoformat() and (measures := _read(path)) and not measures[-1].failed:
            return measures
    return []


def remove(lake: Lake, night: date) -> None:
    """Delete the table of a night that begins again: what it says is of another run."""
    place(lake, night).unlink(missing_ok=True)


def _read(path: Path) -> list[Measure]:
    from pyarrow import parquet

    try:
        rows = parquet.read_table(path).to_pylist()
    except (OSError, pa.ArrowException):  # missing or damaged: nothing depends on it
        return []
    return [_measure(row) for row in rows if row["kind"] != NIGHT]


def _measure(row: dict[str, Any]) -> Measure:
    known = {name: value for name, value in row.items() if name in Measure.__dataclass_fields__}
    return Measure(**known | {"begun_at": row["begun_at"].timestamp()})
