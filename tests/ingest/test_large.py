"""Texts in three ways (as columns in pieces, as columns at once, cell by cell): the same rows, and none is lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ingest.readers import delimited
from ingest.reading import read_files
from ingest.tables import row_buffer, small_files
from tests.ingest.makers import HOMEWORK, Desk, csv_of, csv_text, grid, json_lines, record

CSV = f"{HOMEWORK}/homework_a_20251014.csv"
LINES = "homework_b/records/homework_b_20251014.jsonl"
ALWAYS, NEVER = (dict.fromkeys(("text", "json"), size) for size in (-1, 1 << 40))
ALL = "record_id, title, actual_minutes, submitted_at, planned_minutes"


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every text counts as large."""
    monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", ALWAYS)


@pytest.fixture
def ways(monkeypatch: pytest.MonkeyPatch) -> Callable[[], Iterator[str]]:
    """Each way in turn."""

    def each() -> Iterator[str]:
        monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", ALWAYS)
        yield "large"
        monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", NEVER)
        yield "small"
        monkeypatch.setattr(read_files.Reader, "_even_csv", lambda *_: [])
        yield "cell by cell"

    return each


@pytest.fixture
def even(monkeypatch: pytest.MonkeyPatch) -> None:
    """No text may be read cell by cell."""

    def fail(*_: Any) -> None:
        raise AssertionError("this text is even, and was read cell by cell")

    monkeypatch.setattr(delimited, "rows", fail)


def loaded(desk: Desk, path: str, content: bytes) -> list[tuple[Any, ...]]:
    desk.put(path, content)
    (desk.found,) = desk.read().values()  # type: ignore[attr-defined]
    return desk.left(path.rsplit("/", 1)[0], f"_row_number, {ALL}, _row_hash")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_every_way_gives_the_same_rows_with_the_same_hash(desk_of, house, ways, encoding: str):
    rows = [
        record(n, 作业名称=title)
        for n, title in enumerate(["阅读，第3课", ' "引" ', "两\n行", "", "逗,号", "=1+1", "  "])
    ]
    found = [loaded(desk_of(house), CSV, csv_of(rows, encoding)) for _ in ways()]
    assert found[0] == found[1] == found[2]
    assert [row[0] for row in found[0]] == list(range(2, 9))
    assert [row[2] for row in found[0]] == ["阅读，第3课", ' "引" ', "两\n行", None, "逗,号", "=1+1", "  "]


def test_an_even_text_is_not_read_cell_by_cell(desk: Desk, large, even):
    assert len(loaded(desk, CSV, csv_of([record(n) for n in range(50)]))) == 50


def test_row_numbers_count_titles_headers_and_rows_that_are_skipped(desk: Desk, large, even):
    cells = grid([record(n) for n in range(5)])
    blank = [""] * len(cells[0])
    cells = [["作业\n记录", *blank[1:]], cells[0], *cells[1:3], blank, *cells[3:5], ["合计", *blank[1:]], cells[5]]
    assert [row[0] for row in loaded(desk, CSV, csv_text(cells).encode())] == [3, 4, 6, 7, 9]
    assert desk.found[:6] == ("loaded", 7, 5, 0, 0, {"blank": 1, "total": 1})


@pytest.mark.parametrize(("spoil", "counts"), [
    (lambda text: text.replace("A00000002,Z0", "A00000002,Z0,"), ("loaded", 5, 4, 1, 0, {})),
    (lambda text: text.replace("\r\nA00000002", "\r\n\r\nA00000002"), ("loaded", 6, 5, 0, 0, {"blank": 1})),
    (lambda text: text + "\r\n\r\n", ("loaded", 7, 5, 0, 0, {"blank": 2})),
    (lambda text: text.replace("\r\nA00000002", "\nA00000002"), ("loaded", 5, 5, 0, 0, {})),
    (lambda text: text.replace("A00000002,", 'A0000"0002,'), ("loaded", 5, 5, 0, 0, {})),
    (lambda text: text[: text.rindex(",")], ("loaded", 5, 5, 0, 0, {})),
])  # fmt: skip
def test_an_uneven_text_loses_no_row(desk_of, house, ways, spoil: Callable[[str], str], counts: tuple[Any, ...]):
    text = csv_of([record(n, 提交时间="") for n in range(5)]).decode()
    for way in ways():
        desk = desk_of(house)
        loaded(desk, CSV, spoil(text).encode())
        assert desk.found[:6] == counts, way


