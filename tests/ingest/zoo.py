"""Files that no text editor writes, each made as the thing it is named after; `tests/fixtures/zoo` says what becomes
of them. Every person in them is made up."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ingest import landing
from tests.ingest.binary_workbooks import xls_of
from tests.ingest.makers import (
    SCHOOL,
    Desk,
    csv_of,
    csv_text,
    grid,
    id_number,
    parquet_of,
    student,
    students,
    xlsx_of,
    zip_of,
)

Maker = Callable[[Path], None]
FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'


def _bytes(content: Callable[[], bytes]) -> Maker:
    return lambda path: path.write_bytes(content()) and None


def _zip_entry(name: str, content: bytes, *, mode: int = 0, flags: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename, entry.external_attr = name, mode << 16
        made.writestr(entry, content, zipfile.ZIP_DEFLATED)
    packed = bytearray(buffer.getvalue())
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        packed[packed.index(signature) + offset] |= flags
    return bytes(packed)


def _gzip(content: bytes) -> bytes:
    import gzip

    return gzip.compress(content, mtime=0)


def _merged() -> bytes:
    top = ["考号", "学籍号", "班级", "姓名", "语文", "", "数学", "", "总分"]
    low = ["", "", "", "", "得分", "校次", "得分", "校次", ""]
    rows = [
        [f"1{n}", f"G{id_number(n)}", "1101", "李梅", ["88", "缺考", "-", ""][n], "1", "90", "2", "178"]
        for n in range(4)
    ]
    return xlsx_of(("成绩", [["期中考试成绩"], top, low, *rows, ["合计", "", "", "", "", "", "", "", "4人"]]))


def _numbers() -> bytes:
    """Identification numbers typed as numbers, run times as numbers, dates as serials."""
    rows = [list(student(n).values()) for n in range(3)]
    place = list(student(0)).index("身份证件号")
    cells: list[list[object]] = [list(row) for row in rows]
    cells[1][place] = float(id_number(1)[:17] + "0")
    cells[2][list(student(0)).index("出生日期")] = 42248
    return xlsx_of(("学生", [list(student(0)), *cells]))


def _run_times() -> bytes:
    times: list[object] = [3.45, 3.5, 3, "4′05″", 3.75, 1.3]
    return xlsx_of(("s", [["学籍号", "1000米跑"], *([f"G{id_number(n)}", t] for n, t in enumerate(times))]))


def _sheets() -> bytes:
    return xlsx_of(
        ("说明", [["请先阅读"], ["不要改动表头"]]),
        ("学生", grid(students(3))),
        ("转入", grid(students(2, start=9))),
        ("填写样例", grid(students(1, start=20))),
    )


def _named_sheets() -> bytes:
    schools = [["学校标识码", "图书册数"], ["2132990001", "12"]], [["学校标识码", "图书册数"], ["3132990002", "*"]]
    return xlsx_of(("基础基111_小学", schools[0]), ("基础基111_初级中学", schools[1]), ("核查", [["通过"]]))


def _entities(path: Path) -> None:
    lol = (
        '<!DOCTYPE w [<!ENTITY a "0123456789"><!ENTITY b "' + "&a;" * 10 + '"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    with zipfile.ZipFile(io.BytesIO(xlsx_of(("s", grid(students(1)))))) as made:
        parts = {n: made.read(n) for n in made.namelist()}
    text = parts["xl/sharedStrings.xml"].decode()
    parts["xl/sharedStrings.xml"] = text.replace("<sst", f"{lol}<sst").replace("书院路0号", "&b;&f;").encode()
    path.write_bytes(zip_of(dict(parts.items())))


def _far_cell(path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(xlsx_of(("s", [["a"], [], []])))) as made:
        parts = {n: made.read(n) for n in made.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", FAR).encode()
    path.write_bytes(zip_of(dict(parts.items())))


def _wide() -> bytes:
    cells = grid(students(2))
    return csv_text([[*cells[0], *(f"列{n}" for n in range(100_000))], *cells[1:]]).encode()


def endless(path: Path, size: int = 64 << 20) -> None:
    """A line without an end: a megabyte of letters, then a hole."""
    with path.open("wb") as file:
        file.write(b"a" * (2 << 20))
        file.truncate(size)


def _link(path: Path) -> None:
    path.symlink_to("/etc/passwd")


def _typed() -> bytes:
    cells = {
        "学籍号": [f"G{id_number(n)}" for n in range(3)], "1000米跑": [3.45, 4.0, None],
        "测试日期": [date(2025, 10, 13), None, None], "得分": [80.5, 1e-7, None], "等级": ["良好", "", None],
        "成绩": [[1, 2], [], None], "满分": [Decimal("12.50"), None, None], "补测": [True, False, None],
    }  # fmt: skip
    return parquet_of([dict(zip(cells, row, strict=True)) for row in zip(*cells.values(), strict=True)])


def _claims() -> bytes:
    """One row, of which the footer says that it is 99999999999: a zigzag varint in Thrift's compact protocol."""
    made = parquet_of([{"a": 1}])
    start = len(made) - 8 - int.from_bytes(made[-8:-4], "little")
    left, claimed = 2 * 99_999_999_999, b""
    while left:
        left, low = left >> 7, left & 0x7F
        claimed += bytes([low | 0x80 if left else low])
    footer = made[start:-8].replace(b"\x16\x02\x19", b"\x16" + claimed + b"\x19", 1)
    return made[:start] + footer + len(footer).to_bytes(4, "little") + made[-4:]


