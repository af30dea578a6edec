"""Input files for benchmarks: clean homework records of made-up students, as csv in two encodings and as workbooks.

Add here: another format.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import xlsxwriter

FEED = "homework_a/records"
_HEADER = "记录编号,作业编号,学籍号,学生姓名,学校标识码,班号,学科,作业名称,是否书面,计划时长,实际时长,布置时间,提交时间"
# Records differ as in real life: numbers and times are all but unique, names come again, subjects are few. The student
# numbers begin with J, whose body needs no check digit.
_RECORDS = """
    SELECT printf('A%012d', n), printf('W%08d', n // 40),
        printf('J32990120%02d0%d1%d%04d', 10 + n % 9, 1 + n % 9, n % 9, n % 10000),
        printf('学生%d', n % 9973), '3132990001', printf('%d10%d', 1 + n % 6, 1 + n % 8),
        ['语文', '数学', '英语', '科学'][1 + (n // 40) % 4], printf('第%d课　阅读与口算练习', n // 40 % 30),
        if(n % 3 = 0, '否', '是'), (5 + hash(n) % 55)::VARCHAR, (5 + hash(n + 1) % 55)::VARCHAR,
        printf('2025-10-14 1%d:15:00', n // 40 % 10), printf('2025-10-14 20:%02d:%02d', n % 60, n // 60 % 60)
    FROM range({rows}) AS t (n)"""


def csv(inbox: Path, rows: int, encoding: str = "utf-8") -> Path:
    """A csv of `rows` records in an inbox."""
    path = _feed_folder(inbox) / "homework_a_20251014.csv"
    plain = path if encoding == "utf-8" else path.with_name(".utf-8")
    names = _HEADER.split(",")
    columns = ", ".join(f'"{name}"' for name in names)
    duckdb.sql(
        f"COPY (SELECT * FROM ({_RECORDS.format(rows=rows)}) AS r ({columns})) TO '{plain}' (FORMAT csv, HEADER true)"
    )
    if plain != path:
        with plain.open(encoding="utf-8") as source, path.open("w", encoding=encoding) as target:
            while piece := source.read(1 << 22):
                target.write(piece)
        plain.unlink()
    return path


def workbooks(inbox: Path, count: int, rows: int) -> list[Path]:
    """`count` xlsx of `rows` records each, in an inbox."""
    records = duckdb.sql(_RECORDS.format(rows=count * rows)).fetchall()
    return [_workbook(_feed_folder(inbox), n, records[n * rows : (n + 1) * rows]) for n in range(count)]


def _workbook(folder: Path, number: int, records: list[tuple[str, ...]]) -> Path:
    path = folder / f"homework_a_{20250101 + number}.xlsx"
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for n, record in enumerate([tuple(_HEADER.split(",")), *records]):
            sheet.write_row(n, 0, record)
    return path


def _feed_folder(inbox: Path) -> Path:
    folder = inbox / FEED
    folder.mkdir(parents=True, exist_ok=True)
    return folder
