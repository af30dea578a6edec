"""The zoo: for each dirt and each hostile case one file, its expected outcome written beside it.

`tests/fixtures/zoo/<name>.expected.yml` says where the file lies (`feed`, `path`), what becomes of it and of each sheet
or member, which problems are listed, and for some (`columns`) what is stored. What no text editor can write is `made`
by `tests.ingest.zoo`.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from common.night_files import FeedFiles
from ingest import row_account
from ingest.deliveries import Arrival
from ingest.reading.read_feed import read_deliveries
from registry import Register, types
from registry.model import Feed
from tests.ingest import zoo
from tests.ingest.makers import DAY, SCHOOL, STUDENTS, Desk, with_feed

ROOT = Path(__file__).parents[2]
ZOO = ROOT / "tests" / "fixtures" / "zoo"
SUFFIX = ".expected.yml"
CASES = {
    p.name.removesuffix(SUFFIX): yaml.safe_load(p.read_text(encoding="utf-8")) for p in sorted(ZOO.glob(f"*{SUFFIX}"))
}
BEFORE = date(2025, 10, 14)


@pytest.fixture(scope="module")
def menagerie(house: Register) -> Register:
    """The default register, and the zoo's own feeds."""
    register = house
    for feed in yaml.safe_load((ZOO / "feeds.yml").read_text(encoding="utf-8")):
        register = with_feed(register, Feed.model_validate(feed), "zoo" if "zoo" in _sources(register) else None)
    return register


@pytest.fixture
def desk(desk_of: Callable[[Register], Desk], menagerie: Register) -> Desk:
    return desk_of(menagerie)


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_file_comes_to_what_is_written_beside_it(desk: Desk, name: str, monkeypatch: pytest.MonkeyPatch):
    case = CASES[name]
    if name == "growing":
        zoo.grow(monkeypatch)
    found = outcome(desk, name, case)
    expected = {
        key: case[key] for key in case if key not in ("about", "feed", "path", "made", "columns", "before", "beside")
    }
    assert comparable(found, expected) == expected
    assert not zoo.outside(desk)


def outcome(desk: Desk, name: str, case: dict[str, Any]) -> dict[str, Any]:
    """Put the file into the inbox, run the night, and say what became of it, as an expectation does."""
    feed, path = case.get("feed", STUDENTS), case.get("path", f"{SCHOOL}.csv")
    if "before" in case:
        _put(desk, case["before"])
        desk.night(BEFORE)
        desk.clear()
    _put(desk, case.get("beside", {}))
    where = path.removeprefix("/") if path.startswith("/") else f"{feed}/{path}"
    target = desk.put(where, b"")
    if "made" in case:
        target.unlink()
        zoo.MAKERS[case["made"]](target)
    else:
        target.write_bytes((ZOO / name).read_bytes())
    desk.night() if "before" in case else desk.read()
    return _told(desk, feed, where, case.get("columns"))


def _put(desk: Desk, files: dict[str, str]) -> None:
    for path, content in files.items():
        desk.put(path, content.encode())


def _told(desk: Desk, feed: str, path: str, columns: str | None) -> dict[str, Any]:
    folders = [p.parent for p in sorted(desk.work().glob("*/deliveries.json"))]
    deliveries: dict[str, Any] = {
        d.member: d for folder in folders for d in read_deliveries(FeedFiles(folder)) if d.file_name == path
    }
    deliveries |= {
        a.member: a
        for a in arrivals_of(desk)
        if not a.feed and a.path == path  # no feed takes it: refused, or passed
    }
    told = {member: _delivery(d) for member, d in deliveries.items()}
    found: dict[str, Any] = told[""] if set(told) == {""} else {"members": told}
    with duckdb.connect() as connection:
        types.install(connection)
        work = desk.work() / feed.replace("/", "__")
        if problems := [str(p) for p in (work / "problems.parquet", work / "unknown.parquet") if p.exists()]:
            found["problems"] = [list(row) for row in connection.execute(
                "SELECT rule, row_number, column_name, candidate FROM read_parquet(?) ORDER BY row_number, column_name",
                [problems],
            ).fetchall()]  # fmt: skip
        if columns:
            accepted = str(work / "accepted.parquet")
            query = f"SELECT {columns} FROM read_parquet(?) ORDER BY _row_number"
            found["stored"] = [[_plain(v) for v in row] for row in connection.execute(query, [accepted]).fetchall()]
    return found


