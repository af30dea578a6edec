"""The problem lists in the outbox against the planted truth, row by row, after three dirty nights."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

import registry
from registry import Register
from tests.end_to_end import lists
from tests.end_to_end.conftest import FIRST, LAST, Nights
from tests.end_to_end.lists import Entry
from warehouse import problem_lists
from warehouse.lake import connect_lake


@pytest.fixture(scope="module")
def entries(nights: Nights) -> list[Entry]:
    return lists.entries(nights)


@pytest.fixture(scope="module")
def register() -> Register:
    return registry.load(registry.HOUSE)


def test_each_bad_row_stands_in_the_list_of_its_source_where_the_person_finds_it(
    nights: Nights, entries: list[Entry]
) -> None:
    lists.bad_rows(nights, entries)


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
    lists.differences(nights, entries)


def test_an_entry_says_how_to_mend_it_and_by_when(entries: list[Entry]) -> None:
    assert all(e["remedy_zh"] and e["remedy_en"] and e["rule_en"] for e in entries)
    standing = [e for e in entries if e["closed"] is None]
    once = {e["due"] for e in standing if e["opened"] == FIRST and e["reopened"] is None}
    assert once == {date(2025, 10, 29)}  # ten working days
    assert {e["status"] for e in standing} == {"待改"}


def test_what_was_delivered_again_is_said_to_have_been_seen_again(entries: list[Entry]) -> None:
    # what was never sent was never seen
    standing = [e for e in entries if e["closed"] is None and e["opened"] == FIRST and e["seen"]]
    assert FIRST < max(e["seen"] for e in standing) == LAST


def test_the_outcome_counts_what_lies_in_the_outbox(nights: Nights, entries: list[Entry]) -> None:
    told = nights.outcomes[LAST]["problem_lists"]
    standing = [e for e in entries if e["closed"] is None]
    assert told["entries"] == len(standing) == sum(s["entries"] for s in told["sources"])
    assert told["lists"] == len({e["list"] for e in standing})
    ((count,),) = nights.restricted(
        "select (select count(*) from lake.conformed.problems where closed_on is null) "
        "+ (select count(distinct entry_id) from lake.conformed.discrepancies where closed_on is null)"
    )
    assert count == len([e for e in standing if e["rule_zh"] not in ("文件被拒收", "报送被暂缓", "应报未报")])


def test_the_lists_are_never_in_a_release(nights: Nights) -> None:
    assert list(nights.lake.outbox.rglob("*.xlsx"))
    assert not list(nights.lake.releases.rglob("*.xlsx"))


def test_the_same_night_again_leaves_every_workbook_as_it_is(nights: Nights, register: Register) -> None:
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in nights.lake.outbox.rglob("*.xlsx")}
    with connect_lake(nights.lake) as connection:
        summary = problem_lists.write(connection, nights.lake, register, LAST)
    assert (summary.written, summary.removed) == (0, 0)
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in before} == before
