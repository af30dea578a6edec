"""`shuyuan/release`: what a development zone with a Shuyuan of its own has published, once a week.

Lives here: its indicators, its manifest, and some of what travels beside them.
Add here: another file of a release that somebody reads.
Stays out: the zone's schools in any other feed; they are the zone's own.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import PurePosixPath

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from registry.model import Indicator
from samples.feeds.contracts import contract, house
from samples.files.accounts import Night, sha256
from samples.sender import Sender
from samples.truth.records import FileAccount
from samples.world.randomness import stream

FEED = "shuyuan/release"
AREA = "329905"
SCHOOLS = ("2132995001", "2132995002", "3132995003")
_EVERY = 7  # nights
_REASON = "等待 declarations/facts / waits for declarations/facts"
_YEAR = "2025-2026"


def send_release(sender: Sender, night: Night) -> None:
    """The zone's release of the evening before, on the first night of each week."""
    feed = contract(FEED)
    if feed is None or feed.bundle is None or night.number % _EVERY != 1:
        return
    day = night.day - timedelta(days=1)
    table = _indicators(stream(sender.city.seed, "lower release", day.isoformat()), day)
    content = hashlib.sha256(json.dumps(table.to_pylist(), default=str).encode()).hexdigest()
    release_id = f"{day.isoformat()}-{content[:12]}"
    root = PurePosixPath(FEED, AREA, release_id)
    mart_entry = {"rows": table.num_rows, "content_sha256": content}
    manifest = {"release_id": release_id, "night": day.isoformat(), "marts": {"indicator_value": mart_entry}}
    texts = {
        feed.bundle.manifest: json.dumps(manifest, indent=2),
        "gate_report.json": json.dumps({"release_id": release_id, "passed": True}),
        "register/bureau.yml": "id: shuyuan_zone\n",
    }
    for name, text in texts.items():
        target = night.folder / root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text.encode())
    path = str(root / feed.bundle.file)
    (night.folder / path).parent.mkdir()
    pq.write_table(table, night.folder / path, store_schema=False)
    rows = table.num_rows
    night.accounts.append(
        FileAccount(night.number, FEED, path, AREA, 0, rows, rows, 0, {}, sha256(night.folder / path))
    )
    night.accounts += [_companion(night, root, name) for name in (feed.bundle.manifest, "gate_report.*", "register/*")]
    sender.progress(f"{night.day.isoformat()}: {FEED}")


def _companion(night: Night, root: PurePosixPath, pattern: str) -> FileAccount:
    """What is entered of files that are passed over: a line for each pattern, and the bytes of the manifest alone."""
    path = night.folder / root / pattern
    digest = sha256(path) if path.exists() else ""
    return FileAccount(night.number, "", str(root / pattern), "", 0, 0, 0, 0, {"companion": 0}, digest)


def _indicators(rng: np.random.Generator, day: date) -> pa.Table:
    """The mart `indicator_value` of the zone: each indicator of its level, and of its three schools."""
    organisations = [("district", AREA), *(("school", school) for school in SCHOOLS)]
    entries = [
        (i, level, code) for i in house().indicators for level, code in organisations if level in i.levels
    ]
    waiting = rng.random(len(entries)) < 0.2
    denominators = rng.integers(20, 400, len(entries))
    numerators = np.minimum(denominators, rng.integers(10, 400, len(entries)))
    figures = list(zip(numerators.tolist(), denominators.tolist(), waiting.tolist(), strict=True))
    value = [None if w else round(n / d, 6) for n, d, w in figures]
    columns = {
        "indicator_id": pa.array([i.id for i, *_ in entries]),
        "organisation_code": pa.array([code for *_, code in entries]),
        "level": pa.array([level for _, level, _ in entries]),
        "stage": pa.array([i.stage for i, *_ in entries], pa.string()),
        "period": pa.array([_YEAR] * len(entries)),
        "numerator": pa.array([None if w else n for n, _, w in figures], pa.float64()),
        "denominator": pa.array([None if w else d for _, d, w in figures], pa.float64()),
        "value": pa.array(value, pa.float64()),
        "threshold": pa.array([i.threshold for i, *_ in entries], pa.float64()),
        "passed": pa.array([_passed(v, i) for v, (i, *_) in zip(value, entries, strict=True)]),
        "completeness": pa.array([0.0 if w else 1.0 for *_, w in figures]),
        "reason": pa.array([_REASON if w else None for *_, w in figures], pa.string()),
        "as_of_date": pa.array([day] * len(entries)),
        "suppressed": pa.array([False] * len(entries)),
    }
    return pa.table(columns)


def _passed(value: float | None, indicator: Indicator) -> bool | None:
    if value is None or indicator.threshold is None:
        return None
    return value <= indicator.threshold if indicator.direction == "at_most" else value >= indicator.threshold
