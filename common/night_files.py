"""Paths of the files that the steps of a night hand to each other: Parquet tables, one folder a feed, and JSON records.

Stays out: their content (whoever writes them), their deletion (`dags.scratch`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_DELIVERIES = "deliveries.json"


@dataclass(frozen=True)
class FeedFiles:
    """The files of one feed, in a folder named after its raw table."""

    folder: Path

    @property
    def accepted(self) -> Path:
        """Rows that may enter: the raw columns but for the known time."""
        return self.folder / "accepted.parquet"

    @property
    def deleted(self) -> Path:
        """Keys that the files declare deleted."""
        return self.folder / "deleted.parquet"

    @property
    def problems(self) -> Path:
        """Problems of rows and cells, each with its row in full."""
        return self.folder / "problems.parquet"

    @property
    def filled(self) -> Path:
        """By slice, the rows of its files and the values that were read in each column."""
        return self.folder / "filled.json"

    @property
    def unknown_keys(self) -> Path:
        """Problems of deletions: keys of which there is no row."""
        return self.folder / "unknown.parquet"

    @property
    def deliveries(self) -> Path:
        """The outcome of each delivered file, sheet or zip member."""
        return self.folder / _DELIVERIES

    @property
    def scratch(self) -> Path:
        """Temporary files of the readers; deleted with the step."""
        return self.folder / "scratch"


@dataclass(frozen=True)
class NightFiles:
    """The files of one night below its scratch directory `work`."""

    work: Path

    def feed(self, table: str) -> FeedFiles:
        """The files of the feed whose raw table is `table`."""
        return FeedFiles(self.work / table)

    def read_feeds(self) -> Iterator[FeedFiles]:
        """The files of every feed with deliveries, by name."""
        return (FeedFiles(path.parent) for path in sorted(self.work.glob(f"*/{_DELIVERIES}")))

    @property
    def arrivals(self) -> Path:
        """Arrivals: the files of the inbox, each with its feed."""
        return self.work / "arrivals.json"

    @property
    def holds(self) -> Path:
        """Slices on hold: [feed, slice, reason] each."""
        return self.work / "holds.json"

    def door(self, name: str) -> Path:
        """The report of a door, `raw` or `release`."""
        return self.work / f"door_{name}.json"

    @property
    def damage(self) -> Path:
        """What of the lake is damaged and stops no night, a sentence each."""
        return self.work / "damage.json"

    @property
    def missed(self) -> Path:
        """The nights before this one on which no run loaded anything."""
        return self.work / "missed.json"

    @property
    def last_loaded(self) -> Path:
        """By feed, the last night before this one that brought something good."""
        return self.work / "last_loaded.json"

    def error(self, step: str) -> Path:
        """The errors of a step in full, which may quote cells."""
        return self.work / "errors" / f"{step}.txt"

    @property
    def missing(self) -> Path:
        """What the night lacks, and the rosters of earlier nights that it uses."""
        return self.work / "missing.json"

    def verdict(self, step: str) -> Path:
        """What a step has said of a content."""
        return self.work / "verdicts" / f"{step}.json"

    @property
    def basis(self) -> Path:
        """What the night's build was made of, beside what was delivered."""
        return self.work / "basis.json"

    @property
    def candidate_build(self) -> Path:
        """The build of which the candidate was made, by its fingerprint."""
        return self.work / "candidate_build.json"

    @property
    def raw_database(self) -> Path:
        """The typed rows that door 1 checks; deleted with the step."""
        return self.work / "door_raw.duckdb"

    @property
    def problem_lists(self) -> Path:
        """Summary of the night's problem lists."""
        return self.work / "problem_lists.json"

    @property
    def outcome(self) -> Path:
        """The outcome of the night."""
        return self.work / "outcome.json"

    @property
    def profile(self) -> Path:
        """What the steps have cost, a line of JSON for each and for each of its parts."""
        return self.work / "profile.jsonl"

    @property
    def build(self) -> Path:
        """The profile, target and logs of dbt, and the database in which it builds."""
        return self.work / "dbt"

    @property
    def project(self) -> Path:
        """The dbt project of a bureau that has models or feeds of its own."""
        return self.work / "project"

    @property
    def candidate(self) -> Path:
        """The release candidate; its folder is renamed when it is published."""
        return self.work / "candidate"

    @property
    def candidate_partitions(self) -> Path:
        """What the partitions of the candidate stand for."""
        return self.work / "candidate_partitions.json"
