"""Reading, beside bare readers of the same bytes.

Lives here: csv in UTF-8 and GB18030, and xlsx. Of each two lines:

- `read`: what a night does between the bytes that have landed and a Parquet file of the feed's columns as text: finding
  encoding, dialect and header, counting the records in the bytes, cutting and decoding cells, numbering rows, writing
  Parquet. Its output is what the contract is checked on. This line has a promised speed.
- `whole way`: the same with all around it: SHA-256 and the compressed copy in landing, the contract (types, codes,
  ranges, keys, repetitions), the row hashes, accepted rows and problems. It promises nothing.

The bare tools do least: DuckDB's `read_csv` into Parquet, Python's codec that decodes and throws away, calamine that
makes Python values and throws them away.

Add here: another format.
Stays out: the night around it, memory (`memory`).
"""

from __future__ import annotations

import codecs
import shutil
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import partial
from pathlib import Path

import duckdb
import python_calamine

import ingest
import registry
from benchmarks import files
from benchmarks.ratio import Ratio, costs
from ingest.contract import night_rows
from ingest.reading.files_to_read import Part, parts_of
from ingest.reading.read_feed import connect_in_memory, read_parts
from registry.model import Feed, Register

NIGHT = date(2025, 10, 15)


def ratios(folder: Path, rows: int, cells: int) -> Iterator[Ratio]:
    """Measure in `folder`, with csv files of `rows` records and workbooks of about `cells` cells in all."""
    register = registry.load(registry.HOUSE)
    for encoding, bare, against in (
        ("utf-8", _bare_csv, "duckdb read_csv to Parquet"),
        ("gb18030", _bare_codec, "codec of Python"),
    ):
        inbox = folder / encoding
        path = files.csv(inbox, rows, encoding)
        what = f"csv {encoding}, {rows:,} rows"
        yield from _ratios(register, inbox, what, partial(bare, path), against, 0.5)
    size = cells // 13
    for count in (1, 40):
        inbox = folder / f"xlsx-{count}"
        books = files.workbooks(inbox, count, size // count)
        what = f"xlsx, {count} of {size // count:,} rows"
        yield from _ratios(register, inbox, what, partial(_bare_books, books), "calamine to Python", 1 / 3)


def _ratios(
    register: Register, inbox: Path, what: str, bare: Callable[[], object], against: str, min_speed: float
) -> Iterator[Ratio]:
    """Ours in both lines and the bare tool, in turns."""
    work = inbox.with_name(f"{inbox.name}-work")
    arrivals = ingest.find_arrivals(inbox, register, NIGHT, ingest.IntakeHistory())
    feed = register.feed(files.FEED)
    parts = [p for a in arrivals for p in parts_of(feed, a, work / "landing", work) if isinstance(p, Part)]
    ours = partial(_read, register, feed, parts, work)
    read, end_to_end, bare_cost = costs([ours, partial(_read_end_to_end, register, inbox, work), bare])
    yield Ratio(f"{what}: read", against, read, bare_cost, min_speed)
    yield Ratio(f"{what}: whole way", against, end_to_end, bare_cost)


def _read(register: Register, feed: Feed, parts: Sequence[Part], work: Path) -> None:
    scratch = work / "read"
    scratch.mkdir(parents=True)
    with connect_in_memory(scratch) as connection:
        reads = read_parts(connection, register, feed, parts, scratch)
        night_rows.prepare(connection, feed, reads, scratch)  # the rows of small files, into one Parquet file
    if any(read.delivery.status != "loaded" for read in reads):
        raise RuntimeError("a file of the measurement was refused: its ratio would say nothing")
    shutil.rmtree(scratch)


def _read_end_to_end(register: Register, inbox: Path, work: Path) -> None:
    arrivals = ingest.find_arrivals(inbox, register, NIGHT, ingest.IntakeHistory())
    ingest.read_feed(register, files.FEED, arrivals, work / "fresh", work)
    shutil.rmtree(work / "fresh")


def _bare_csv(path: Path) -> None:
    target = path.parents[3] / "bare.parquet"  # beside the inbox
    duckdb.sql(f"COPY (FROM read_csv('{path}', all_varchar = true)) TO '{target}' (FORMAT parquet)")


def _bare_codec(path: Path) -> None:
    decoder = codecs.getincrementaldecoder("gb18030")()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            decoder.decode(piece)


def _bare_books(books: Sequence[Path]) -> None:
    for book in books:
        python_calamine.CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
