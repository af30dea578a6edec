"""Hostile and broken input: refused in a sentence, nothing outside the lake touched, the rest of the night goes on."""

import io
import stat
import struct
import subprocess
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

import pytest

import ingest
from ingest.archives import bounds, format_of_file, oneroster_manifest
from ingest.decoding import gb18030_pool, utf8_copy
from ingest.readers import delimited, workbook
from ingest.readers.workbook import Workbooks
from ingest.reading import read_files
from registry import Register
from tests.ingest.binary_workbooks import xls_of
from tests.ingest.makers import (
    SCHOOL,
    STUDENTS,
    Desk,
    csv_of,
    csv_text,
    grid,
    json_lines,
    student,
    students,
    xlsx_of,
    zip_of,
)
from tests.ingest.test_inbox import two_feeds

GOOD = f"{STUDENTS}/2132990009.csv"
ZIP = f"{STUDENTS}/all.zip"
WITHIN_LIMITS = "cannot be read as a workbook within the limits of memory and time: export the table as csv."


def refused(desk: Desk, path: str, content: bytes) -> str:
    """The sentence by which a file is refused, while a good one beside it is loaded."""
    desk.put(path, content)
    desk.put(GOOD, csv_of(students(2, 学校标识码="2132990009")))
    deliveries = desk.read()
    found = {name: d for name, d in deliveries.items() if name.startswith(path)}
    assert deliveries[GOOD][:3] == ("loaded", 2, 2)
    assert {d[0] for d in found.values()} == {"refused"}
    (reason,) = {d[-1] for d in found.values()}
    assert reason.endswith(".")
    return str(reason)


def zip_with(name: str, *, mode: int = 0, content: bytes = b"x", flags: int = 0) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        entry = zipfile.ZipInfo("placeholder")
        entry.filename = name
        entry.external_attr = mode << 16
        made.writestr(entry, content, zipfile.ZIP_DEFLATED)
    packed = bytearray(buffer.getvalue())
    if flags:
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            packed[packed.index(signature) + offset] |= flags
    return bytes(packed)


@pytest.mark.parametrize(
    "name", ["../../evil.csv", "/etc/evil.csv", "..\\evil.csv", "C:\\evil.csv", "a/../../evil.csv"]
)
def test_a_zip_whose_names_lead_outside_is_refused_and_writes_nothing(desk: Desk, name: str):
    reason = refused(desk, ZIP, zip_with(name, content=csv_of(students(2))))
    assert "whose name leads outside the zip" in reason
    assert not list(desk.root.parent.rglob("evil*"))
    assert not Path("/etc/evil.csv").exists()


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda: zip_with("a.csv", mode=stat.S_IFLNK | 0o777, content=b"/etc/passwd"), "holds a symbolic link"),
        (lambda: zip_with("a.csv", flags=1), "protected by a password"),
        (lambda: zip_of({"b.zip": zip_of({"a.csv": "x"})}), "is a zip inside a zip"),
        (lambda: zip_of({}), "is a zip without files"),
        (lambda: zip_of({"a.csv": csv_of(students(9))})[:-30], "truncated or damaged"),
        (lambda: zip_with("a.csv", content=b"\0" * (64 << 20)), "unpacks to 250 times its size"),
    ],
)
def test_a_zip_that_is_not_what_it_should_be_is_refused(desk: Desk, made: Callable[[], bytes], reason: str):
    assert reason in refused(desk, ZIP, made())


def test_a_damaged_file_of_a_zip_is_refused_alone(desk: Desk):
    content = bytearray(zip_of({f"{SCHOOL}.csv": csv_of(students(40)), "2132990002.csv": csv_of(
        students(2, start=50, 学校标识码="2132990002"))}))  # fmt: skip
    content[120] ^= 0xFF
    desk.put(ZIP, bytes(content))
    found = desk.read()
    assert [d[0] for _, d in sorted(found.items())] == ["refused", "loaded"]
    assert "damaged inside the zip" in found[f"{ZIP}#{SCHOOL}.csv"][-1]


def test_too_many_files_are_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds, "MAX_MEMBERS", 3)
    assert "holds 4 files or more, and 3 are read" in refused(desk, ZIP, zip_of({f"{n}.csv": "x" for n in range(4)}))


