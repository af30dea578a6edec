"""Reading: from bytes to rows that passed the contract, beside bare readers of the same bytes.

Lives here: csv in UTF-8 and GB18030, and xlsx.
Add here: another format.
Stays out: the night around it (`nights`).
"""

from __future__ import annotations

import codecs
import random
from collections.abc import Iterator
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import python_calamine

import ingest
import registry
from benchmarks.ratio import Ratio, seconds
from registry.model import Register

NIGHT = date(2025, 10, 15)
HEADER = (
    "记录编号,作业编号,学籍号,学生姓名,学校标识码,班号,学科,作业名称,是否书面,计划时长,实际时长,布置时间,提交时间"
)


def ratios(folder: Path, rows: int, students: int) -> Iterator[Ratio]:
    """Measure in `folder`, with csv files of `rows` rows and the rosters of `students` students."""
    register = registry.load(registry.HOUSE)
    for encoding in ("utf-8", "gb18030"):
        path = folder / encoding / "homework_a" / "records" / "homework_a_20251014.csv"
        _write_homework(path, rows, encoding)
        ours = seconds(partial(_read, register, "homework_a/records", path, folder))
        bare, against = (
            (_bare_csv, "duckdb read_csv to Parquet") if encoding == "utf-8" else (_bare_codec, "codec of Python")
        )
        yield Ratio(f"csv {encoding}, {rows:,} rows", against, seconds(partial(bare, path)), ours)
    yield _xlsx(register, folder, students)


def _write_homework(path: Path, rows: int, encoding: str) -> None:
    """Clean homework records of made-up students, J numbers (whose body needs no check digit)."""
    dice = random.Random(7)
    path.parent.mkdir(parents=True)
    with path.open("w", encoding=encoding) as file:
        file.write(HEADER + "\n")
        for n in range(rows):
            day = f"201{n % 9}0{1 + n % 9}1{n % 9}"
            file.write(
                f"A{n:012d},W{n // 40:08d},J329901{day}{n % 10000:04d},学生{n % 9973},3132990001,2101,数学,口算练习,"
                f"是,{dice.randrange(5, 60)},{dice.randrange(5, 60)},"
                f"2025-10-14 1{n % 10}:15:00,2025-10-14 20:{n % 60:02d}:00\n"
            )


def _read(register: Register, feed: str, path: Path, folder: Path) -> None:
    inbox = next(p for p in path.parents if p.name == register.feed(feed).source).parent
    arrivals = ingest.find(inbox, register, NIGHT, ingest.Seen())
    ingest.read_feed(register, feed, arrivals, folder / "landing", folder / "work")


def _bare_csv(path: Path) -> None:
    duckdb.sql(f"copy (from read_csv('{path}', all_varchar = true)) to '{path}.parquet' (format parquet)")


def _bare_codec(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("gb18030")()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            decoder.decode(piece)


def _xlsx(register: Register, folder: Path, students: int) -> Ratio:
    import samples

    samples.write_city(folder / "city", students)
    feed = folder / "city" / NIGHT.isoformat() / "student_registry" / "students"
    books = sorted(feed.glob("*.xlsx"))
    ours = seconds(lambda: _read(register, "student_registry/students", books[0], folder))
    bare = seconds(lambda: [_bare_sheet(book) for book in books])
    return Ratio(f"xlsx, {len(books)} rosters of {students:,} students", "calamine to Python", bare, ours)


def _bare_sheet(path: Path) -> None:
    workbook = python_calamine.CalamineWorkbook.from_path(path)
    workbook.get_sheet_by_index(0).to_python()
