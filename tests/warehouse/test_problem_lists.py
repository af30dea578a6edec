"""The lists of a night: which are written, when they are left alone, where they lie, and how they end."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from registry import Register
from warehouse import problem_lists
from warehouse.errors import ListError
from warehouse.lake import Lake
from warehouse.problem_lists import Summary, workbook

DAYS = [date(2025, 10, day) for day in (15, 16, 17)]
SCHOOL = "3132990001"
ENTRY = {
    "entry_id": "e1", "source": "student_registry", "organisation_code": SCHOOL, "organisation_name": "第一初级中学",
    "status": "open", "due": date(2025, 10, 29), "feed": "学生基础信息", "file_name": "s/students.xlsx", "member": None,
    "delivered": DAYS[0], "row_number": 7, "row_name": "张三", "row_key": "G1", "column_header": "出生日期",
    "value": "2015-02-30", "rule": "type_date", "rule_zh": "不是日期", "rule_en": "is no date", "effect": "该值未读入",
    "owner_value": None, "owner": None, "candidate": None,
    "remedy_zh": "改为真实日期", "remedy_en": "Give a real date", "opened": DAYS[0],
    "reopened": None, "seen": DAYS[0], "closed": None, "whole_row": "姓名：张三",
}  # fmt: skip
Writes = Callable[..., Summary]


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    """Only its places: the entries stand in a database beside it."""
    made = Lake(tmp_path / "lake")
    made.restricted.mkdir(parents=True)
    return made


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connected:
        connected.execute("attach ':memory:' as lake; create schema lake.conformed")
        yield connected


@pytest.fixture
def writes(lake: Lake, register: Register, connection: duckdb.DuckDBPyConnection) -> Writes:
    """A night: the model's rows as given (each a change of ENTRY), then the lists."""

    def night(day: date, *changes: dict[str, Any]) -> Summary:
        rows = [ENTRY | {"entry_id": f"e{n}"} | change for n, change in enumerate(changes)]
        kinds = {name: "date" if isinstance(value, date) else "varchar" for name, value in ENTRY.items()}
        kinds |= {"row_number": "bigint", "closed": "date", "reopened": "date"}
        told = ", ".join(f"{name} {kind}" for name, kind in kinds.items())
        connection.execute(f"create or replace table lake.conformed.problem_list_entries ({told})")
        for row in rows:
            marks = ", ".join("?" for _ in row)
            connection.execute(f"insert into lake.conformed.problem_list_entries values ({marks})", list(row.values()))
        return problem_lists.write(connection, lake, register, day)

    return night


def texts(path: Path, sheet: int = 0) -> list[list[Any]]:
    return [list(row) for row in openpyxl.load_workbook(path).worksheets[sheet].iter_rows(values_only=True)]


def table(path: Path, sheet: int = 0) -> list[dict[str, Any]]:
    """The rows below the two rows of heads, by the Chinese one."""
    rows = texts(path, sheet)
    begin = next(n for n, row in enumerate(rows) if "报送的值" in row)
    return [dict(zip(rows[begin], row, strict=True)) for row in rows[begin + 2 :]]


def test_the_list_of_a_school_says_row_value_rule_remedy_and_term(lake: Lake, writes: Writes) -> None:
    summary = writes(DAYS[0], {})
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    (entry,) = table(path)
    assert (entry["文件"], entry["行号"]) == ("s/students.xlsx", 7)
    assert (entry["列"], entry["报送的值"]) == ("出生日期", "2015-02-30")
    assert (entry["问题"], entry["怎么改"], entry["状态"]) == ("不是日期", "改为真实日期", "待改")
    assert (entry["期限"].date(), entry["首见"].date(), entry["整行原样"]) == (ENTRY["due"], DAYS[0], "姓名：张三")
    head = "\n".join(str(row[0]) for row in texts(path)[:7])
    for said in ("问题数据清单", "学籍系统", "第一初级中学", SCHOOL, "2025-10-15", "基础教育处", "待改 1 条"):
        assert said in head
    assert (summary.lists, summary.entries, summary.written, summary.removed) == (1, 1, 1, 0)
    assert summary.as_dict()["sources"][0]["office"] == "基础教育处"


def test_an_entry_closes_by_itself_and_the_list_goes_when_nothing_is_left(lake: Lake, writes: Writes) -> None:
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    writes(DAYS[0], {})
    writes(DAYS[1], {"status": "closed", "closed": DAYS[1]})
    assert table(path) == []
    (closed,) = table(path, sheet=1)
    assert (closed["消除"].date(), closed["首见"].date(), closed["编号"]) == (DAYS[1], DAYS[0], "G1")
    assert "全部已改" in str(texts(path)[1][0])
    summary = writes(DAYS[2])
    assert (summary.removed, summary.lists) == (1, 0)
    assert not path.exists()
    assert not path.parent.exists()


def test_an_entry_that_comes_back_stands_again_with_the_night_it_did(lake: Lake, writes: Writes) -> None:
    writes(DAYS[0], {"status": "closed", "closed": DAYS[0]})
    writes(DAYS[1], {"reopened": DAYS[1]})
    (entry,) = table(lake.outbox / "student_registry" / f"{SCHOOL}.xlsx")
    assert (entry["首见"].date(), entry["重现"].date()) == (DAYS[0], DAYS[1])


