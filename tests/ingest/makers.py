"""Exports as platforms write them, row by row, and the hand that takes them through a night."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

import ingest
from common.delivered_text import in_full
from ingest.deliveries import Arrival, Hold, IntakeHistory
from registry import Register
from registry.model import Feed
from tests.samples.intake import lake as raw_lake
from warehouse.lake import Lake, connect_lake

DAY = date(2025, 10, 15)
SCHOOL, OTHER = "2132990001", "2132990002"
STUDENTS = "student_registry/students"
HOMEWORK = "homework_a/records"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(n: int) -> str:
    """The n-th valid citizen identification number; none ends in 000."""
    body = f"329901{2012 + n // 336 % 6}{n // 28 % 12 + 1:02d}{n % 28 + 1:02d}{n % 400 * 2 + 101:03d}"
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]


def student(n: int, **changes: str) -> dict[str, str]:
    """A clean row of the student registry; `changes` are by the column's Chinese header."""
    number = id_number(n)
    row = {
        "学校标识码": SCHOOL, "姓名": f"张小{'一二三四五六七八九十'[n % 10]}", "性别": "男" if n % 2 else "女",
        "出生日期": number[6:14], "身份证件号": number, "班号": "1101", "入学年月": "202109", "就读方式": "走读",
        "现住址": f"书院路{n}号", "学籍号": f"G{number}", "年级": "一年级",
    }  # fmt: skip
    return row | changes


def students(count: int, start: int = 0, **changes: str) -> list[dict[str, str]]:
    return [student(n, **changes) for n in range(start, start + count)]


def record(n: int, **changes: str) -> dict[str, str]:
    """A clean row of a homework platform."""
    row = {
        "记录编号": f"A{n:08d}", "作业编号": f"Z{n // 40}", "学籍号": f"G{id_number(n % 500)}", "学生姓名": "李梅",
        "学校标识码": SCHOOL, "班号": "1101", "学科": "语文", "作业名称": "阅读，第3课", "是否书面": "是",
        "计划时长": "20", "实际时长": str(10 + n % 30), "布置时间": "2025-10-14 15:40:00",
        "提交时间": f"2025-10-14 20:{n % 60:02d}:00",
    }  # fmt: skip
    return row | changes


def grid(rows: Sequence[Mapping[str, str]]) -> list[list[str]]:
    """Header and rows."""
    return [list(rows[0]), *(list(row.values()) for row in rows)]


def csv_text(cells: Sequence[Sequence[str]], separator: str = ",") -> str:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=separator, lineterminator="\r\n").writerows(cells)
    return buffer.getvalue()


def csv_of(rows: Sequence[Mapping[str, str]], encoding: str = "utf-8") -> bytes:
    return csv_text(grid(rows)).encode(encoding)