def test_a_list_of_a_hundred_thousand_files_is_refused_before_it_is_read(tmp_path: Path):
    entry = b"PK\x01\x02" + bytes(42)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 65_535, 65_535, 100_000 * len(entry), 0, 0)
    (tmp_path / "many.zip").write_bytes(b"PK\x03\x04" + entry * 100_000 + end)
    with (
        patch.object(zipfile, "ZipFile", side_effect=AssertionError("the list was read")),
        pytest.raises(read_files.Refused, match="65,535 files or more"),
    ):
        format_of_file.kind_of(tmp_path / "many.zip")


def zip64_of(members: dict[str, bytes | str], decoy: bytes = b"", **said: int) -> bytes:
    """A zip as Go writes one of more than 4 GiB: its end record has no room, and a ZIP64 record says what there is.

    `said`: what that record says instead, and as `told` and `told_size` the end record. `decoy`: another record, to
    which the locator points.
    """
    plain = zip_of(members)
    _, _, _, _, count, size, offset, _ = struct.unpack("<4s4H2LH", plain[-22:])
    count, size = said.get("count", count), said.get("size", size)
    told, told_size = said.get("told", 0xFFFF), said.get("told_size", 0xFFFFFFFF)
    record = zip64_record(count, size, offset)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, len(plain) - 22, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, told, told, told_size, 0xFFFFFFFF, 0)
    return plain[:-22] + decoy + record + locator + end


def zip64_record(count: int, size: int, offset: int) -> bytes:
    return struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, size, offset)


def test_a_zip_of_zip64_is_judged_by_its_own_record(desk: Desk):
    content = zip64_of({f"{SCHOOL}.csv": csv_of(students(3))})
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.namelist() == [f"{SCHOOL}.csv"]
    desk.put(ZIP, content)
    (found,) = desk.read().values()
    assert found[:3] == ("loaded", 3, 3)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (zip64_of({"a.csv": "x"}, count=100_000), "100,000 files or more"),
        (zip64_of({"a.csv": "x"}, size=17 << 20), "a list of files of more than 16 MiB"),
        (zip64_of({"a.csv": "x"}, decoy=zip64_record(1, 50, 0), count=100_000), "100,000 files or more"),
        (zip64_of({"a.csv": "x"}, decoy=zip64_record(100_000, 50, 0)), "100,000 files or more"),
        (zip64_of({"a.csv": "x"}, told=60_000, told_size=50), "60,000 files or more"),
        (zip64_of({"a.csv": "x"}, told=60_000), "60,000 files or more"),
        (zip64_of({"a.csv": "x"}, told_size=17 << 20), "a list of files of more than 16 MiB"),
        (zip64_of({"a.csv": "x"}).replace(b"PK\x06\x07", b"PK\x06\x08"), "65,535 files or more"),
        (zip64_of({"a.csv": "x"}).replace(b"PK\x06\x06", b"PK\x06\x08"), "65,535 files or more"),
    ],
)
def test_too_many_files_by_zip64_are_refused_before_their_list_is_read(tmp_path: Path, content: bytes, reason: str):
    (tmp_path / "many.zip").write_bytes(content)
    with (
        patch.object(zipfile, "ZipFile", side_effect=AssertionError("the list was read")),
        pytest.raises(read_files.Refused, match=reason),
    ):
        format_of_file.kind_of(tmp_path / "many.zip")


def test_the_files_of_a_zip_are_looked_through_once_and_not_once_for_each_of_them(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    looks = []
    plain = oneroster_manifest.is_manifest
    monkeypatch.setattr(oneroster_manifest, "is_manifest", lambda name: looks.append(name) or plain(name))
    desk.put(ZIP, zip_of({f"{n}.csv": csv_of(students(1, start=n)) for n in range(20)}))
    assert len(desk.read()) == 20
    assert len(looks) <= 5 * 20


def test_a_zip_that_takes_too_long_is_refused_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(bounds, "MAX_SECONDS", -1)
    assert "takes more than -1 seconds to unpack" in refused(desk, ZIP, zip_of({"a.csv": csv_of(students(2))}))


def test_a_workbook_that_takes_too_long_is_refused_and_its_reader_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bounds, "MAX_SECONDS", 0)
    book = tmp_path / "a.xlsx"
    book.write_bytes(xlsx_of(("a", grid(students(2)))))
    with Workbooks() as books, pytest.raises(read_files.Refused, match="within the limits of memory and time"):
        list(books.sheets(book))


