"""What YAML says is what SQL joins."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from registry import Register
from warehouse.lake import Lake, connect_lake
from warehouse.tables import register_tables

Ask = Callable[[str], list[tuple[Any, ...]]]


@pytest.fixture
def written(lake: Lake, register: Register) -> Lake:
    with connect_lake(lake) as connection:
        assert register_tables.write(connection, register)
    return lake


def test_every_record_of_the_register_is_a_row(written: Lake, register: Register, in_lake: Ask) -> None:
    expected = {
        "element": len(register.elements),
        "authority": sum(len(e.authority) for e in register.elements),
        "feed": len(register.feeds),
        "feed_column": sum(len(f.columns) for f in register.feeds),
        "code": sum(len(s.codes) for s in register.code_sets),
        "term": len(register.calendar.terms),
        "policy": len(register.calendar.policies),
        "holiday": len(register.calendar.holidays) + len(register.calendar.workdays),
        "exam": len(register.exams),
        "exam_subject": sum(len(e.subjects) for e in register.exams),
        "area": len(register.bureau.areas),
        "indicator": len(register.indicators),
        "homework_limit": len(register.bureau.homework_limits),
        "source": len(register.sources),
        "stage": len(register.stages),
        "bureau": 1,
    }
    counts = " union all ".join(f"select '{name}', count(*) from lake.register.{name}" for name in expected)
    assert dict(in_lake(counts)) == expected


def test_a_foreign_language_is_the_one_that_an_exam_has(written: Lake, register: Register, in_lake: Ask) -> None:
    exam = next(e for e in register.exams if "41" in e.subjects and "42" not in e.subjects)
    said = dict(in_lake(f"select said, subject from lake.register.exam_subject_said where exam = '{exam.id}'"))
    assert (said["40"], said["41"], said.get("42")) == ("41", "41", None)


def test_nested_records_and_lists_are_spread(written: Lake, register: Register, in_lake: Ask) -> None:
    feed = register.feed("student_registry/students")
    assert in_lake(
        'select label_zh, key, slice_column, guard_max_fall, "table" from lake.register.feed '
        "where id = 'student_registry/students'"
    ) == [(feed.label.zh, list(feed.key), "school_code", feed.guard.max_fall, feed.table)]
    columns = in_lake(
        "select name, headers, type from lake.register.feed_column "
        "where feed = 'student_registry/students' order by ordinal"
    )
    assert columns == [(c.name, list(c.headers), c.type) for c in feed.columns]


def test_a_day_off_and_a_taught_weekend_day_are_told_apart(
    written: Lake, register: Register, in_lake: Ask
) -> None:
    taught = {day for (day,) in in_lake("select day from lake.register.holiday where is_school_day")}
    assert taught == set(register.calendar.workdays)
    assert date(2025, 10, 1) not in taught


def test_a_register_that_did_not_change_is_not_written_again(
    written: Lake, register: Register, in_lake: Ask
) -> None:
    before = in_lake("select max(snapshot_id) from ducklake_snapshots('lake')")
    with connect_lake(written) as connection:
        assert not register_tables.write(connection, register)
    assert in_lake("select max(snapshot_id) from ducklake_snapshots('lake')") == before


def test_a_changed_register_replaces_all_of_the_old_one(
    written: Lake, register: Register, in_lake: Ask
) -> None:
    changed = register.model_copy(update={"version": "feedfacecafe", "exams": register.exams[:1]})
    with connect_lake(written) as connection:
        assert register_tables.write(connection, changed)
    assert in_lake("select id from lake.register.exam") == [(register.exams[0].id,)]


def test_a_register_half_written_is_not_seen(
    written: Lake, register: Register, in_lake: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = register.model_copy(update={"version": "feedfacecafe", "sources": ()})
    write_one = register_tables._write

    def fail_at_the_end(connection: Any, name: str, table: Any) -> None:
        if name == "indicator":
            raise KeyboardInterrupt
        write_one(connection, name, table)

    monkeypatch.setattr(register_tables, "_write", fail_at_the_end)
    with connect_lake(written) as connection, pytest.raises(KeyboardInterrupt):
        register_tables.write(connection, changed)
    assert in_lake("select count(*) from lake.register.source") == [(len(register.sources),)]


def test_an_edited_register_does_not_rewrite_who_was_in_force(lake: Lake, register: Register, in_lake: Ask) -> None:
    first, second, third = (date(2025, 10, day) for day in (15, 16, 17))
    name = next(e for e in register.elements if e.id == "student.name")
    (owner,) = name.authority
    spells = ({"until": second}, {"source": "exams/results", "from_": second})
    moved = name.model_copy(update={"authority": tuple(owner.model_copy(update=spell) for spell in spells)})
    edited = register.model_copy(
        update={"elements": tuple(moved if e is name else e for e in register.elements), "version": "edited"}
    )
    for night, declared in ((first, register), (second, register), (third, edited)):
        with connect_lake(lake) as connection:
            register_tables.write(connection, declared, night)
    ask = "select source, valid_from, valid_to, known_from, known_to from lake.register.authority_known where element ="
    assert in_lake(f"{ask} 'student.name' order by known_from, valid_from") == [
        (owner.source, owner.from_, None, first, third),
        (owner.source, owner.from_, second, third, None),
        ("exams/results", second, None, third, None),
    ]
    assert in_lake(f"{ask} 'student.sex'") == [(owner.source, owner.from_, None, first, None)]
