"""Twenty questions of a dashboard over a release, each with its median and its slow runs.

Lives here: the people, schools and months that are asked for, and the clock; the questions are `queries/*.sql`.
Add here: what a question may ask for (`_ASKED`).
Stays out: a release of a larger city (`grown_release`).

The release is opened once and the questions come in turn, as from a page that a person leafs through: each run asks for
another pupil, with that one's class, school and district. The first turn opens the files and is told on its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any

import duckdb

from benchmarks import grown_release, nights

AIM = 0.1  # seconds, at p95
TURNS = 40
QUERIES = Path(__file__).with_name("queries")
_ASKED = f"""
    with month as (
        select date_trunc('month', school_date)::date as first_day
        from homework_load_class_day
        group by all order by count(*) desc, first_day desc limit 1
    ),
    trend as (
        select indicator_id from indicator_value where level = 'district'
        group by indicator_id order by count(*) desc, indicator_id limit 1
    )
    select
        student_key as pupil, school_code as school, class_code as class, district_code as district,
        latest_exam_id as exam, trend.indicator_id as indicator,
        strftime(month.first_day, '%Y-%m') as month, month.first_day, last_day(month.first_day) as last_day
    from one_student_one_file, month, trend
    where latest_exam_id is not null and class_code is not null and homework_days > 0
    order by hash(student_key), student_key
    limit {TURNS + 1}"""


def measure(students: int, folder: Path, release: Path | None = None) -> Iterator[str]:
    """Ask a release, or that of a first night of 20,000 students; of more `students` one that is grown from it."""
    if release is None:
        city = nights.City(20_000, folder, nights.LIMIT)
        (day,) = city.write(1)
        city.ours(day, "first")
        release = city.lake.releases / "current"
    have = _count(release, "one_student_one_file")
    if students > have:
        release = grown_release.grow(release, folder / "grown", -(-students // have))
    yield from ask(release)


def ask(release: Path, turns: int = TURNS) -> Iterator[str]:
    """A line for each question: the median and the 95th percentile of its runs, and the rows of its last answer."""
    yield f"a release of {_count(release, 'one_student_one_file'):,} pupils, {_size(release)}; {turns} turns"
    questions = {path.stem: path.read_text(encoding="utf-8") for path in sorted(QUERIES.glob("*.sql"))}
    seconds: dict[str, list[float]] = {name: [] for name in questions}
    rows = dict.fromkeys(questions, 0)
    begun = perf_counter()
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as connection:
        for turn, asked in enumerate(_asked(connection, turns + 1)):
            for name, sql in questions.items():
                took, rows[name] = _run(connection, sql, asked)
                seconds[name].append(took)
            if not turn:
                yield f"opened, and each asked once: {(perf_counter() - begun) * 1000:.0f} ms"
                seconds = {name: [] for name in questions}
    yield from (_line(name, runs, rows[name]) for name, runs in seconds.items())
    slow = max(quantiles(runs, n=20, method="inclusive")[-1] for runs in seconds.values())
    yield f"the slowest at p95: {slow * 1000:.0f} ms, {'within' if slow <= AIM else 'BEYOND'} {AIM * 1000:.0f} ms"


def _asked(connection: duckdb.DuckDBPyConnection, number: int) -> list[dict[str, Any]]:
    """What each turn asks for; where there are fewer pupils than turns, they are asked for again."""
    cursor = connection.execute(_ASKED)
    names = [name for name, *_ in cursor.description or ()]
    found = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    if not found:
        raise ValueError("The release holds no pupil with a class, an exam and homework: nothing can be asked of it.")
    return [found[turn % len(found)] for turn in range(number)]


def _run(connection: duckdb.DuckDBPyConnection, sql: str, asked: dict[str, Any]) -> tuple[float, int]:
    """The seconds that a question takes, its rows fetched, and how many these are."""
    given = {name: asked[name] for name in set(re.findall(r"\$(\w+)", sql))}
    begun = perf_counter()
    rows = connection.execute(sql, given).fetchall()
    return perf_counter() - begun, len(rows)


def _line(name: str, runs: list[float], rows: int) -> str:
    p50, p95 = median(runs) * 1000, quantiles(runs, n=20, method="inclusive")[-1] * 1000
    return f"{name:<24} p50 {p50:7.1f} ms   p95 {p95:7.1f} ms   {rows:7,} rows"


def _count(release: Path, mart: str) -> int:
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as connection:
        ((count,),) = connection.execute(f"select count(*) from {mart}").fetchall()
        return int(count)


def _size(release: Path) -> str:
    size = sum(path.stat().st_size for path in release.rglob("*") if path.is_file())
    return f"{size / 1e9:.2f} GB"