def dying(monkeypatch: pytest.MonkeyPatch, owner: object, name: str, deaths: int) -> list[object]:
    """Kill the first processes that the function of this name starts; those that it has started."""
    started, start = [], getattr(owner, name)

    def killed(*arguments: object) -> object:
        started.append(process := start(*arguments))
        if len(started) <= deaths:
            process.kill()
            process.wait()
        return process

    monkeypatch.setattr(owner, name, killed)
    return started


def test_a_timeout_whose_thread_goes_on_late_is_no_kill_from_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    kill = subprocess.Popen.kill

    def killed_late(worker: "subprocess.Popen[bytes]") -> None:
        kill(worker)
        if threading.current_thread() is not threading.main_thread():
            time.sleep(0.5)

    monkeypatch.setattr(subprocess.Popen, "kill", killed_late)
    monkeypatch.setattr(bounds, "MAX_SECONDS", 0)
    book = tmp_path / "a.xlsx"
    book.write_bytes(xlsx_of(("a", grid(students(2)))))
    with Workbooks() as books, pytest.raises(read_files.Refused, match="within the limits of memory and time"):
        list(books.sheets(book))


def test_a_reader_that_is_ended_after_its_last_row_is_given_no_other_workbook(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    end = workbook._Watch.end

    def end_late(watch: workbook._Watch, worker: "subprocess.Popen[bytes]") -> None:
        monkeypatch.setattr(workbook._Watch, "end", end)
        watch._overdue.add(worker)
        worker.kill()
        worker.wait()
        end(watch, worker)

    monkeypatch.setattr(workbook._Watch, "end", end_late)
    book = tmp_path / "a.xlsx"
    book.write_bytes(xlsx_of(("a", grid(students(2)))))
    with Workbooks() as books:
        for _ in range(2):
            assert [[len(piece) for piece in sheet.pieces] for sheet in books.sheets(book)] == [[3]]


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_workbook_whose_reader_is_killed_is_read_once_more(desk: Desk, monkeypatch: pytest.MonkeyPatch, deaths: int):
    started = dying(monkeypatch, Workbooks, "_worker", deaths)
    desk.put(f"{STUDENTS}/{SCHOOL}.xlsx", xlsx_of(("a", grid(students(2)))))
    ((status, *_, reason),) = desk.read().values()
    assert (status, len(started)) == ("loaded" if deaths == 1 else "refused", 2)
    assert deaths == 1 or reason.endswith(f"{SCHOOL}.xlsx {WITHIN_LIMITS}")
    assert not any("fault of the program" in line for line in ingest.alarms(desk.work(), desk.register))


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_workbook_whose_reader_is_killed_is_looked_into_once_more_for_its_feed(
    house: Register, desk_of: Callable[[Register], Desk], monkeypatch: pytest.MonkeyPatch, deaths: int
):
    started, desk = dying(monkeypatch, Workbooks, "_worker", deaths), desk_of(two_feeds(house))
    desk.put("student_registry/a.xlsx", xlsx_of(("a", grid(students(2)))))
    desk.put(GOOD, csv_of(students(2, 学校标识码="2132990009")))
    feeds = {arrival.path: (arrival.feed, arrival.refusal) for arrival in desk.find()}
    found = (STUDENTS, None) if deaths == 1 else ("", WITHIN_LIMITS)
    assert (feeds, len(started)) == ({GOOD: (STUDENTS, None), "student_registry/a.xlsx": found}, 2)


@pytest.mark.parametrize("deaths", [1, 2])
def test_a_text_whose_decoder_is_killed_is_read_once_more(desk: Desk, monkeypatch: pytest.MonkeyPatch, deaths: int):
    monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": -1, "json": -1})
    monkeypatch.setattr(utf8_copy, "_PARALLEL_FROM_BYTES", -1)
    started = dying(monkeypatch, gb18030_pool, "_start", deaths)
    desk.put(f"{STUDENTS}/{SCHOOL}.json", json_lines(students(2)).decode().encode("gb18030"))
    ((status, *_, reason),) = desk.read().values()
    assert (status, len(started)) == ("loaded" if deaths == 1 else "refused", 2)
    assert deaths == 1 or reason.endswith("cannot be decoded within the limits of memory: export it as UTF-8.")


@pytest.mark.parametrize("part", ["xl/workbook.xml", "xl/workbook.bin", "content.xml"])
def test_a_workbook_that_unpacks_to_far_more_than_it_has_is_refused(
    desk: Desk, part: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bounds, "UNLIMITED_RATIO_BYTES", 1 << 10)
    bomb = zip_of({"mimetype": "x", part: "<x", "xl/worksheets/sheet1.xml": b"\0" * (1 << 20)})
    assert "sheet1.xml, which unpacks to 250 times its size" in refused(desk, f"{STUDENTS}/{SCHOOL}.xlsx", bomb)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"\xef\xbb\xbf \r\n", "is empty"),
        (b"%PDF-1.7 x", "is a PDF document"),
        (b"Rar!\x1a\x07", "is a RAR archive"),
        (b"\x1f\x8b\x08 x", "is a damaged gzip file"),
        (b"\x89PNG\r\n", "is an image"),
        (bytes(range(1, 256)) * 30, "no table of a known format"),
        (b"<?xml version='1.0'?><!DOCTYPE l [<!ENTITY a 'aaaa'>]><l>&a;</l>", "is an XML file"),
        (b"<html><body>log in first</body></html>", "is a web page without a table"),
        (b"PK\x03\x04 cut off", "truncated or damaged"),
        (zip_of({"[Content_Types].xml": "x", "word/document.xml": "x"}), "without sheets"),
        (zip_of({"xl/workbook.xml": "<x"}), "is a damaged workbook"),
        (xls_of([["a"]])[:600], "truncated"),
        (xls_of([["a"]], stream="EncryptedPackage"), "is protected by a password"),
        (b"[1, 2, 3]", "is neither a json list of objects nor json-lines"),
        (b"[" * 100_000, "nested too deep"),
        (b'{"a": [{"x":1}], "b": [{"y":1}]}', "is json with 2 lists of objects"),
        ("姓名,学籍号\r\n张三,G1\r\n".encode(), "its header lacks 学校标识码"),
        (b"just some words", "has no header"),
        ('学校标识码,"姓名\r\n1,2\r\n3,4,5\r\n'.encode(), "quotation mark that does not close"),
    ],
)
def test_a_file_that_is_no_table_of_the_feed_is_refused(desk: Desk, content: bytes, reason: str):
    assert reason in refused(desk, f"{STUDENTS}/{SCHOOL}.xls", content)


