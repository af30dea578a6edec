"""A city with all dirt, read as far as the raw tables: every count and every problem is the planted one."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pytest

import samples
from registry import Register
from samples.odd import lists, rosters, score_sheets
from tests.samples import standing
from tests.samples.intake import lake, take

STUDENTS, NIGHTS = 300, 3


class Dirty:
    """The city's truth, and the raw lake that its nights left."""

    def __init__(self, out: Path, connection: duckdb.DuckDBPyConnection, holds: dict[str, list]) -> None:
        self.out, self.connection, self.holds = out, connection, holds

    def truth(self, name: str) -> list[dict[str, str]]:
        return truth(self.out, name)

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


def truth(out: Path, name: str) -> list[dict[str, str]]:
    with (out / "truth" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory, register: Register) -> Iterator[Dirty]:
    out, work = tmp_path_factory.mktemp("dirty"), tmp_path_factory.mktemp("work")
    samples.write_city(out, STUDENTS, seed=5, nights=NIGHTS, dirt="all")
    nights = sorted(p.name for p in out.iterdir() if p.name != "truth")
    with lake(work / "lake.duckdb") as connection:
        holds = {n: take(register, connection, out / n, date.fromisoformat(n), work / n) for n in nights}
        yield Dirty(out, connection, holds)


def skipped(told: str | None) -> tuple[tuple[str, int], ...] | None:
    counts = json.loads(told) if told else None
    return None if counts is None else tuple(sorted((k, n) for k, n in counts.items() if n))


def number(told: str) -> int | None:
    return int(told) if told else None


def accounts(out: Path, connection: duckdb.DuckDBPyConnection) -> tuple[Counter, Counter]:
    """Every delivery as it was entered, and as the truth counts it."""
    found = connection.execute(
        "select night::varchar, feed, file_name, member, status, file_sha256, rows_read, rows_loaded, "
        "rows_quarantined, rows_held, to_json(skipped)::varchar from lake.intake.delivery"
    ).fetchall()
    planted = [
        (
            r["night"], r["feed"], r["file_name"], r["member"], r["status"], r["sha256"],
            *(number(r[c]) for c in ("rows_read", "rows_loaded", "rows_quarantined", "rows_held")),
            skipped(r["skipped"]),
        )
        for r in truth(out, "files")
    ]  # fmt: skip
    return Counter((*r[:-1], skipped(r[-1])) for r in found), Counter(planted)


def problems(out: Path, connection: duckdb.DuckDBPyConnection) -> tuple[Counter, Counter]:
    """Every problem with its nights, as it was entered and as the truth has it."""
    found = connection.execute(
        "select feed, slice, row_key, rule, severity, coalesce(column_name, ''), coalesce(value, ''), "
        "known_from::varchar, coalesce(known_to::varchar, ''), coalesce(candidate, '') from lake.intake.problem"
    ).fetchall()
    keys = (
        "feed", "slice", "row_key", "rule", "severity", "column_name", "value", "known_from", "known_to", "candidate",
    )  # fmt: skip
    return Counter(found), Counter(tuple(r[k] for k in keys) for r in truth(out, "problems"))


def test_every_delivery_is_accounted_for_as_planted(dirty: Dirty) -> None:
    found, planted = accounts(dirty.out, dirty.connection)
    assert found == planted


def test_every_problem_is_planted_and_opens_and_closes_on_its_nights(dirty: Dirty) -> None:
    found, planted = problems(dirty.out, dirty.connection)
    assert found == planted


def test_every_feed_of_the_register_comes_and_has_a_bad_row(dirty: Dirty, register: Register) -> None:
    """But for those that hold no rows of a small city, or another office's list."""
    told = {r["feed"] for r in dirty.truth("files") if r["status"] == "loaded"}
    assert {f.id for f in register.feeds} - told == set()
    spoiled = {r["feed"] for r in dirty.truth("bad_rows")}
    assert {f.id for f in register.feeds} - spoiled <= {
        "student_registry/changes", "security/incidents", "school_registry/conditions", "projects/records",
        "honours/records", "quality/actions", "assets/networks", "assets/software", "finance/records",
        "declarations/facts", "training/records", "shuyuan/release",
    }  # fmt: skip


def test_every_fate_of_a_file_occurs(dirty: Dirty) -> None:
    assert {r["status"] for r in dirty.truth("files")} == {"loaded", "unchanged", "held", "refused"}
    assert [len(holds) for holds in dirty.holds.values()] == [0, 1, 0]
    reasons = {reason for r in dirty.truth("files") for reason in json.loads(r["skipped"] or "{}")}
    assert reasons >= {"blank", "example", "total", "note", "numbered", "duplicate_row", "other_sheet"}


def test_every_sort_of_clothes_is_worn(dirty: Dirty) -> None:
    style = {word for r in dirty.truth("files") for word in r["dirt"].split()}
    assert style >= {
        "xlsx", "xls", "ods", "csv", "tsv", "json", "jsonl", "utf-8", "utf-8-sig", "utf-16", "gb18030", "zipped",
        "nested", "notes", "serial", "numbered", "blank", "example", "footnote", "shuffled", "sheets_before",
        "sheets_after", "older", "again",
    }  # fmt: skip


