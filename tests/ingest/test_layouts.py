"""Layouts by version: with a header, by the order of the columns, in fixed width; which one a file was met in."""

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from common.night_files import FeedFiles
from ingest.reading import read_files
from ingest.reading.read_feed import read_deliveries
from registry import Register
from registry.model import Column, Feed, Label, Layout
from tests.ingest.makers import SCHOOL, Desk, csv_text, id_number, with_feed, xlsx_of

LABEL = Label(zh="刷卡", en="cards")
COLUMNS = (
    Column(name="number", headers=("学籍号",), type="student_number", required=True, filled=True, severity="row"),
    Column(name="day", headers=("日期", "date"), type="date", required=True, filled=True),
    Column(name="place", headers=("地点",)),
    Column(name="sex", headers=("性别",), type="code", code_set="sex", required=True),
)
HEADED = (
    Layout(version="2023", required=("number", "day")),
    Layout(version="2025", required=("number", "day", "sex")),
)
ORDER = Layout(version="plain", found_by="order", order=("day", "number", "", "sex"))
PLACES = Layout(
    version="places",
    found_by="position",
    positions={"number": (1, 19), "day": (21, 8), "place": (30, 6), "sex": (36, 1)},
)
ROWS = [(f"G{id_number(n)}", f"2025-10-{n + 1:02d}", f"东门{n}", "男" if n % 2 else "女") for n in range(20)]
LINES = [f"{number} {day.replace('-', '')} {place:　<6}{sex}" for number, day, place, sex in ROWS]

Opened = Callable[[Sequence[Layout]], Desk]


@pytest.fixture
def opened(desk_of: Callable[[Register], Desk], house: Register) -> Opened:
    def make(layouts: Sequence[Layout]) -> Desk:
        feed = Feed(
            id="cards/events", label=LABEL, grain=LABEL, batch="snapshot", key=("number", "day"), columns=COLUMNS,
            layouts=tuple(layouts),
        )  # fmt: skip
        return desk_of(with_feed(house, feed))

    return make


def put(desk: Desk, content: str | bytes, name: str = "a.csv") -> tuple[str, str | None, int | None, int | None, str]:
    """Status, layout, rows read and loaded, reason."""
    desk.put(f"cards/events/{name}", content.encode() if isinstance(content, str) else content)
    desk.read()
    (found,) = read_deliveries(FeedFiles(desk.work() / "cards__events"))
    return found.status, found.layout, found.rows_read, found.rows_loaded, found.reason or ""


def ordered(rows: Sequence[tuple[str, ...]] = ROWS) -> list[list[str]]:
    return [[day, number, "x", sex] for number, day, _, sex in rows]


@pytest.mark.parametrize(("headers", "version"), [
    (("学籍号", "日期", "地点", "性别"), "2025"), (("学籍号", "日期", "地点", "其他"), "2023"),
])  # fmt: skip
def test_the_version_with_most_of_its_columns_there_is_met(opened: Opened, headers: tuple[str, ...], version: str):
    desk = opened(HEADED)
    assert put(desk, csv_text([headers, *ROWS])) == ("loaded", version, 20, 20, "")
    assert {rule for (rule,) in desk.left("cards/events", "rule", "problems")} <= {"unknown_column"}, (
        "a column that this version need not have is not missing"
    )


@pytest.mark.parametrize(("headers", "version"), [
    (("学籍号", "日期", "地点", "性别"), "ours"), (("学籍号", "ＤＡＴＥ ", "地点", "性别"), "theirs"),
])  # fmt: skip
def test_versions_with_the_same_columns_are_told_apart_by_their_headers(
    opened: Opened, headers: tuple[str, ...], version: str
):
    desk = opened([Layout(version="ours"), Layout(version="theirs", headers=("date",))])
    assert put(desk, csv_text([headers, *ROWS])) == ("loaded", version, 20, 20, "")


def test_a_header_that_no_version_has_is_refused(opened: Opened):
    status, *_, reason = put(opened(HEADED), csv_text([("学籍号", "地点", "其他", "性别"), *ROWS]))
    assert status == "refused"
    assert "its header lacks 日期" in reason


@pytest.mark.parametrize("separator", [",", "\t", ";", "|"])
@pytest.mark.parametrize("large", [False, True])
def test_a_file_without_a_header_is_read_by_the_order_of_its_columns(
    opened: Opened, separator: str, large: bool, monkeypatch: pytest.MonkeyPatch
):
    if large:
        monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": -1, "json": -1})
    desk = opened([*HEADED, ORDER])
    assert put(desk, csv_text(ordered(), separator)) == ("loaded", "plain", 20, 20, "")
    assert desk.left("cards/events", "number, day, place, sex, _row_number")[0] == (
        ROWS[0][0], ROWS[0][1], None, "女", 1,
    )  # fmt: skip


def test_the_header_wins_where_a_feed_has_both(opened: Opened):
    assert put(opened([ORDER, *HEADED]), csv_text([("日期", "学籍号", "地点", "性别"), *ordered()]))[:2] == (
        "loaded", "2025",
    )  # fmt: skip