def test_entities_of_a_workbook_are_not_expanded(desk: Desk, tmp_path: Path):
    lol = (
        '<!DOCTYPE w [<!ENTITY a "0123456789"><!ENTITY b "' + "&a;" * 10 + '"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    )
    whole = xlsx_of(("s", grid(students(1))))
    with zipfile.ZipFile(io.BytesIO(whole)) as made:
        parts = {n: made.read(n) for n in made.namelist()}
    text = parts["xl/sharedStrings.xml"].decode()
    parts["xl/sharedStrings.xml"] = text.replace("<sst", f"{lol}<sst").replace("书院路0号", "&b;&f;").encode()
    desk.put(f"{STUDENTS}/{SCHOOL}.xlsx", zip_of(parts))
    ((status, *_),) = desk.read().values()
    stored = str(desk.left(STUDENTS, "residence"))
    assert status in ("refused", "loaded")
    assert "root:" not in stored
    assert "0123456789" not in stored


def test_a_sheet_that_asks_for_all_memory_is_refused_and_the_next_is_read(tmp_path: Path):
    huge, plain = tmp_path / "huge.xlsx", tmp_path / "plain.xlsx"
    rows = [["a"]] + [[]] * 3
    content = xlsx_of(("s", rows))
    with zipfile.ZipFile(io.BytesIO(content)) as made:
        parts = {n: made.read(n) for n in made.namelist()}
    sheet = parts["xl/worksheets/sheet1.xml"].decode()
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts["xl/worksheets/sheet1.xml"] = sheet.replace("</sheetData>", far).encode()
    huge.write_bytes(zip_of(parts))
    plain.write_bytes(content)
    with Workbooks(memory_bytes=1 << 30) as books:
        with pytest.raises(read_files.Refused, match="within the limits of memory"):
            list(books.sheets(huge))
        assert [s.name for s in books.sheets(plain)] == ["s"]


def test_a_hundred_thousand_columns_are_refused(desk: Desk):
    cells = grid(students(2))
    wide = [[*cells[0], *(f"列{n}" for n in range(100_000))], *cells[1:]]
    assert "no feed has more than 5000" in refused(desk, f"{STUDENTS}/{SCHOOL}.csv", csv_text(wide).encode())


def test_a_line_that_never_ends_is_refused_within_bounded_memory(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": -1, "json": -1})
    reason = refused(desk, f"{STUDENTS}/{SCHOOL}.csv", b"a" * (3 << 20))
    assert "begins with a line of more than 1 MiB" in reason


def test_a_cell_that_never_ends_is_refused(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": -1, "json": -1})
    monkeypatch.setattr(delimited, "_MAX_LINE_CHARACTERS", 1 << 20)
    content = csv_of([student(0), student(1, 现住址="x" * (5 << 20))])
    assert "has a line of more than 1 million characters" in refused(desk, f"{STUDENTS}/{SCHOOL}.csv", content)


NASTY = [
    "=cmd|'/c calc'!A1",
    "+1",
    "-1",
    "@sum(a)",
    "'; DROP TABLE lake.raw.x; --",
    'a"b',
    "a'b",
    "\\",
    "{x}",
    "%s",
    "<b>",
    "a\x1fb",
]


@pytest.mark.parametrize("written", [csv_of, lambda rows: xlsx_of(("s';--", grid(rows)))])
def test_formulas_quotes_and_sql_are_values_like_others(desk: Desk, written: Callable[..., bytes]):
    rows = [student(n, 现住址=text, 姓名=f"李{text}") for n, text in enumerate(NASTY)]
    desk.put(f"{STUDENTS}/{SCHOOL}'; drop.csv", written(rows))
    desk.night()
    assert desk.only()[:4] == ("loaded", len(NASTY), len(NASTY), 0)
    assert {row for (row,) in desk.current(STUDENTS, "residence")} == set(NASTY)


def test_headers_with_quotes_and_sql_are_names_like_others(desk: Desk):
    nasty = ['a"b', "x'; DROP TABLE y; --", "{}", '语文"分', "a,b"]
    cells = [["学籍号", "姓名", *nasty], [student(0)["学籍号"], "李梅", *"12345"]]
    cells = [[*row, extra] for row, extra in zip(cells, ("语文", "90"), strict=True)]
    desk.put(f"exams/results/2025-2026-1-m1-g4/{SCHOOL}.csv", csv_text(cells).encode())
    desk.read()
    ((marks,),) = desk.left("exams/results", "marks")
    assert marks == {'a"b': "1", "x';DROPTABLEy;--": "2", "{}": "3", '语文"分': "4", "a,b": "5",
                     "语文_得分|语文": "90"}  # fmt: skip


def test_bad_values_with_quotes_are_found_and_listed_as_they_are(desk: Desk):
    desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of([student(n, 就读方式=text) for n, text in enumerate(NASTY)]))
    desk.night()
    assert {p[5] for p in desk.problems()} == set(NASTY)


def test_half_of_a_character_in_json_is_no_crash(desk: Desk):
    content = ('[{"' + '","'.join(f'{k}":"{v}' for k, v in student(0, 现住址="\\ud800x").items()) + '"}]').encode()
    desk.put(f"{STUDENTS}/{SCHOOL}.json", content)
    (found,) = desk.read().values()
    assert found[:3] == ("loaded", 1, 1)


def test_a_reader_that_fails_refuses_its_file_and_the_night_goes_on(desk: Desk, monkeypatch: pytest.MonkeyPatch):
    from ingest.readers import html

    def broken(*_: object) -> None:
        raise ZeroDivisionError("a fault of the program")

    monkeypatch.setattr(html, "sheets", broken)
    reason = refused(desk, f"{STUDENTS}/{SCHOOL}.html", b"<html><table><tr><td>a</table></html>")
    assert "cannot be read (ZeroDivisionError: a fault of the program)" in reason
    assert ["the reader of a file" in line for line in ingest.alarms(desk.work(), desk.register)] == [True]


def test_a_feed_of_which_nothing_could_be_read_raises_an_alarm(desk: Desk):
    desk.put(GOOD, b"%PDF-1.7 x")
    desk.put("homework_a/records/homework_a_20251014.csv", b"%PDF-1.7 x")
    desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of(students(2)))
    desk.read()
    (line,) = ingest.alarms(desk.work(), desk.register)
    whole = "every file of the night was refused (1), and its last good data (none yet) stays; the first: "
    assert line.startswith(f"作业记录(甲) / homework records (A) (homework_a/records), of 教研室: {whole}")
