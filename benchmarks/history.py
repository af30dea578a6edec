"""A lake of many nights, and what a usual night on it costs.

`python -m benchmarks.history LAKE EXPORTS FIRST LAST` brings a lake from the night before FIRST to LAST.

Lives here: nights whose files are read and committed as ever, without Airflow, doors, proof and release; the marts are
built on those nights alone that brought more than homework, on the next that brings homework, and on the last. The
lake is then as real nights had left it, which a test shows.
Add here: what a further model keeps from night to night without anything new (as `completeness` does).
Stays out: the exports (`samples`), the nights that are measured (`nights`).
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import ingest
import registry
from benchmarks.nights import City, Row
from common.night_files import NightFiles
from registry.model import Register
from warehouse import build
from warehouse.build import build_database
from warehouse.lake import Lake, connect_lake

MEASURED = (2, 20, 200)  # nights
USUAL_EVERY = 18  # nights: the measured ones are among them
_DAY = date(2001, 2, 3)  # stands in the compiled SQL for the night


def measure(students: int, folder: Path, limit: Path, nights: int, times: int = 1) -> Iterator[object]:
    """The 2nd, the 20th and the 200th night of one lake, as far as `nights` goes, and the last by the first of them."""
    city = City(students, folder / f"history-{students}", limit)
    days = city.write(nights, USUAL_EVERY)
    city.ours(days[0], "first")
    rows: list[Row] = []
    for number in (n for n in MEASURED if n <= nights):
        grown = MEASURED[len(rows) - 1] if rows else 1
        if number > grown + 1:
            first, last = str(days[grown]), str(days[number - 2])
            city.run("-m", "benchmarks.history", str(city.lake.root), str(city.folder / "exports"), first, last)
        rows.append(city.ours(days[number - 1], f"night {number} (usual)", times))
        yield rows[-1]
    first, last = rows[0].ours, rows[-1].ours
    written = f"{last.written / first.written:.2f}" if last.written and first.written else "-"
    yield f"{rows[-1].night} / {rows[0].night}: processor {last.processor / first.processor:.2f}, written {written}"
    shutil.rmtree(city.folder)


def grow(lake: Lake, exports: Path, days: list[date]) -> None:
    """Bring a lake through the nights of `days`, without releases."""
    register = registry.load(registry.HOUSE)
    completeness = _completeness(register)
    has_moved = True  # somebody, so that the next homework of theirs is asked about anew
    for day in days:
        inbox = exports / str(day)
        _commit(lake, register, inbox, day)
        is_usual = any(inbox.glob("student_registry/*"))
        if day == days[-1] or is_usual or (has_moved and any(inbox.iterdir())):
            build.run(lake, register, day)
            has_moved = is_usual
        else:
            with connect_lake(lake) as connection:
                night = completeness.replace(str(_DAY), str(day))
                connection.execute(f"insert into lake.marts.completeness by name {night}")
        shutil.rmtree(lake.work(day))


def _commit(lake: Lake, register: Register, inbox: Path, day: date) -> None:
    """What a night does with its files, from inbox to raw tables."""
    work = lake.work(day)
    work.mkdir(parents=True, exist_ok=True, mode=0o700)
    with connect_lake(lake) as connection:
        history = ingest.intake_history(connection)
    arrivals = ingest.find_arrivals(inbox, register, day, history)
    ingest.land_unread(arrivals, lake.landing)
    NightFiles(work).arrivals.write_text(json.dumps([arrival.as_dict() for arrival in arrivals]), encoding="utf-8")
    for feed in sorted({arrival.feed for arrival in arrivals if arrival.feed}):
        ingest.read_feed(register, feed, arrivals, lake.landing, work)
    with connect_lake(lake) as connection:
        holds = ingest.guard(connection, register, work)
        if holds:
            raise RuntimeError(f"the history has a slice that is held ({holds[0].reason}): its lake would be another")
        ingest.commit(connection, register, day, work, holds)


def _completeness(register: Register) -> str:
    """The SQL of `completeness` on the lake, of the night `_DAY`."""
    with tempfile.TemporaryDirectory() as folder:
        path = build.compile(None, register, Path(folder), _DAY, ["completeness"])
        nodes = json.loads(path.read_text("utf-8"))["nodes"]
    return build_database.lake_sql(nodes["model.shuyuan.completeness"]["compiled_code"])


if __name__ == "__main__":
    root, exports, first, last = sys.argv[1:]
    inboxes = sorted(path.name for path in Path(exports).iterdir())
    grow(Lake(Path(root)), Path(exports), [date.fromisoformat(day) for day in inboxes if first <= day <= last])
