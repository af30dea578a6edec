"""Records passed between the steps of a night, as JSON: arrivals, deliveries, holds, and the lake's intake history.

Stays out: rows.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final, Literal
from urllib.parse import unquote_to_bytes

from common.delivered_text import delivered, for_all, in_full
from common.night_files import NightFiles
from ingest.name_as_text import is_utf8

Status = Literal["loaded", "unchanged", "held", "refused"]
Mode = Literal["snapshot", "additive", "delta", "delete"]
BY_KEY: Final = ("delta", "delete")  # modes in which a file changes only the rows whose keys it names

_URI = "file://"  # begins the JSON form of a path that is not UTF-8
_NOT_READ = frozenset({"manifest", "other_sheet", "passed_over_sheet"})  # reasons that stand for a whole file or sheet


def arrival_id(night: date, feed: str, path: str, sha256: str) -> str:
    """Identity of an arrival: the same night, feed, path and bytes are one arrival."""
    return _short_hash(f"{night.isoformat()}|{feed}|{path}|{sha256}")


def delivery_id(arrival: str, member: str) -> str:
    """Identity of a delivered file (member '') or of a sheet or file inside it."""
    return _short_hash(f"{arrival}|{member}")


def _short_hash(content: str) -> str:
    return hashlib.sha256(content.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Arrival:
    """A file found in the inbox, for one feed. A zip that serves several feeds is one arrival for each.

    `feed` is '' where no feed was identified. `refusal`: reason why it is not read, if it is refused.
    """

    arrival_id: str
    night: date
    source: str
    feed: str
    path: str  # below the inbox, with `/`
    file: str  # absolute path
    sha256: str  # '' where the file was not opened
    bytes: int
    members: tuple[str, ...] = ()  # files of a zip that are this feed's; empty: all of it
    reread: bool = False  # committed this night already; read again beside newer files
    same_as: str | None = None  # path under which the lake holds these bytes already: not read again
    newer: str | None = None  # path of a newer export of the same list, which counts in its place: not read
    member: str = ""  # the member that `refusal` or `skipped` is about
    refusal: str | None = None
    skipped: dict[str, int] = field(default_factory=dict)  # rows of a member that is not read (manifest), by reason

    def __post_init__(self) -> None:
        """Restore the date, the path and the tuple from their JSON forms."""
        if isinstance(self.night, str):
            object.__setattr__(self, "night", date.fromisoformat(self.night))
        if self.file.startswith(_URI):
            object.__setattr__(self, "file", os.fsdecode(unquote_to_bytes(self.file.removeprefix(_URI))))
        object.__setattr__(self, "members", tuple(self.members))

    @property
    def unchanged(self) -> bool:
        """Whether the lake holds its bytes already."""
        return self.same_as is not None

    @property
    def is_opened(self) -> bool:
        """Whether its file is read: of an unchanged, refused or outdated one the record is enough."""
        return bool(self.feed) and self.refusal is None and not self.unchanged and self.newer is None

    @property
    def is_news(self) -> bool:
        """Whether it may say something that the lake does not hold: a file that is read, or refused."""
        return self.is_opened or self.refusal is not None

    def as_dict(self) -> dict[str, Any]:
        """Plain data; `Arrival(**data)` restores it."""
        night, members, file = self.night.isoformat(), list(self.members), self.file
        if not is_utf8(file):
            file = Path(file).as_uri()
        return asdict(self) | {"night": night, "members": members, "file": file}


def read_arrivals(files: NightFiles) -> list[Arrival]:
    """The arrivals of a night, as finding has left them; none where it has left nothing."""
    path = files.arrivals
    return [Arrival(**record) for record in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


@dataclass
class Delivery:
    """A delivered file, sheet or zip member, and the counts of its rows by outcome.

    Counts are None where the file was not read (unchanged, refused). `scope` is the slice its path names,
    None where it covers every slice.
    """

    delivery_id: str
    arrival_id: str
    night: str
    source: str
    feed: str
    file_name: str
    member: str
    file_sha256: str
    rows_read: int | None = None
    rows_loaded: int | None = None
    rows_quarantined: int | None = None
    rows_held: int | None = None
    skipped: dict[str, int] | None = None
    status: Status = "loaded"
    reason: str | None = None  # in full, for its addressee
    reason_for_all: str | None = None  # without the names and cells that were delivered
    scope: str | None = None
    mode: Mode = "snapshot"
    defect: bool = False  # its reader failed: a fault of the program, not of the file
    placed_by_rows: bool = False  # its path names no slice, and its rows are all of one: `scope`
    several_lists: str | None = None  # what is said where it is one of several whole lists of a slice
    layout: str | None = None  # version of the feed's layout, where the feed declares several
    values_delivered: int | None = None  # cells with something in them
    values_read: int | None = None
    values_listed: int | None = None
    values_passed_over: int | None = None  # words for no value, rows that are no data, columns that are not needed
    values_lost: int | None = None
    lost: dict[str, int] = field(default_factory=dict)  # values by column that have no outcome
    unknown: dict[str, str] = field(default_factory=dict)  # header that is not understood -> nearest known one

    @classmethod
    def of(cls, arrival: Arrival, member: str, **fields: Any) -> Delivery:
        """The delivery of one member of an arrival."""
        return cls(
            delivery_id(arrival.arrival_id, member),
            arrival.arrival_id,
            arrival.night.isoformat(),
            arrival.source,
            arrival.feed,
            arrival.path,
            member,
            arrival.sha256,
            **fields,
        )

    @classmethod
    def outdated(cls, arrival: Arrival) -> Delivery:
        """The delivery of an older export of a list of which a newer one came as well."""
        older, newer = delivered(arrival.path, "The file"), delivered(arrival.newer, "that a newer file holds")
        delivery = cls.of(arrival, "", status="unchanged")
        delivery.say(f"{older} is an older export of the list {newer}, which came as well and counts.")
        return delivery

    @classmethod
    def refused(cls, arrival: Arrival, member: str, reason: str, **fields: Any) -> Delivery:
        """The delivery of a refused member; `reason` marks what was delivered (`common.delivered_text`)."""
        delivery = cls.of(arrival, member, status="refused", **fields)
        delivery.say(reason)
        return delivery

    def say(self, reason: str) -> None:
        """Give the reason of its status; the sentence marks what was delivered (`common.delivered_text`)."""
        self.reason, self.reason_for_all = in_full(reason), for_all(reason)

    @property
    def marked_reason(self) -> str:
        """The reason as a part of another sentence, marked as a whole."""
        return delivered(self.reason or "it was refused", self.reason_for_all or "it was refused")

    @property
    def rows_skipped(self) -> int | None:
        """Rows that are no data (blank, example, total …), duplicate rows, and deletions."""
        return None if self.skipped is None else sum(self.skipped.values())

    @property
    def path_id(self) -> str:
        """Short hash of path and member: the same for all deliveries under that path."""
        return _short_hash(f"{self.file_name}|{self.member}")[:8]

    @property
    def is_table(self) -> bool:
        """Whether it was read as a table of its feed, and not skipped (a manifest, another sheet)."""
        return self.status == "loaded" and not _NOT_READ & set(self.skipped or {})

    @property
    def replaces_all(self) -> bool:
        """Whether it replaces every slice of its feed, also those it has no row of."""
        return self.is_table and self.scope is None and self.mode == "snapshot"

    def as_dict(self) -> dict[str, Any]:
        """Plain data; `Delivery(**data)` restores it."""
        return asdict(self)


@dataclass(frozen=True)
class Hold:
    """A slice of a feed that is not applied tonight; its last good data stays."""

    feed: str
    slice: str
    reason: str


@dataclass(frozen=True)
class IntakeHistory:
    """Earlier arrivals, as recorded in the lake.

    `arrivals`: ids of committed arrivals. `current`: by feed and SHA-256, the paths of files that are current in all
    slices they were loaded for, with these slices. `parts`: by feed and slice, the SHA-256 of all files that make up
    the slice. `last`: by feed and SHA-256, a path of the files delivered, and not held, on each feed's last night.
    """

    arrivals: frozenset[str] = frozenset()
    current: Mapping[tuple[str, str], Mapping[str, frozenset[str]]] = field(default_factory=dict)
    parts: Mapping[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    last: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def __contains__(self, arrival: str) -> bool:
        """Whether an arrival was committed."""
        return arrival in self.arrivals