def test_many_rows_cell_by_cell_do_not_stay_in_memory(desk: Desk, large, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(row_buffer, "MAX_ROWS_IN_MEMORY", 10)
    monkeypatch.setattr(delimited, "_PIECE_ROWS", 7)
    text = csv_of([record(n) for n in range(60)]).decode().replace("\r\nA00000030", "\r\n\r\nA00000030")
    rows = loaded(desk, CSV, text.encode())
    assert desk.found[:6] == ("loaded", 61, 60, 0, 0, {"blank": 1})
    assert [row[0] for row in rows] == [*range(2, 32), *range(33, 63)]


def test_many_files_large_and_small_are_read_a_few_ahead_and_gathered_in_their_order(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": 2000, "json": 2000})
    monkeypatch.setattr(read_files, "_AHEAD", 2)
    monkeypatch.setattr(small_files, "_ROW_GROUP_ROWS", 7)
    sizes = [3, 40, 5, 0, 4, 60, 2, 6]
    for n, size in enumerate(sizes):
        content = csv_of([record(100 * n + row) for row in range(size)]) if size else b"no table"
        desk.put(f"{HOMEWORK}/{n}_2025101{n}.csv", content)
    found = desk.read()
    assert [counts[1] or 0 for _, counts in sorted(found.items())] == sizes
    kept = desk.left(HOMEWORK, "_slice, record_id")
    assert kept == [(f"2025101{n}", f"A{100 * n + row:08d}") for n, size in enumerate(sizes) for row in range(size)]


def test_a_quotation_mark_that_does_not_close_refuses_a_large_text(desk: Desk, large):
    text = csv_of([record(n) for n in range(5)]).decode().replace("A00000002,", '"A00000002,')
    loaded(desk, CSV, text.encode())
    assert desk.found[0] == "refused"
    assert "quotation mark that does not close" in desk.found[-1]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
def test_a_damaged_character_far_inside_a_large_text_costs_its_cell(desk: Desk, large, encoding: str):
    content = csv_of([record(n) for n in range(5)], encoding)
    cell = "阅读，第3课".encode(encoding)
    place = content.rindex(cell)
    loaded(desk, CSV, content[: place + 1] + content[place + len(cell) :])
    assert desk.found[:4] == ("loaded", 5, 5, 0)
    assert desk.left(HOMEWORK, "rule, value", "problems") == [("damaged_character", "\ufffd")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("envelope", ['{{"code": 0, "data": [{}]}}', "[{}]"], ids=["envelope", "list"])
def test_json_in_one_line_of_any_length_is_read(desk_of, house, envelope: str, encoding: str):
    objects = json_lines([record(n, 记录编号=f"B{n}") for n in range(6000)]).decode().strip().replace("\n", ",")
    content = envelope.format(objects).encode(encoding)
    assert len(content) > 1 << 20
    found = loaded(desk_of(house), "homework_b/records/homework_b_20251014.json", content)
    assert len(found) == 6000


def test_json_lines_in_both_ways_give_the_same_rows(desk_of, house, monkeypatch: pytest.MonkeyPatch):
    rows: list[dict[str, Any]] = [record(n, 记录编号=f"B{n}") for n in range(6)]
    rows[1] |= {"实际时长": 7, "计划时长": 7.50}
    rows[2] |= {"作业名称": None, "是否书面": True}
    del rows[3]["作业名称"]
    found = []
    for size in (ALWAYS, NEVER):
        monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", size)
        found.append(loaded(desk_of(house), LINES, json_lines(rows)))
    assert found[0] == found[1]
    assert [row[3] for row in found[0]] == ["10", "7", "12", "13", "14", "15"]
    assert [row[0] for row in found[0]] == [1, 2, 3, 4, 5, 6]


def test_a_broken_line_is_one_row_in_quarantine(desk: Desk, large):
    lines = json_lines([record(n, 记录编号=f"B{n}") for n in range(4)]).split(b"\n")
    lines[1] = lines[1][:-5]
    rows = loaded(desk, LINES, b"\n".join(lines))
    assert [row[0] for row in rows] == [1, 3, 4]
    assert desk.found[:6] == ("loaded", 4, 3, 1, 0, {})
    assert desk.left("homework_b/records", "row_number, row_key, rule, severity", "problems") == [
        (2, "row:2", "surplus_cells", "row")
    ]


def test_a_key_that_only_later_objects_have_is_read(desk: Desk, large):
    rows = [record(n, 记录编号=f"B{n}") for n in range(3)]
    del rows[0]["实际时长"], rows[1]["实际时长"]
    content = json_lines(rows[:2]) * 600 + json_lines(rows[2:])
    loaded(desk, LINES, content)
    assert desk.left("homework_b/records", "record_id, actual_minutes")[-1] == ("B2", "12")


def test_a_large_text_leaves_nothing_in_the_scratch(desk: Desk, large, tmp_path: Path):
    loaded(desk, CSV, csv_of([record(n) for n in range(50)]))
    left = {p.name for p in (desk.work() / "homework_a__records").iterdir()}
    assert left == {"accepted.parquet", "deleted.parquet", "problems.parquet", "deliveries.json", "filled.json"}