def json_lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def xlsx_of(*sheets: tuple[str, Sequence[Sequence[Any]]]) -> bytes:
    """A workbook; a blank text has no cell."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets:
            sheet = book.add_worksheet(name)
            for r, row in enumerate(rows):
                for c, cell in enumerate(row):
                    if isinstance(cell, str) and cell:
                        sheet.write_string(r, c, cell)
                    elif cell != "":
                        sheet.write(r, c, cell)
    return buffer.getvalue()


def parquet_of(rows: Sequence[Mapping[str, Any]]) -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([dict(row) for row in rows]), out)
    return out.getvalue()


def zip_of(members: Mapping[str, bytes | str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_feed(register: Register, feed: Feed, source: str | None = None) -> Register:
    """The register with one more feed (instead of one of its name), in its own source or one that is there."""
    mine = [s for s in register.sources if s.id == (source or feed.source)]
    made = (
        mine[0].model_copy(update={"feeds": (*(f for f in mine[0].feeds if f.id != feed.id), feed)})
        if mine
        else (register.sources[0].model_copy(update={"id": feed.source, "feeds": (feed,)}))
    )
    others = tuple(s for s in register.sources if s not in mine)
    return register.model_copy(update={"sources": (*others, made)})


class Desk:
    """An inbox and, once a night is run, a lake: files are put, nights are run or only read, tables are asked.

    The lake is a copy of an `empty` one; where none is given, its tables stand in memory, without DuckLake, which
    takes a third less time (`test_replay`, `test_every_feed` and whole nights have a real one).
    """

    def __init__(self, root: Path, register: Register, empty: Lake | None = None) -> None:
        self.root, self.register, self._empty = root, register, empty
        self.inbox = root / "inbox"
        self.inbox.mkdir(parents=True)
        self.lake = Lake(root / "lake")
        self._open: list[duckdb.DuckDBPyConnection] = []
        self._closing = ExitStack()

    @property
    def connection(self) -> duckdb.DuckDBPyConnection:
        if not self._open:
            self._open.append(self._closing.enter_context(self._connected()))
        return self._open[0]

    @contextmanager
    def _connected(self) -> Iterator[duckdb.DuckDBPyConnection]:
        if self._empty:
            shutil.copytree(self._empty.root, self.lake.root, dirs_exist_ok=True)
            with connect_lake(self.lake) as connection:
                yield connection
            return
        self.lake.landing.mkdir(parents=True, exist_ok=True)
        with raw_lake(":memory:") as connection:
            yield connection

    def close(self) -> None:
        self._closing.close()

    def put(self, path: str, content: bytes) -> Path:
        target = self.inbox / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        return target

    def clear(self) -> None:
        shutil.rmtree(self.inbox)
        self.inbox.mkdir()

    def work(self, day: date = DAY) -> Path:
        return self.lake.work(day)

    def find(self, day: date = DAY, alone: Sequence[str] = ()) -> list[Arrival]:
        seen = ingest.intake_history(self.connection) if self._open else IntakeHistory()
        return ingest.find_arrivals(self.inbox, self.register, day, seen, alone)

    def read(self, day: date = DAY, alone: Sequence[str] = ()) -> dict[str, tuple[Any, ...]]:
        """The night up to the guards; its deliveries."""
        arrivals = json.dumps([a.as_dict() for a in self.find(day, alone)])
        shutil.rmtree(self.work(day), ignore_errors=True)
        self.work(day).mkdir(parents=True)
        (self.work(day) / "arrivals.json").write_text(arrivals)
        again = [Arrival(**a) for a in json.loads(arrivals)]
        for feed in sorted({a.feed for a in again if a.feed}):
            ingest.read_feed(self.register, feed, again, self.lake.landing, self.work(day))
        found = [d for p in self.work(day).glob("*/deliveries.json") for d in json.loads(p.read_text())]
        names = ("status", "rows_read", "rows_loaded", "rows_quarantined", "rows_held", "skipped", "reason")
        return {
            d["file_name"] + (f"#{d['member']}" if d["member"] else ""): tuple(d[name] for name in names) for d in found
        }

    def left(self, feed: str, columns: str, name: str = "accepted", day: date = DAY) -> list[tuple[Any, ...]]:
        """What reading has left of a feed: `accepted` rows or `problems`."""
        path = self.work(day) / feed.replace("/", "__") / f"{name}.parquet"
        with duckdb.connect() as connection:
            return connection.execute(f"SELECT {columns} FROM read_parquet('{path}') ORDER BY ALL").fetchall()

    def night(self, day: date = DAY, extra: Sequence[Hold] = (), alone: Sequence[str] = ()) -> list[Hold]:
        """A whole night; the holds of its guards. `extra` are those of a gate; `alone`: feeds to be read again."""
        connection = self.connection
        self.read(day, alone)
        holds = ingest.guard(connection, self.register, self.work(day))
        ingest.commit(connection, self.register, day, self.work(day), [*holds, *extra])
        return [replace(hold, reason=in_full(hold.reason)) for hold in holds]

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql).fetchall()

    def deliveries(self, day: date = DAY) -> dict[str, tuple[Any, ...]]:
        """By file (and member): status, read, loaded, quarantined, held, skipped, reason."""
        found = self.ask(
            "SELECT file_name || CASE WHEN member = '' THEN '' ELSE '#' || member END, status, rows_read, "
            "rows_loaded, rows_quarantined, rows_held, skipped, reason FROM lake.intake.delivery "
            f"WHERE night = DATE '{day}' ORDER BY ALL"
        )
        return {row[0]: row[1:] for row in found}

    def only(self, day: date = DAY) -> tuple[Any, ...]:
        """The one delivery of a night."""
        (found,) = self.deliveries(day).values()
        return found

    def problems(self, where: str = "known_to IS NULL") -> list[tuple[Any, ...]]:
        return self.ask(
            "SELECT row_number, row_key, rule, severity, column_name, value FROM lake.intake.problem "
            f"WHERE {where} ORDER BY ALL"
        )

    def current(self, feed: str, columns: str) -> list[tuple[Any, ...]]:
        table = feed.replace("/", "__")
        return self.ask(f"SELECT {columns} FROM lake.raw.{table} WHERE _known_to IS NULL ORDER BY ALL")

    def by_slice(self, feed: str, measures: str = "count(*)") -> list[tuple[Any, ...]]:
        table = feed.replace("/", "__")
        return self.ask(
            f"SELECT _slice, {measures} FROM lake.raw.{table} WHERE _known_to IS NULL GROUP BY 1 ORDER BY 1"
        )
