"""The problem lists (问题数据清单) of a night: one workbook for each source system and school, in the outbox.

Add here: another operation on a whole list.
Stays out: the content of an entry (`dbt_project`), the workbook (`workbook`).

`outbox/<source>/<school>.xlsx` is for the school that has to mend what it delivered to that source, by way of
the source's owner office; `outbox/<source>/bureau.xlsx` holds entries without a school, for the office itself.
A list is written when its content has changed, and names that night; otherwise its file is left alone. When
everything is mended the workbook says so for 30 days, while its closed entries are listed; then it is deleted.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from common import files
from registry.model import Register
from warehouse.errors import ListError
from warehouse.lake import NOBODY, Lake, Readers
from warehouse.problem_lists import workbook
from warehouse.problem_lists.workbook import Head

BUREAU_LIST = "bureau"  # file name of the list of entries without a school
UNKNOWN_SOURCE = "unknown"  # folder of the lists of files without a source
_TABLE = "lake.conformed.problem_list_entries"
_FORMAT_VERSION = 2  # raise it when workbooks of unchanged entries must be rewritten
_FETCH_ROWS = 2_000  # rows per fetch
_MAX_NAME_BYTES = 120  # of a school's code in a file name
_ENTRY_ORDER = (
    "source, organisation_code nulls first, closed desc nulls first, due, feed, file_name, row_number, entry_id"
)


@dataclass(frozen=True)
class SourceSummary:
    """The lists of one source with open entries: their number, their open entries, the overdue ones."""

    source: str
    office: str
    lists: int
    entries: int
    overdue: int


@dataclass(frozen=True)
class Summary:
    """The problem lists of a night. `written`: new or changed workbooks; `removed`: deleted ones."""

    folder: str
    lists: int
    entries: int
    overdue: int
    written: int
    removed: int
    sources: tuple[SourceSummary, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class _ProblemList:
    """A list: addressee, counts, and a hash over its entries."""

    source: str
    organisation: str | None
    name: str | None
    entries: int
    overdue: int
    closed: int
    content: str

    @property
    def path(self) -> str:
        """Its path in the outbox."""
        return f"{_safe_name(self.source) or UNKNOWN_SOURCE}/{_safe_name(self.organisation) or BUREAU_LIST}.xlsx"


def write(
    connection: duckdb.DuckDBPyConnection, lake: Lake, register: Register, night: date, readers: Readers = NOBODY
) -> Summary:
    """Update the outbox to the entries of the night. Raises ListError where a workbook cannot be written.

    Each workbook is replaced in one rename, for those of `readers` who may read the lists of its source.
    `restricted/problem_lists.json` records what was written; without it every list is rewritten.
    """
    previous = previous_lists(lake)
    lists = {problem_list.path: problem_list for problem_list in _lists(connection)}
    state: dict[str, dict[str, str]] = {}
    pending: dict[str, date] = {}  # path -> the night that the workbook names
    for path, problem_list in lists.items():
        content = _fingerprint(problem_list, register)
        unchanged = previous.get(path, {}).get("content") == content
        named_night = previous[path]["night"] if unchanged else night.isoformat()
        state[path] = {"content": content, "night": named_night}
        if not unchanged or not (lake.outbox / path).exists():
            pending[path] = date.fromisoformat(named_night)
    try:
        _write_all(connection, lake, register, lists, pending, readers)
        obsolete = [path for path in previous if path not in lists]
        for path in obsolete:
            _remove(lake.outbox / path)
    except OSError as error:
        raise ListError(
            f"The problem lists cannot be written to {lake.outbox} ({error.strerror}): make room or give the night's "
            "user the right to write there, and run the night again."
        ) from error
    files.write_json(lake.problem_lists, state)
    return _summary(lake, register, list(lists.values()), len(pending), len(obsolete))


def previous_lists(lake: Lake) -> dict[str, dict[str, str]]:
    """The state of the lists written on earlier nights, by their path in the outbox."""
    return files.read_record(lake.problem_lists) or {}


def _lists(connection: duckdb.DuckDBPyConnection) -> Iterator[_ProblemList]:
    rows = connection.execute(f"""
        select source, organisation_code, max(organisation_name),
            count(*) filter (where closed is null), count(*) filter (where status = 'overdue'),
            count(*) filter (where closed is not null),
            md5(string_agg(md5(cast(entry as varchar)), '' order by entry_id))
        from {_TABLE} as entry group by source, organisation_code order by source, organisation_code""").fetchall()
    return (_ProblemList(*row) for row in rows)


def _fingerprint(problem_list: _ProblemList, register: Register) -> str:
    """A hash over a list's entries, its head without the night, and the format version."""
    head = asdict(_head(problem_list, register, date.min))
    text = json.dumps([_FORMAT_VERSION, problem_list.content, head], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _head(problem_list: _ProblemList, register: Register, night: date) -> Head:
    bureau = register.bureau.label.zh
    source = next((s for s in register.sources if s.id == problem_list.source), None)
    return Head(
        bureau=bureau,
        source=f"{source.label.zh} {source.label.en}" if source else problem_list.source or "来源不明 unknown source",
        office=source.office if source else bureau,
        addressee=" ".join(filter(None, (problem_list.name, problem_list.organisation)))
        or f"{bureau} {register.bureau.label.en}",
        night=night,
        entries=problem_list.entries,
        overdue=problem_list.overdue,
        closed=problem_list.closed,
    )


def _write_all(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    register: Register,
    lists: Mapping[str, _ProblemList],
    pending: Mapping[str, date],
    readers: Readers,
) -> None:
    """Write the pending workbooks, in one pass over their entries."""
    files.make_folder(lake.outbox, 0o700)
    by_addressee = {(lists[path].source, lists[path].organisation): path for path in pending}
    for addressee, entries in groupby(_entries(connection, list(by_addressee)), key=_addressee):
        path = by_addressee[addressee]
        target = lake.outbox / path
        permissions = readers.of_lists(target.parent.name)
        files.make_folder(target.parent, permissions.folder, permissions.group)
        with files.placing(target, permissions.file, permissions.group) as temporary:
            workbook.write(temporary, _head(lists[path], register, pending[path]), entries)


def _addressee(entry: Mapping[str, Any]) -> tuple[str, str | None]:
    return entry["source"], entry["organisation_code"]


def _entries(
    connection: duckdb.DuckDBPyConnection, addressees: list[tuple[str, str | None]]
) -> Iterator[Mapping[str, Any]]:
    """The entries of some addressees, one addressee after another, open ones first."""
    if not addressees:
        return
    fields = ("source", "organisation_code", *workbook.FIELDS)
    connection.execute("create or replace temp table addressee (source varchar, organisation varchar)")
    connection.executemany("insert into addressee values (?, ?)", [list(addressee) for addressee in addressees])
    cursor = connection.execute(f"""
        select {", ".join(f"entry.{field}" for field in fields)} from {_TABLE} as entry semi join addressee
        on entry.source = addressee.source and entry.organisation_code is not distinct from addressee.organisation
        order by {_ENTRY_ORDER}""")
    while rows := cursor.fetchmany(_FETCH_ROWS):
        yield from (dict(zip(fields, row, strict=True)) for row in rows)


def _remove(path: Path) -> None:
    """Remove a list for good, before the state no longer names it."""
    path.unlink(missing_ok=True)
    with suppress(OSError):  # the folder holds other lists, or is gone
        files.sync(path.parent)
        path.parent.rmdir()
        files.sync(path.parent.parent)


def _safe_name(name: str | None) -> str:
    """A platform's name as a file name: percent-encoded, without path separators, unique for each name."""
    if not name:
        return ""
    text = quote(name, safe=" ()（）")
    if text.lower() in (BUREAU_LIST, UNKNOWN_SOURCE) or text.startswith((".", " ")):
        text = f"%{ord(text[0]):02X}{text[1:]}"
    if len(text) > _MAX_NAME_BYTES:
        text = f"{text[:_MAX_NAME_BYTES]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return text


def _summary(lake: Lake, register: Register, lists: list[_ProblemList], written: int, removed: int) -> Summary:
    offices = {source.id: source.office for source in register.sources}
    open_lists = [problem_list for problem_list in lists if problem_list.entries]
    summaries = []
    for source in sorted({problem_list.source for problem_list in open_lists}):
        lists_of_source = [problem_list for problem_list in open_lists if problem_list.source == source]
        summaries.append(
            SourceSummary(
                source or UNKNOWN_SOURCE,
                offices.get(source, register.bureau.label.zh),
                len(lists_of_source),
                sum(problem_list.entries for problem_list in lists_of_source),
                sum(problem_list.overdue for problem_list in lists_of_source),
            )
        )
    return Summary(
        str(lake.outbox),
        len(open_lists),
        sum(problem_list.entries for problem_list in open_lists),
        sum(problem_list.overdue for problem_list in open_lists),
        written,
        removed,
        tuple(summaries),
    )
