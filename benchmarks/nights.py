"""Whole nights of ours, from inbox to current release through Airflow, against the limit: a row of a table each.

Lives here: the first night of a city, usual nights, and one on which nothing is new.
Add here: another sort of night.
Stays out: the limit (`limit`), the comparison of results (`comparison`), what a process spends (`process_cost`).

A ratio is printed only where both said the same.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from benchmarks import process_cost
from benchmarks.comparison import differences
from benchmarks.process_cost import ProcessCost
from warehouse.disclosure.secret import of_lake
from warehouse.lake import Lake

LIMIT = Path(__file__).with_name("limit.py")
NAMES = ("first", "2nd (usual)", "3rd (usual)")
NOTHING_NEW = "nothing new"
HEADER = (
    "| students | night | ours: wall | processor | peak memory | written | limit: processor | peak memory "
    "| ours / limit | other programs |\n|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class Row:
    """A night of ours, and of the limit where it has one; `differences` of their results."""

    students: int
    night: str
    ours: ProcessCost
    limit: ProcessCost | None = None
    differences: tuple[str, ...] = ()

    @property
    def ratio(self) -> float | None:
        """Processor seconds of ours for one of the limit; None where nothing may be said."""
        if self.limit is None or self.differences or not self.limit.processor:
            return None
        return self.ours.processor / self.limit.processor

    def __str__(self) -> str:
        limit = self.limit
        ratio = "-" if limit is None else "no ratio, since they differ" if self.ratio is None else f"{self.ratio:.1f}"
        ours, both = self.ours, [self.ours, *([limit] if limit else [])]
        others = sum(each.others for each in both) / sum(each.wall for each in both)
        cells = [
            f"{self.students:,}", self.night,
            f"{ours.wall:.0f} s", f"**{ours.processor:.0f} s**", size(ours.peak), size(ours.written),
            f"{limit.processor:.1f} s" if limit else "-", size(limit.peak) if limit else "-", ratio,
            "quiet" if all(each.is_quiet for each in both) else f"NOT QUIET: {others:.1f} processors",
        ]  # fmt: skip
        notes = [f"    differs: {each}" for each in self.differences]
        notes += [f"    limit: {limit.last_line}"] if limit and limit.last_line else []
        return "\n".join([f"| {' | '.join(cells)} |", *notes])


def size(count: int | None) -> str:
    """Bytes as a person reads them."""
    return "-" if count is None else f"{count / 1e9:.2f} GB"


def measure(students: int, folder: Path, limit: Path = LIMIT, times: int = 1) -> Iterator[Row]:
    """Three nights of a city and one without anything new; each the median of `times` (of the first: once)."""
    city = City(students, folder / f"city-{students}", limit)
    days = city.write(len(NAMES))
    for number, (day, name) in enumerate(zip(days, NAMES, strict=True)):
        yield city.night(day, name, times if number else 1)
    yield city.nothing_new(days[-1], times)
    shutil.rmtree(city.folder)


@dataclass(frozen=True)
class City:
    """A city's exports, our lake of them and the limit's state, in one folder."""

    students: int
    folder: Path
    limit: Path

    @property
    def lake(self) -> Lake:
        """Our lake."""
        return Lake(self.folder / "lake")

    @property
    def state(self) -> Path:
        """What the limit keeps."""
        return self.folder / "limit"

    def write(self, nights: int, usual_every: int = 1) -> list[date]:
        """Write the exports, in a process of its own (it needs much memory); the dates of the nights."""
        self.folder.mkdir(parents=True)
        call = f"samples.write_usual_nights(Path('exports'), {self.students}, {nights}, usual_every={usual_every})"
        self.run("-c", f"import samples; from pathlib import Path; {call}")
        return sorted(date.fromisoformat(path.name) for path in (self.folder / "exports").iterdir())

    def night(self, day: date, name: str, times: int = 1) -> Row:
        """A night of both, and whether they say the same."""
        command = [str(self.limit), self._inbox(day), str(self.state), str(day)]
        limit = self._repeat(self.state, times, lambda: self.run(*command))
        return replace(self.ours(day, name, times), limit=limit, differences=tuple(self.differences()))

    def nothing_new(self, before: date, times: int = 1) -> Row:
        """The night after `before`, with the same inbox; the limit has nothing to do."""
        return self.ours(before + timedelta(days=1), NOTHING_NEW, times, inbox=before)

    def ours(self, day: date, name: str, times: int = 1, inbox: date | None = None) -> Row:
        """A night of ours alone, with the inbox of its day or another."""
        source, lake = self._inbox(inbox or day), str(self.lake.root)
        command = ["-m", "shuyuan", "night", "--inbox", source, "--lake", lake, "--date", str(day)]
        return Row(self.students, name, self._repeat(self.lake.root, times, lambda: self.run(*command)))

    def differences(self) -> list[str]:
        """How the current release differs from the limit's marts."""
        secret = of_lake(self.lake, self._secret)
        return differences(self.lake.releases / "current" / "marts.duckdb", self.state / "marts.duckdb", secret)

    @property
    def _secret(self) -> Path:
        return self.folder / "secret.key"

    def _inbox(self, day: date) -> str:
        return str(self.folder / "exports" / str(day))

    def run(self, *arguments: str) -> ProcessCost:
        """Measure Python with these arguments, in a process of its own."""
        return process_cost.run(["env", f"SHUYUAN_SECRET_FILE={self._secret}", sys.executable, *arguments], self.folder)

    def _repeat(self, state: Path, times: int, night: Callable[[], ProcessCost]) -> ProcessCost:
        """The median of a night that is done `times` from the same state."""
        if times == 1:
            return night()
        before, runs = state.with_name(f"{state.name}-before"), []
        shutil.copytree(state, before, symlinks=True)
        for _ in range(times):
            shutil.rmtree(state)
            shutil.copytree(before, state, symlinks=True)
            runs.append(night())
        shutil.rmtree(before)
        return process_cost.median_of(runs)
