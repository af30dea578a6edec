"""One good file of any feed, made from its contract alone: every column filled, where the feed's files lie."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from registry.model import Column, Feed, Register
from tests.ingest.makers import SCHOOL, csv_of, id_number, parquet_of, xlsx_of

ROWS = 3
_OF_TYPE = {
    "name": "王小明",
    "date": "2025-10-15",
    "month": "202509",
    "datetime": "2025-10-15 16:30:00",
    "boolean": "是",
    "school_code": SCHOOL,
    "uscc": "12330282MB1A234578",
    "area_code": "329901",
    "phone": "051288886666",
    "run_time": "3′45″",
}


def value(register: Register, feed: Feed, column: Column, n: int) -> str:
    """A value of the n-th row that breaks no rule; what is no key is the same in every row, but for persons."""
    if column.type == "code":
        return next(s.codes for s in register.code_sets if s.id == column.code_set)[0].label.zh
    if column.type in ("id_number", "student_number"):
        return ("G" if column.type == "student_number" else "") + id_number(n)
    if column.type in ("integer", "decimal"):
        return _number(column)
    if column.name in ("organisation_code", "partner_code"):
        return SCHOOL
    if column.type in ("identifier", "text"):
        return f"A{n:04d}" if column.name in feed.key else "A0000" if column.type == "identifier" else "书院"
    return _OF_TYPE[column.type]


def _number(column: Column) -> str:
    """The middle of the column's range."""
    low = column.minimum or 0
    high = column.maximum if column.maximum is not None else low + 9
    return str(low + (high - low) / 2) if high <= 1 else str(int((low + high) // 2))


def rows(register: Register, feed: Feed, headers: dict[str, str]) -> list[dict[str, str]]:
    """`ROWS` rows under `headers` (column name -> header); a score sheet has a mark as well."""
    by_name = {c.name: c for c in feed.columns}
    mark = {"语文": "90"} if feed.grammar == "marks" else {}
    return [
        {header: value(register, feed, by_name[name], n) for name, header in headers.items()} | mark
        for n in range(ROWS)
    ]


def headers_of(feed: Feed, names: Sequence[str] | None = None) -> dict[str, str]:
    """The first header of each column (of `names` where given)."""
    return {c.name: c.headers[0] for c in feed.columns if names is None or c.name in names}


def path_of(feed: Feed, suffix: str) -> str:
    """Where a file of the feed lies below the inbox; of one that stands beside another, that one's. The file of a
    bundle has one name.
    """
    if feed.bundle:
        return f"{feed.id}/{feed.slice.example}"
    example = (feed.slice.example or f"{feed.id.split('/')[1]}.csv").rpartition(".")[0]
    return f"{feed.beside or feed.id}/{example.replace('3132990001', SCHOOL)}{suffix}"


def files(register: Register) -> dict[str, bytes]:
    """One good file of every feed (path below the inbox -> bytes); feeds that share a workbook share it here."""
    made: dict[str, bytes] = {}
    for feed in register.feeds:
        if feed.beside:
            continue
        tables = [(feed, rows(register, feed, headers_of(feed)))]
        tables += [(f, rows(register, f, headers_of(f))) for f in register.feeds if f.beside == feed.id]
        if feed.bundle:
            path, table = path_of(feed, ""), tables[0][1]
            made[path] = parquet_of(table)
            told: Any = len(table)
            for key in reversed(feed.bundle.rows):
                told = {key: told}
            made[path.removesuffix(feed.bundle.file) + feed.bundle.manifest] = json.dumps(told).encode()
        elif feed.sheets:
            sheets = [(f.sheets[0], [list(found[0]), *(list(r.values()) for r in found)]) for f, found in tables]
            made[path_of(feed, ".xlsx")] = xlsx_of(*sheets)
        else:
            made[path_of(feed, ".csv")] = csv_of(tables[0][1])
    return made