@pytest.mark.parametrize(("cells", "told"), [
    ([[*row, ""] for row in ordered()], "its rows have 5 cells and not 4"),
    ([[row[1], row[0], *row[2:]] for row in ordered()], "only 0 of its first 17 rows hold 学籍号 (student_number)"),
    ([[*row[:3], "乙"] for row in ordered()], "hold 性别 (code) in place 4"),
    ([["日期", "学籍号", "地点", "性别"], *ordered()], "it begins with a header"),
    ([["", "", "x", ""]] * 20, "rows hold"),
])  # fmt: skip
def test_a_file_of_another_feed_is_not_taken_for_one_without_a_header(
    opened: Opened, cells: list[list[str]], told: str
):
    status, layout, *_, reason = put(opened([ORDER]), csv_text(cells))
    assert (status, layout) == ("refused", None)
    assert "is no file of cards/events in layout plain" in reason
    assert told in reason


def test_a_bad_row_among_good_ones_is_quarantined_and_does_not_refuse_the_file(opened: Opened):
    cells = ordered()
    cells[3][1] = "G1"
    cells[5].append("more")
    assert put(opened([ORDER]), csv_text(cells))[:4] == ("loaded", "plain", 20, 18)


def test_a_workbook_without_a_header_is_read_in_order_too(opened: Opened):
    assert put(opened([ORDER]), xlsx_of(("s", ordered())), "a.xlsx")[:4] == ("loaded", "plain", 20, 20)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("large", [False, True])
def test_fixed_width_is_cut_by_characters_whatever_their_bytes(
    opened: Opened, encoding: str, large: bool, monkeypatch: pytest.MonkeyPatch
):
    if large:
        monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": -1, "json": -1})
    desk = opened([PLACES])
    assert put(desk, "\r\n".join(LINES).encode(encoding), "a.txt") == ("loaded", "places", 20, 20, "")
    assert desk.left("cards/events", "number, day, place, sex")[0] == (ROWS[0][0], "20251001", "东门0", "女")


def test_a_short_line_has_blank_cells_and_a_long_one_is_quarantined(opened: Opened):
    lines = [*LINES[:17], LINES[17][:28], LINES[18] + "more", ""]
    desk = opened([*HEADED, PLACES])
    assert put(desk, "\n".join(lines) + "\n\x1a", "a.txt")[1:4] == ("places", 21, 18)
    assert (None, None) in desk.left("cards/events", "place, sex")
    assert ("surplus_cells", 19) in desk.left("cards/events", "rule, row_number", "problems")
    assert read_deliveries(FeedFiles(desk.work() / "cards__events"))[0].skipped == {"blank": 2}


@pytest.mark.parametrize(
    "content", [csv_text(ordered()), "\n".join(line[1:] for line in LINES), "\n".join(["x" * 60] * 9)]
)
def test_lines_that_do_not_fit_their_places_are_refused(opened: Opened, content: str):
    status, *_, reason = put(opened([PLACES]), content, "a.txt")
    assert status == "refused"
    assert "is no file of cards/events in layout places" in reason


def test_all_ways_in_which_a_file_does_not_fit_are_told_in_one_sentence(opened: Opened):
    *_, reason = put(opened([*HEADED, ORDER, PLACES]), "1,2\n3,4\n")
    assert reason.count(f"{SCHOOL}") == 0
    for told in ("has no header", "layout plain", "layout places"):
        assert told in reason


def test_the_lake_records_which_version_was_met(opened: Opened):
    desk = opened([*HEADED, ORDER])
    desk.put("cards/events/a.csv", csv_text(ordered()).encode())
    desk.night()
    assert desk.ask("SELECT layout FROM lake.intake.delivery") == [("plain",)]


def test_a_lake_of_old_gets_what_it_lacks_and_is_not_taken_for_a_new_one(opened: Opened):
    desk = opened(HEADED)
    desk.put("cards/events/old.csv", csv_text([("学籍号", "日期"), ("G1", "")]).encode())
    desk.night(date(2025, 10, 14))
    desk.ask("ALTER TABLE lake.intake.delivery DROP COLUMN layout")
    desk.ask("ALTER TABLE lake.intake.problem DROP COLUMN candidate")
    desk.ask("ALTER TABLE lake.intake.problem DROP COLUMN placed_on")
    desk.ask("DROP TABLE lake.intake.problem_before")
    assert [a.unchanged for a in desk.find()] == [True]
    desk.clear()
    desk.put("cards/events/a.csv", csv_text([("学籍号", "日期"), *((r[0], r[1]) for r in ROWS), ("G1", "")]).encode())
    desk.night()
    assert desk.ask("SELECT layout FROM lake.intake.delivery WHERE file_name LIKE '%a.csv'") == [("2023",)]
    placed = desk.ask("SELECT DISTINCT known_from, placed_on FROM lake.intake.problem WHERE known_to IS NULL")
    assert placed
    assert all(placed_on == known_from for known_from, placed_on in placed)


@pytest.mark.parametrize("end", ["", "  7", "7 of it"])
def test_the_end_of_a_line_that_is_declared_and_not_read_costs_nothing(opened: Opened, end: str):
    layout = PLACES.model_copy(update={"line_length": 43})
    assert put(opened([layout]), "\n".join(line + end for line in LINES), "a.txt")[:4] == ("loaded", "places", 20, 20)
    assert put(opened([layout]), "\n".join(f"{line}{'x' * 8}" for line in LINES), "a.txt")[0] == "refused"
