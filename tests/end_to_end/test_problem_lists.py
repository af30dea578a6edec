"""The problem lists in the outbox against the planted truth, row by row, after three dirty nights."""

from __future__ import annotations

import stat
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

import registry
from registry import Register
from tests.end_to_end.conftest import FIRST, LAST, Nights
from warehouse import lake, problem_lists
from warehouse.problem_workbook import CLOSED, OPEN

Entry = dict[str, Any]


@pytest.fixture(scope="module")
def entries(nights: Nights) -> list[Entry]:
    """Every row of every workbook, under the names of its columns; `list` is the workbook it stands in."""
    return [entry for path in sorted(nights.lake.outbox.rglob("*.xlsx")) for entry in read(path)]


def read(path: Path) -> list[Entry]:
    found = []
    for sheet in openpyxl.load_workbook(path).worksheets:
        columns = OPEN if sheet.title.startswith("待改") else CLOSED
        rows = list(sheet.iter_rows())
        begin = next(n for n, row in enumerate(rows) if row[0].value == columns[0].zh) + 2
        for row in rows[begin:]:
            values = [cell.value.date() if cell.is_date else cell.value for cell in row]
            entry = dict(zip((c.field for c in columns), values, strict=True))
            found.append({"closed": None, **entry, "list": f"{path.parent.name}/{path.stem}"})
    return found


@pytest.fixture(scope="module")
def register() -> Register:
    return registry.load(registry.HOUSE)


def _shown(row_key: str) -> str | None:
    """A row without a key has its number alone, which stands in a column of its own."""
    return None if row_key.startswith("row:") else row_key


def test_each_bad_row_stands_in_the_list_of_its_source_where_the_person_finds_it(
    nights: Nights, entries: list[Entry]
) -> None:
    rules = nights.restricted("select distinct rule_zh, rule from lake.conformed.problem_list_entries")
    rule_of = dict(rules)
    assert len(rule_of) == len(rules), "two rules are told in the same words"
    headers = dict(nights.restricted("select feed || '.' || name, headers[1] from lake.register.feed_column"))
    planted = Counter(
        (
            p["feed"].split("/")[0],
            _shown(p["row_key"]),
            headers.get(f"{p['feed']}.{p['column_name']}", p["column_name"] or None),
            p["value"] or None,
            p["rule"],
            p["first_seen"],
            p["closed_on"] or None,
        )
        for p in nights.truth("problem_ledger")
    )
    places = {
        (bad["file_name"], bad["night"], int(bad["row_number"]), _shown(bad["row_key"]), bad["rule"])
        for bad in nights.truth("bad_rows")
    }
    listed = [{**e, "rule": rule_of[e["rule_zh"]]} for e in entries]
    listed = [e for e in listed if e["rule"] in {p["rule"] for p in nights.truth("problem_ledger")}]
    found = Counter(
        (
            e["list"].split("/")[0], e["row_key"], e["column_header"], e["value"], e["rule"], str(e["opened"]),
            str(e["closed"]) if e["closed"] else None,
        )
        for e in listed
    )  # fmt: skip
    assert any(p[-1] for p in planted)
    assert found == planted
    found_in = {(e["file_name"], str(e["delivered"]), e["row_number"], e["row_key"], e["rule"]) for e in listed}
    assert found_in <= places


def test_a_list_holds_the_rows_of_its_school_and_of_no_other(nights: Nights, entries: list[Entry]) -> None:
    schools = {code for (code,) in nights.restricted("select school_code from lake.conformed.schools")}
    stood = Counter(e["list"].split("/")[1] for e in entries)
    assert set(stood) <= schools | {"bureau"}
    assert len(set(stood) & schools) > 3
    told = [(e["list"].split("/")[1], e["whole_row"]) for e in entries if "学校标识码：" in (e["whole_row"] or "")]
    assert told
    for school, row in told:
        if school != "bureau":
            # a row of another school is for the school that sent it
            assert f"学校标识码：{school}" in row or any(
                e["rule_zh"] == "此行不属于报送单位" for e in entries if e["whole_row"] == row
            )


def test_each_difference_with_the_owner_is_for_the_system_that_holds_the_copy(
    nights: Nights, entries: list[Entry]
) -> None:
    labels = dict(
        nights.restricted(
            "select f.id, s.label_zh || '（' || s.office || '）' from lake.register.feed f "
            "join lake.register.source s on f.source = s.id"
        )
    )
    planted = {
        (
            p["copy_source"].split("/")[0], p["student_number"], p["owner_value"], labels[p["owner_source"]],
            p["copy_value"], p["resolved_on"] or None,
        )
        for p in nights.truth("difference_ledger")
    }  # fmt: skip
    found = {
        (
            e["list"].split("/")[0], e["row_key"], e["owner_value"], e["owner"], e["value"],
            str(e["closed"]) if e["closed"] else None,
        )
        for e in entries
        if e["rule_zh"] == "与数源不一致"
    }  # fmt: skip
    assert found == planted
    assert all(e["file_name"] and e["row_number"] and e["row_name"] for e in entries if e["rule_zh"] == "与数源不一致")


def test_an_entry_says_how_to_mend_it_and_by_when(entries: list[Entry]) -> None:
    assert all(e["remedy_zh"] and e["remedy_en"] and e["rule_en"] for e in entries)
    standing = [e for e in entries if e["closed"] is None]
    once = {e["due"] for e in standing if e["opened"] == FIRST and e["reopened"] is None}
    assert once == {date(2025, 10, 29)}  # ten working days
    assert {e["status"] for e in standing} == {"待改"}


def test_what_was_delivered_again_is_said_to_have_been_seen_again(entries: list[Entry]) -> None:
    standing = [e for e in entries if e["closed"] is None and e["opened"] == FIRST]
    assert FIRST < max(e["seen"] for e in standing) == LAST


def test_the_outcome_counts_what_lies_in_the_outbox(nights: Nights, entries: list[Entry]) -> None:
    told = nights.outcomes[LAST]["problem_lists"]
    standing = [e for e in entries if e["closed"] is None]
    assert told["entries"] == len(standing) == sum(s["entries"] for s in told["sources"])
    assert told["lists"] == len({e["list"] for e in standing})
    ((count,),) = nights.restricted(
        "select (select count(*) from lake.conformed.problems where closed_on is null) "
        "+ (select count(*) from lake.conformed.discrepancies where closed_on is null)"
    )
    assert count == len([e for e in standing if e["rule_zh"] not in ("文件被拒收", "报送被暂缓")])


def test_the_lists_are_for_the_nights_user_alone_and_never_in_a_release(nights: Nights) -> None:
    lists = list(nights.lake.outbox.rglob("*.xlsx"))
    assert {stat.S_IMODE(path.stat().st_mode) for path in lists} == {0o600}
    assert {stat.S_IMODE(path.parent.stat().st_mode) for path in lists} == {0o700}
    assert not list(nights.lake.releases.rglob("*.xlsx"))


def test_the_same_night_again_leaves_every_workbook_as_it_is(nights: Nights, register: Register) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in nights.lake.outbox.rglob("*.xlsx")}
    with lake.connect(nights.lake) as connection:
        summary = problem_lists.write(connection, nights.lake, register, LAST)
    assert (summary.written, summary.removed) == (0, 0)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before} == before
