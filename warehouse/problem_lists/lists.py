"""The problem lists (问题数据清单) of a night: one workbook for each source system and school, in the outbox.

Lives here: which lists there are, which of them have changed, and where they lie.
Add here: another thing that is done with a whole list.
Stays out: what an entry says (dbt_project, `conformed.problem_list_entries`), the workbook (`workbook`).

`outbox/<source>/<school>.xlsx` is for the school that has to mend what it delivered to that source, by way of
the source's owner office; `outbox/<source>/bureau.xlsx` holds what is of no school, for the office itself.
A list is written when what it says has changed, and names that night; else its file is left alone. When all is
mended the workbook says so for 30 days, while its closed entries are shown; then it is taken away.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from itertools import groupby
from pathlib import Path
from typing import Any
from urllib.parse import quote

import duckdb

from registry.model import Register
from warehouse.errors import ListError
from warehouse.files import write_json
from warehouse.lake import Lake
from warehouse.problem_lists import workbook
from warehouse.problem_lists.workbook import Head

OF_NO_SCHOOL = "bureau"  # the name of the list of what is of no school
UNKNOWN = "unknown"  # the folder of files that lay under no source
_TABLE = "lake.conformed.problem_list_entries"
_FORM = 1  # raise it when workbooks of unchanged entries must be written anew
_MANY = 2_000  # entries fetched at once
_NAME = 120  # bytes of a school's code in a file name
_ORDER = "source, organisation_code nulls first, closed desc nulls first, due, feed, file_name, row_number, entry_id"


@dataclass(frozen=True)
class OfSource:
    """The lists of one source: how many have open entries, how many entries, how many of those overdue."""

    source: str
    office: str
    lists: int
    entries: int
    overdue: int


@dataclass(frozen=True)
class Summary:
    """What the lists of a night came to. `written` were new or changed, `removed` had nothing left to say."""

    folder: str
    lists: int
    entries: int
    overdue: int
    written: int
    removed: int
    sources: tuple[OfSource, ...]

    def as_dict(self) -> dict[str, Any]:
        """Plain data."""
        return asdict(self)


@dataclass(frozen=True)
class _List:
    """A list as its entries make it: addressee, counts, and a hash over all it says."""

    source: str
    organisation: str | None
    name: str | None
    entries: int
    overdue: int
    closed: int
    content: str

    @property
    def path(self) -> str:
        """Where it lies in the outbox."""
        return f"{_safe(self.source) or UNKNOWN}/{_safe(self.organisation) or OF_NO_SCHOOL}.xlsx"


def write(connection: duckdb.DuckDBPyConnection, lake: Lake, register: Register, night: date) -> Summary:
    """Bring the outbox to the entries of the night. Raises ListError where a workbook cannot be written.

    Each workbook is replaced in one rename. What is written is known by `restricted/problem_lists.json`; lost,
    it costs that every list is written anew.
    """
    known = _known(lake)
    lists = {found.path: found for found in _lists(connection)}
    now: dict[str, dict[str, str]] = {}
    wanted: dict[str, date] = {}  # what must be written, and the night it names
    for path, found in lists.items():
        content = _content(found, register)
        same = known.get(path, {}).get("content") == content
        stands = known[path]["night"] if same else night.isoformat()
        now[path] = {"content": content, "night": stands}
        if not same or not (lake.outbox / path).exists():
            wanted[path] = date.fromisoformat(stands)
    try:
        _write_all(connection, lake, register, lists, wanted)
        gone = [path for path in known if path not in lists]
        for path in gone:
            _remove(lake.outbox / path)
    except OSError as error:
        raise ListError(
            f"The problem lists cannot be written to {lake.outbox} ({error.strerror}): make room or give the night's "
            "user the right to write there, and run the night again."
        ) from error
    write_json(_state(lake), now)
    return _summary(lake, register, list(lists.values()), len(wanted), len(gone))


def _known(lake: Lake) -> dict[str, dict[str, str]]:
    """The lists that earlier nights have written, by path."""
    with suppress(OSError, ValueError):
        found = json.loads(_state(lake).read_text(encoding="utf-8"))
        if isinstance(found, dict):
            return found
    return {}


def _state(lake: Lake) -> Path:
    return lake.restricted / "problem_lists.json"


def _lists(connection: duckdb.DuckDBPyConnection) -> Iterator[_List]:
    found = connection.execute(f"""
        select source, organisation_code, max(organisation_name),
            count(*) filter (where closed is null), count(*) filter (where status = 'overdue'),
            count(*) filter (where closed is not null),
            md5(string_agg(md5(cast(entry as varchar)), '' order by entry_id))
        from {_TABLE} as entry group by source, organisation_code order by source, organisation_code""").fetchall()
    return (_List(*row) for row in found)


def _content(found: _List, register: Register) -> str:
    """What tells a list from the one written before: its entries, its head without the night, its form."""
    head = asdict(_head(found, register, date.min))
    text = json.dumps([_FORM, found.content, head], ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _head(found: _List, register: Register, night: date) -> Head:
    bureau = register.bureau.label.zh
    source = next((s for s in register.sources if s.id == found.source), None)
    return Head(
        bureau=bureau,
        source=f"{source.label.zh} {source.label.en}" if source else found.source or "来源不明 unknown source",
        office=source.office if source else bureau,
        addressee=" ".join(filter(None, (found.name, found.organisation))) or f"{bureau} {register.bureau.label.en}",
        night=night,
        entries=found.entries,
        overdue=found.overdue,
        closed=found.closed,
    )


def _write_all(
    connection: duckdb.DuckDBPyConnection,
    lake: Lake,
    register: Register,
    lists: Mapping[str, _List],
    wanted: Mapping[str, date],
) -> None:
    """Write the wanted workbooks, from one pass over their entries."""
    lake.outbox.mkdir(exist_ok=True, mode=0o700)
    by_addressee = {(lists[path].source, lists[path].organisation): path for path in wanted}
    for addressee, entries in groupby(_entries(connection, list(by_addressee)), key=_addressee):
        path = by_addressee[addressee]
        target = lake.outbox / path
        target.parent.mkdir(exist_ok=True, mode=0o700)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        try:
            workbook.write(fresh, _head(lists[path], register, wanted[path]), entries)
            fresh.chmod(0o600)
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)


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
    connection.executemany("insert into addressee values (?, ?)", [list(which) for which in addressees])
    found = connection.execute(f"""
        select {", ".join(f"entry.{field}" for field in fields)} from {_TABLE} as entry semi join addressee
        on entry.source = addressee.source and entry.organisation_code is not distinct from addressee.organisation
        order by {_ORDER}""")
    while rows := found.fetchmany(_MANY):
        yield from (dict(zip(fields, row, strict=True)) for row in rows)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    with suppress(OSError):  # other lists lie there
        path.parent.rmdir()


def _safe(name: str | None) -> str:
    """A name of a platform as one part of a path: nothing in it can lead elsewhere, and no two become one."""
    if not name:
        return ""
    text = quote(name, safe=" ()（）")
    if text.lower() in (OF_NO_SCHOOL, UNKNOWN) or text.startswith((".", " ")):
        text = f"%{ord(text[0]):02X}{text[1:]}"
    if len(text) > _NAME:
        text = f"{text[:_NAME]}-{hashlib.sha256(name.encode()).hexdigest()[:8]}"
    return text


def _summary(lake: Lake, register: Register, lists: list[_List], written: int, removed: int) -> Summary:
    offices = {source.id: source.office for source in register.sources}
    standing = [found for found in lists if found.entries]
    of_source = []
    for source in sorted({found.source for found in standing}):
        mine = [found for found in standing if found.source == source]
        of_source.append(
            OfSource(
                source or UNKNOWN,
                offices.get(source, register.bureau.label.zh),
                len(mine),
                sum(found.entries for found in mine),
                sum(found.overdue for found in mine),
            )
        )
    return Summary(
        str(lake.outbox),
        len(standing),
        sum(found.entries for found in standing),
        sum(found.overdue for found in standing),
        written,
        removed,
        tuple(of_source),
    )