def arrivals_of(desk: Desk) -> list[Arrival]:
    found = json.loads((desk.work() / "arrivals.json").read_text(encoding="utf-8"))
    return [Arrival(**arrival) for arrival in found]


def _delivery(delivery: Any) -> dict[str, Any]:
    """What became of one file or member, without what is not there."""
    if isinstance(delivery, Arrival):
        if delivery.refusal is not None:
            return {"status": "refused", "reason": delivery.refusal}
        return {"status": "loaded", "rows_read": sum(delivery.skipped.values()), "skipped": delivery.skipped}
    counts = ("rows_read", "rows_loaded", "rows_quarantined", "skipped", "layout", "reason")
    return {"status": delivery.status} | {c: v for c in counts if (v := getattr(delivery, c)) not in (None, {})}


def comparable(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What was found, with the expected words in place of a reason that holds them, and without problems if there are
    none.
    """
    shown = {k: v for k, v in found.items() if v != []}
    for part, said in [
        (shown, expected),
        *((m, expected.get("members", {}).get(n, {})) for n, m in found.get("members", {}).items()),
    ]:
        if said.get("reason") and said["reason"] in (part.get("reason") or ""):
            assert part["reason"].endswith("."), "a refusal is a sentence"
            part["reason"] = said["reason"]
    return shown


def _plain(value: object) -> Any:
    return value if isinstance(value, int | str | None) else str(value)


def _sources(register: Register) -> set[str]:
    return {s.id for s in register.sources}


def test_every_file_has_an_expectation_and_every_expectation_a_file():
    files = {p.name for p in ZOO.iterdir() if not p.name.endswith(SUFFIX)} - {"feeds.yml"}
    made = {case["made"] for case in CASES.values() if "made" in case}
    assert files == {name for name, case in CASES.items() if "made" not in case}
    assert made == set(zoo.MAKERS)
    assert all(case["about"] for case in CASES.values())


def test_every_rule_of_the_contract_has_a_file_that_breaks_it(house: Register):
    broken = {problem[0] for case in CASES.values() for problem in case.get("problems", ())}
    modules = [*(ROOT / "ingest" / "contract").glob("*.py"), ROOT / "ingest" / "committing" / "deletions.py"]
    code = "".join(path.read_text(encoding="utf-8") for path in modules)
    rules = {rule for rule in _rules(house) if re.search(f"['\"]{rule}['\"]", code)}
    assert len(rules) == 14
    assert rules - broken == set()


def test_every_reason_to_skip_a_row_has_a_file_with_such_a_row():
    elsewhere = {"passed_over"}  # of a source's standard members, which the zoo has not (test_manifests)
    told = [part for case in CASES.values() for part in (case, *case.get("members", {}).values())]
    found = {reason for part in told for reason in part.get("skipped", {})}
    assert set(row_account.REASONS) - found == elsewhere


def test_every_type_that_a_value_can_miss_has_a_file_that_misses_it(house: Register):
    broken = {problem[0] for case in CASES.values() for problem in case.get("problems", ())}
    assert {rule for rule in _rules(house) if rule.startswith("type_")} - broken == set()


def _rules(register: Register) -> set[str]:
    """The rules that a remedy is declared for."""
    return {rule.rule for rule in register.problem_rules if rule.remedy}


@pytest.mark.soak
def test_a_line_of_a_gigabyte_is_refused_at_once_and_in_bounded_memory(desk: Desk):
    import resource

    zoo.endless(desk.put(f"{STUDENTS}/{SCHOOL}.csv", b""), 1 << 30)
    before, began = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.monotonic()
    ((status, *_, reason),) = desk.read(DAY).values()
    assert status == "refused"
    assert "begins with a line of more than 1 MiB" in reason
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 256 << 10
    assert time.monotonic() - began < 120
