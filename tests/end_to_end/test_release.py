"""A release: the same content from the same deliveries, nobody's name in it, a lake that can be moved."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.end_to_end.conftest import FIRST, LAST, Nights, rows_of, run
from warehouse import query
from warehouse.paths import Lake


def test_the_first_night_made_again_in_an_empty_place_is_equal_to_the_last_bit(
    nights: Nights, tmp_path: Path
) -> None:
    again = run(tmp_path / "lake", nights.city / FIRST.isoformat(), nights.secret, FIRST)
    assert again["release"] == nights.outcomes[FIRST]["release"]
    assert rows_of(Path(again["path"])) == rows_of(nights.release(FIRST))


def test_a_night_run_again_reads_nothing_twice_and_publishes_the_same(nights: Nights) -> None:
    before = nights.restricted("select count(*), count(distinct arrival_id) from lake.intake.arrival")
    again = nights.run(LAST)
    assert again["status"] == "published"
    assert again["release"] == nights.outcomes[LAST]["release"]
    assert again["deliveries"] == {}
    assert nights.restricted("select count(*), count(distinct arrival_id) from lake.intake.arrival") == before


def test_no_identifier_of_a_person_stands_in_a_release(nights: Nights) -> None:
    secrets = {
        value
        for (value,) in nights.restricted(
            "select unnest([number, name, id_number, phone, residence]) from lake.conformed.students "
            "union select unnest([staff_number, name, id_number]) from lake.conformed.teachers"
        )
        if value and len(value) > 1
    }
    columns = nights.published(
        LAST,
        "select table_name, column_name from duckdb_columns() "
        "where database_name = 'shuyuan' and data_type = 'VARCHAR' and not internal",
    )
    assert columns
    for table, column in columns:
        found = nights.published(LAST, f'select distinct "{column}" from marts."{table}"')
        assert not secrets & {value for (value,) in found}, f"{table}.{column}"


def test_a_lake_that_was_moved_still_works(nights: Nights, tmp_path: Path) -> None:
    moved = Lake(tmp_path / "elsewhere")
    shutil.copytree(nights.root, moved.root, symlinks=True)
    answer = query.run(moved, "select count(*) from one_student_one_file")
    ((count,),) = list(answer.rows)
    assert count == nights.published(LAST, "select count(*) from marts.one_student_one_file")[0][0]