def test_a_list_that_says_the_same_is_not_touched_the_next_night(lake: Lake, writes: Writes) -> None:
    other = {"organisation_code": "3132990002"}
    writes(DAYS[0], {}, other)
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    before = path.stat().st_mtime_ns, path.read_bytes()
    summary = writes(DAYS[1], {}, other | {"value": "2015-02-31"})
    assert summary.written == 1
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    assert "2025-10-16" in str(texts(lake.outbox / "student_registry" / "3132990002.xlsx")[1][0])


def test_a_list_that_somebody_has_lost_is_written_again_to_the_same_bytes(lake: Lake, writes: Writes) -> None:
    writes(DAYS[0], {})
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    before = path.read_bytes()
    path.unlink()
    assert writes(DAYS[1], {}).written == 1
    assert path.read_bytes() == before


def test_what_is_of_no_school_is_the_bureaus_own_and_a_file_of_no_source_is_not_lost(
    lake: Lake, writes: Writes
) -> None:
    writes(DAYS[0], {"organisation_code": None}, {"source": "", "organisation_code": None, "feed": None})
    assert {p.relative_to(lake.outbox).as_posix() for p in lake.outbox.rglob("*.xlsx")} == {
        "student_registry/bureau.xlsx", "unknown/bureau.xlsx",
    }  # fmt: skip


@pytest.mark.parametrize("code", ["../../etc", "a/b", "..", ".hidden", "bureau", "Bureau", "x" * 300, "学校", "a%2Fb"])
def test_the_code_of_a_school_leads_to_one_place_below_its_source(lake: Lake, writes: Writes, code: str) -> None:
    writes(DAYS[0], {"organisation_code": code}, {"organisation_code": None}, {"organisation_code": f"{code}2"})
    found = [p.relative_to(lake.outbox / "student_registry").as_posix() for p in lake.root.rglob("*.xlsx")]
    assert len(set(found)) == 3
    assert all("/" not in name and not name.startswith(".") and len(name) < 200 for name in found)


def test_the_lists_are_open_to_the_nights_user_alone(lake: Lake, writes: Writes) -> None:
    writes(DAYS[0], {})
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    modes = [stat.S_IMODE(p.stat().st_mode) for p in (path, path.parent, lake.outbox)]
    assert modes == [0o600, 0o700, 0o700]
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name], "a half-written workbook is left"


def test_a_workbook_that_cannot_be_written_is_one_sentence_and_the_old_one_stays(
    lake: Lake, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes(DAYS[0], {})
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    before = path.read_bytes()

    def full(target: Path, *_: Any) -> None:
        target.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(workbook, "write", full)
        with pytest.raises(ListError, match="No space left on device"):
            writes(DAYS[1], {"value": "other"})
    assert path.read_bytes() == before
    assert sorted(p.name for p in path.parent.iterdir()) == [path.name]
    assert writes(DAYS[1], {"value": "other"}).written == 1


def test_more_entries_than_a_sheet_takes_go_on_the_next_and_none_is_lost(
    lake: Lake, writes: Writes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "SHEET_ROWS", 3)
    writes(DAYS[0], *({"row_number": n} for n in range(7)), {"status": "closed", "closed": DAYS[0]})
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    assert openpyxl.load_workbook(path).sheetnames == ["待改 open", "待改 open 2", "待改 open 3", "已改 closed"]
    assert [e["行号"] for sheet in range(3) for e in table(path, sheet)] == list(range(7))
    assert len(table(path, 3)) == 1


def test_equal_entries_give_equal_bytes_and_values_stay_what_they_are(lake: Lake, writes: Writes) -> None:
    path = lake.outbox / "student_registry" / f"{SCHOOL}.xlsx"
    hostile = [
        "=1+1", "\t=1+1", "＝cmd|' /C calc'!A0", "<r><t>x</t></r>", "a\x00b\x0bc", "_x0041_", "\ufffe", "O'Neil\"&<>",
    ]  # fmt: skip
    changes = [{"value": value, "row_number": n} for n, value in enumerate(hostile)]
    made = []
    for _ in range(2):
        writes(DAYS[0], *changes)
        made.append(path.read_bytes())
        path.unlink()
    assert made[0] == made[1]
    path.write_bytes(made[0])
    # _x005F_ is the format's own way to write an underscore that would begin an escape
    assert [e["报送的值"].replace("_x005F_", "_") for e in table(path)] == [
        "=1+1", "⟨U+0009⟩=1+1", "＝cmd|' /C calc'!A0", "<r><t>x</t></r>", "a⟨U+0000⟩b⟨U+000B⟩c", "_x0041_",
        "⟨U+FFFE⟩", "O'Neil\"&<>",
    ]  # fmt: skip
    assert {c.data_type for row in openpyxl.load_workbook(path).worksheets[0].iter_rows() for c in row} <= set("sdn")
    with zipfile.ZipFile(path) as book:
        assert not any(b"<f>" in book.read(name) or b"<f " in book.read(name) for name in book.namelist())
        assert b'quotePrefix="1"' in book.read("xl/styles.xml")