def test_what_is_refused_is_told_in_a_sentence(dirty: Dirty) -> None:
    found = dirty.rows("select file_name, reason from lake.intake.delivery where status = 'refused'")
    assert len(found) >= 6
    assert [name for name, reason in found if not reason or name not in reason or ": " not in reason] == []


def test_a_loaded_value_is_what_the_clean_city_says(dirty: Dirty, tmp_path: Path, register: Register) -> None:
    samples.write_city(tmp_path / "clean", STUDENTS, seed=5, nights=1)
    first = sorted(dirty.holds)[0]
    with lake(tmp_path / "clean.duckdb") as clean:
        take(register, clean, tmp_path / "clean" / first, date.fromisoformat(first), tmp_path / "work")
        told = _students(clean, first)
        for found, planted in (accounts(tmp_path / "clean", clean), problems(tmp_path / "clean", clean)):
            assert found == planted
    found = _students(dirty.connection, first)
    same = found.keys() & told.keys()
    assert len(same) > 0.95 * STUDENTS
    assert {n for n in same if found[n] != told[n]} <= _spoiled(dirty)


def _students(connection: duckdb.DuckDBPyConnection, night: str) -> dict[str, tuple]:
    rows = connection.execute(
        "select memory.main.as_student_number(student_number), memory.main.as_name(name), "
        "memory.main.as_date(birth_date), memory.main.as_id_number(id_number), memory.main.as_text(residence), "
        "memory.main.code_key(boarding), memory.main.as_boolean(only_child), memory.main.as_phone(phone) "
        f"from lake.raw.student_registry__students where _known_from = date '{night}'"
    ).fetchall()
    return {row[0]: row[1:] for row in rows}


def _spoiled(dirty: Dirty) -> set[str]:
    """Students of whom one of the two cities has a bad value (a dirty city has more kinds of them)."""
    return {r["row_key"] for r in dirty.truth("bad_rows") if r["feed"] == "student_registry/students"}


def test_a_damaged_id_has_a_candidate_where_the_g_number_shows_it(dirty: Dirty) -> None:
    damaged = [r for r in dirty.truth("problems") if r["rule"] == "id_truncated" and r["feed"].startswith("student")]
    assert any(r["candidate"] for r in damaged)
    assert {r["candidate"] for r in damaged} == {
        r["row_key"][1:] if r["row_key"].startswith("G") else "" for r in damaged
    }


@pytest.mark.soak
@pytest.mark.parametrize("seed", [3, 4])
def test_a_month_of_another_city_is_accounted_for_row_for_row(tmp_path: Path, register: Register, seed: int) -> None:
    """Its lists, rosters and marks come in odd forms too: all of it arrives, waits or is listed, as it is planted."""
    out, first = tmp_path / "city", date(2025, 9, 25)
    samples.write_city(out, STUDENTS, seed=seed, nights=30, first_night=first, dirt="odd")
    sent = {r["dirt"].removeprefix("odd ") for r in truth(out, "files") if r["dirt"].startswith("odd ")}
    assert sent == {*rosters.KINDS, *score_sheets.KINDS, *lists.KINDS}
    with lake(tmp_path / "month.duckdb") as connection:
        for night in sorted(p.name for p in out.iterdir() if p.name != "truth"):
            take(register, connection, out / night, date.fromisoformat(night), tmp_path / "work" / night)
        for found, planted in (accounts(out, connection), problems(out, connection)):
            assert found - planted == planted - found == Counter()
        assert standing.values_not_there(connection, register, truth(out, "standing")) == []
        rows = lambda sql: connection.execute(sql).fetchall()  # noqa: E731
        assert standing.holds(rows(standing.HELD), truth(out, "holds")) == ([], [])
        assert standing.columns_not_listed(rows, truth(out, "unread")) == []
        assert rows("select file_name, member from lake.intake.delivery where values_lost <> 0") == []


def test_odd_files_come_on_top_of_the_dirt_and_their_truth_names_each(tmp_path: Path) -> None:
    """Without a night of reading: the files of a dirty city stay as they are, byte by byte."""
    for dirt in ("all", "odd"):
        samples.write_city(tmp_path / dirt, 200, seed=6, nights=5, first_night=date(2025, 9, 25), dirt=dirt)
    usual, odd = ({r["sha256"] for r in truth(tmp_path / dirt, "files")} for dirt in ("all", "odd"))
    planted = [r for r in truth(tmp_path / "odd", "files") if r["dirt"].startswith("odd ")]
    assert usual < odd
    assert {r["sha256"] for r in planted} == odd - usual
    assert {r["kind"] for r in truth(tmp_path / "odd", "standing")} <= {r["dirt"].removeprefix("odd ") for r in planted}
    assert all((tmp_path / "odd" / r["night"] / r["file_name"]).exists() for r in planted)
