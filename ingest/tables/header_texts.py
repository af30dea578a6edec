"""Header texts and the columns they name: normalisation (stars, blanks, full width, case) and a feed's aliases.

Add here: another decoration that platforms put on headers.
Stays out: finding the header row (`ingest.tables.header_row`).
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property, lru_cache

from registry.mark_sheets import MarkSheets
from registry.model import Feed, Layout

_NOISE = re.compile("_x000[dD]_|[\\s*★☆\u200b-\u200f\u2060\ufeff\u00ad]+")
_KEY = re.compile(r"kd_f\d+")
_REQUIRED_HINT = re.compile(r"[(\[](?:必填|选填|必填项|必选)[)\]]$")
_LIKE = 0.5  # share of characters that two headers must have in common
_MAX_CACHE_ENTRIES = 10_000
_SERIAL_HEADERS = frozenset({"序号", "序", "行号", "no", "no.", "#", "№", "编号"})


@lru_cache(maxsize=_MAX_CACHE_ENTRIES)  # a feed is asked for the headers of every other
def label(header: str | None) -> str:
    """A header for display: one line, half width, without stars and blanks."""
    return _REQUIRED_HINT.sub("", _NOISE.sub("", unicodedata.normalize("NFKC", header or "")))


def normal(header: str | None) -> str:
    """A header for comparison: `label`, case-folded."""
    return label(header).casefold()


def is_key(cell: str) -> bool:
    """Whether a cell is a hidden machine key of the student registry (KD_F01)."""
    return "_" in cell and _KEY.fullmatch(normal(cell)) is not None


def is_serial(header: str) -> bool:
    """Whether a header is that of a row number."""
    return header.casefold() in _SERIAL_HEADERS


@dataclass(frozen=True)
class Version:
    """A layout with a header: its name, the columns that the header must have (not those that the name of a sheet may
    say), and the headers (`normal`) that distinguish it.
    """

    name: str
    required: frozenset[str]
    headers: frozenset[str]


class Names:
    """The headers of a feed's columns."""

    def __init__(self, feed: Feed, mark_sheets: MarkSheets | None = None) -> None:
        """`mark_sheets`: the grammar of a feed whose other columns are marks."""
        self.feed = feed
        self.mark_sheets = mark_sheets
        self._rank = {
            normal(header): (column.name, rank)
            for column in reversed(feed.columns)
            for rank, header in reversed(list(enumerate(column.headers)))
        }
        self._column_cache: dict[str | None, str | None] = {}
        self._passed_over = frozenset(normal(header) for header in feed.passed_over)
        self.unloaded = frozenset(c.name for c in feed.columns if not c.load)

    def column(self, header: str | None) -> str | None:
        """The contract's column for a header, or None."""
        if header not in self._column_cache:
            if len(self._column_cache) > _MAX_CACHE_ENTRIES:
                self._column_cache.clear()
            ranked = self._rank.get(normal(header))
            self._column_cache[header] = ranked[0] if ranked else None
        return self._column_cache[header]

    def is_passed_over(self, header: str | None) -> bool:
        """Whether the contract says that a column is not needed, or it numbers the rows."""
        text = normal(header)
        return is_serial(text) or text in self._passed_over or self.column(header) in self.unloaded

    def leads_into(self, key: str) -> bool:
        """Whether a header leads into the object under a key of json (student.id leads into student)."""
        return normal(key) in self.leads_inside

    @cached_property
    def leads_inside(self) -> frozenset[str]:
        """The keys of objects into which headers lead."""
        parts = [header.split(".") for header in self._rank if "." in header.strip(".")]
        return frozenset(".".join(part[:depth]) for part in parts for depth in range(1, len(part)))

    def headers_of(self, column: str | None) -> tuple[str, ...]:
        """The headers under which the contract knows a column."""
        return next((c.headers for c in self.feed.columns if c.name == column), ())

    def nearest(self, header: str) -> str | None:
        """The known header that is most like an unknown one, or is its last part below a group; None where none is."""
        if named := self.column(header.rpartition("_")[2]):
            return self.headers_of(named)[0]
        found = difflib.get_close_matches(normal(header), self._rank, n=1, cutoff=_LIKE)
        column, rank = self._rank[found[0]] if found else ("", 0)
        return next((c.headers[rank] for c in self.feed.columns if c.name == column), None)

    def complete(self, row: Iterable[str | None]) -> bool:
        """Whether a row of headers names every required column of a version."""
        return not self.missing(c for cell in row if cell and (c := self.column(cell)))

    def rank(self, header: str | None) -> int:
        """Place of a known header among its column's headers; the lowest rank wins."""
        return self._rank[normal(header)][1]

    def hits(self, row: Iterable[str | None]) -> int:
        """How many different columns a row of headers names."""
        return len({self.column(cell) for cell in row if cell} - {None})

    @cached_property
    def versions(self) -> tuple[Version, ...]:
        """The feed's layouts that have a header, the strictest first."""
        of_sheet = {c.name for c in self.feed.columns if c.of_sheet}
        default_required = frozenset(c.name for c in self.feed.columns if c.required)
        headed = [
            Version(
                layout.version,
                (default_required if layout.required is None else frozenset(layout.required)) - of_sheet,
                frozenset(normal(header) for header in layout.headers),
            )
            for layout in self.feed.layouts or (Layout(version=""),)
            if layout.found_by == "header"
        ]
        return tuple(sorted(headed, key=lambda version: -len(version.required) - len(version.headers)))

    @cached_property
    def required(self) -> frozenset[str]:
        """Names of the columns without which a file with a header is not of this feed."""
        return frozenset.intersection(*(v.required for v in self.versions)) if self.versions else frozenset()

    def version(self, headers: Iterable[str]) -> str:
        """The strictest version whose required columns and headers are all among `headers`; '' where none is."""
        texts = {normal(header) for header in headers}
        present = {self._rank[text][0] for text in texts & self._rank.keys()}
        return next((v.name for v in self.versions if v.required <= present and v.headers <= texts), "")

    def missing(self, columns: Iterable[str]) -> list[str]:
        """First headers of the required columns that are not among `columns`, of the nearest version: the one of which
        most required columns are there, by their share.
        """
        present = frozenset(columns)
        if any(v.required <= present for v in self.versions):
            return []
        nearest = max(self.versions, key=lambda v: (len(v.required & present) / len(v.required), v.name), default=None)
        missing_columns = nearest.required - present if nearest else frozenset()
        return [c.headers[0] for c in self.feed.columns if c.name in missing_columns]
