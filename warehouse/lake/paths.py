"""The paths of a lake, `restricted/ releases/ outbox/ airflow/`, as one frozen value; and the memory to work with.

Add here: a new path inside a lake.
Stays out: creating or opening anything (`connection`).

`restricted/` (mode 0700) holds children's identifiers: the DuckLake catalog, which keeps the keys of the
encrypted Parquet, that Parquet itself, the landed files and the scratch of the nights.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from common import machine_share


@dataclass(frozen=True)
class Lake:
    """The paths of a lake under `root`; with a `workspace`, of a reader that has its own copy of the catalog there.

    `memory_limit`: of DuckDB wherever the lake is opened, as its text, `2GB`.
    """

    root: Path
    workspace: Path | None = None
    memory_limit: str = machine_share.MEMORY

    def __post_init__(self) -> None:
        object.__setattr__(self, "root", self.root.absolute())

    @property
    def restricted(self) -> Path:
        """The restricted zone, which holds identifiers: for the night's own user alone."""
        return self.root / "restricted"

    @property
    def catalog(self) -> Path:
        """The DuckLake catalog, a DuckDB file."""
        return (self.workspace or self.restricted) / "catalog.ducklake"

    @property
    def data(self) -> Path:
        """The lake's encrypted Parquet."""
        return self.restricted / "data"

    @property
    def landing(self) -> Path:
        """Delivered bytes, named by their SHA-256."""
        return self.restricted / "landing"

    @property
    def spill(self) -> Path:
        """DuckDB's temporary directory, for what does not fit into memory."""
        return (self.workspace or self.restricted) / "spill"

    @property
    def lock(self) -> Path:
        """The lock file of the one writer."""
        return self.restricted / "writer.lock"

    @property
    def claim(self) -> Path:
        """The record of the run that has opened the lake last."""
        return self.restricted / "claim.json"

    @property
    def access_log(self) -> Path:
        """The access log: one JSON object a line."""
        return self.restricted / "access.jsonl"

    @property
    def secret_fingerprint(self) -> Path:
        """The fingerprint of the secret with which the lake's pseudonyms are made."""
        return self.restricted / "secret_fingerprint"

    @property
    def layout(self) -> Path:
        """The file with the version of the lake's layout."""
        return self.restricted / "layout"

    @property
    def disk_use(self) -> Path:
        """What the last nights have used of the disk."""
        return self.restricted / "disk_use.json"

    @property
    def profiles(self) -> Path:
        """What nights have cost, a table for each."""
        return self.restricted / "profiles"

    @property
    def inbox_hashes(self) -> Path:
        """The SHA-256 of the inbox's files, as the last night found them."""
        return self.restricted / "inbox_hashes.json"

    @property
    def problem_lists(self) -> Path:
        """What the problem lists of the outbox held when they were written last."""
        return self.restricted / "problem_lists.json"

    @property
    def basis(self) -> Path:
        """What the current release was made of."""
        return self.restricted / "basis.json"

    @property
    def release_partitions(self) -> Path:
        """What the partitions of the current release stand for."""
        return self.restricted / "release_partitions.json"

    @property
    def mended(self) -> Path:
        """The mark of a lake whose older files were closed to other users."""
        return self.restricted / "permissions"

    @property
    def releases(self) -> Path:
        """The releases; `current` is a link to one of them."""
        return self.root / "releases"

    @property
    def release_archive(self) -> Path:
        """The manifest and the register of each expired release."""
        return self.restricted / "past"

    @property
    def outbox(self) -> Path:
        """Files for one addressee each."""
        return self.root / "outbox"

    @property
    def airflow(self) -> Path:
        """AIRFLOW_HOME."""
        return self.root / "airflow"

    def work(self, night: date) -> Path:
        """The scratch folder of one night."""
        return self.restricted / "work" / night.isoformat()

    def by_hand(self, user: str) -> Path:
        """The workspace in which a user runs dbt by hand."""
        return self.restricted / "work" / f"by-hand-{user}"