def _indicator(code: str) -> dict[str, object]:
    """A row of the mart: of a class where there is a colon in the code, else of a district or school."""
    of_class = ":" in code
    return {
        "indicator_id": "js2023.campuses", "organisation_code": code, "level": "class" if of_class else "district",
        "stage": "primary" if of_class else None, "period": "2025-2026", "value": 0.00001 if of_class else 0.85,
        "passed": not of_class, "as_of_date": date(2025, 10, 14),
    }  # fmt: skip


def _indicators(*organisations: str) -> bytes:
    return parquet_of([_indicator(code) for code in organisations])


def _release(root: str, *organisations: str, **more: str) -> bytes:
    told = json.dumps({"marts": {"indicator_value": {"rows": len(organisations)}}})
    files = {"parquet/indicator_value.parquet": _indicators(*organisations), "manifest.json": told, **more}
    return zip_of({f"{root}{name}": content for name, content in files.items()})


_BESIDE = ("marts.duckdb", "register/bureau.yml", "register/codes/sex.csv", "parquet/delivery.parquet")
RELEASED = dict.fromkeys(_BESIDE, "x")
GOOD = csv_of(students(3))
MANIFEST = csv_text([["propertyName", "value"], ["manifest.version", "1.0"], ["file.people", "delta"]])
PEOPLE = csv_text([["sourcedId", "status", "name"], ["1", "active", "Ann"], ["2", "tobedeleted", "Bea"]])

MAKERS: dict[str, Maker] = {
    "merged_header": _bytes(_merged),
    "numbers_in_cells": _bytes(_numbers),
    "run_times_in_cells": _bytes(_run_times),
    "several_sheets": _bytes(_sheets),
    "sheets_by_name": _bytes(_named_sheets),
    "nested_folders": _bytes(
        lambda: zip_of({f"导出/2025/{SCHOOL}.csv": GOOD, "__MACOSX/x.csv": "x", "导出/.hidden": "x"})
    ),
    "gzip_csv": _bytes(lambda: _gzip(GOOD)),
    "utf_16": _bytes(lambda: csv_text(grid(students(3)), "\t").encode("utf-16")),
    "gbk": _bytes(lambda: csv_of(students(3), "gbk")),
    "gb18030_rare": _bytes(lambda: csv_of([student(0), student(1, 姓名="张𠮷"), student(2, 姓名="王䶮")], "gb18030")),
    "utf_8_mark": _bytes(lambda: csv_of(students(3), "utf-8-sig")),
    "delta_zip": _bytes(lambda: zip_of({"manifest.csv": MANIFEST, "people.csv": PEOPLE})),
    "zip_slip": _bytes(lambda: _zip_entry("../../evil.csv", GOOD)),
    "zip_absolute": _bytes(lambda: _zip_entry("/etc/evil.csv", GOOD)),
    "zip_link": _bytes(lambda: _zip_entry("a.csv", b"/etc/passwd", mode=stat.S_IFLNK | 0o777)),
    "zip_password": _bytes(lambda: _zip_entry("a.csv", GOOD, flags=1)),
    "zip_bomb": _bytes(lambda: _zip_entry("a.csv", b"\0" * (64 << 20))),
    "zip_in_zip": _bytes(lambda: zip_of({"b.zip": zip_of({"a.csv": GOOD})})),
    "zip_cut_off": _bytes(lambda: zip_of({"a.csv": GOOD})[:-30]),
    "gzip_bomb": _bytes(lambda: _gzip(b"a" * (64 << 20))),
    "xlsx_entities": _entities,
    "xlsx_far_cell": _far_cell,
    "xlsx_cut_off": _bytes(lambda: xlsx_of(("s", grid(students(3))))[:900]),
    "xls_password": _bytes(lambda: xls_of([["a"]], stream="EncryptedPackage")),
    "hundred_thousand_columns": _bytes(_wide),
    "endless_line": endless,
    "symbolic_link": _link,
    "half_written": _bytes(lambda: GOOD),
    "left_open": _bytes(lambda: b"\x05zoo"),
    "growing": _bytes(lambda: GOOD),
    "rar": _bytes(lambda: b"Rar!\x1a\x07\x00 x"),
    "empty": _bytes(lambda: b"\xef\xbb\xbf \r\n"),
    "name_with_sql": _bytes(lambda: GOOD),
    "parquet_table": _bytes(_typed),
    "parquet_cut_off": _bytes(lambda: parquet_of(students(3))[:-10]),
    "parquet_damaged": _bytes(lambda: (made := parquet_of(students(3)))[:4] + b"\0" * 200 + made[204:]),
    "parquet_encrypted": _bytes(lambda: b"PARE" + b"\0" * 60 + b"PARE"),
    "parquet_bomb": _bytes(_claims),
    "release": _bytes(lambda: _release("2025-10-14-84f7474c92c4/", "329905", "2132995001:1101", **RELEASED)),
    "release_of_another_area": _bytes(lambda: _release("", "329905", "2132995001")),
    "release_with_rows_of_others": _bytes(lambda: _release("", "329900", "329905", "320000", "2133995001")),
    "release_without_manifest": _bytes(lambda: _indicators("329905")),
    "release_with_another_manifest": _bytes(lambda: _indicators("329905", "2132995001")),
    "something_beside_a_release": _bytes("王小明说\n明天发\n".encode),
}  # fmt: skip


def grow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the growing file grow while it is looked at."""
    looked = landing.sha256_of

    def slowly(path: Path) -> str:
        found = looked(path)
        with path.open("ab") as file:
            file.write(b"more\r\n")
        os.utime(path, (1, 1))
        return found

    monkeypatch.setattr(landing, "sha256_of", slowly)


def outside(desk: Desk) -> list[Path]:
    """Whatever a hostile name has written beside the desk."""
    return [*desk.root.parent.rglob("evil*"), *Path("/etc").glob("evil*")]
