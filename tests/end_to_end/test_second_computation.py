"""Three releases of a city with all dirt against a computation in another style, mart by mart and column by column."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.end_to_end.conftest import DAYS, Nights
from tests.second_computation import accepted, comparison, events


@pytest.fixture(scope="session")
def sent(nights: Nights) -> events.Events:
    return events.read(nights.city, bytes.fromhex(nights.secret.read_text()))


@pytest.mark.parametrize("day", DAYS, ids=str)
@pytest.mark.parametrize("mart", comparison.MARTS)
def test_a_mart_says_what_a_plain_computation_over_the_delivered_files_says(
    mart: str, day: date, nights: Nights, sent: events.Events
) -> None:
    with duckdb.connect(str(nights.release(day) / "marts.duckdb"), read_only=True) as marts:
        assert accepted.unexplained(comparison.differences_of(mart, marts, events.until(sent, day))) == []


def test_a_changed_figure_and_a_lost_row_are_told(nights: Nights, sent: events.Events, tmp_path: Path) -> None:
    """The comparison itself: one cell more, one row less, one column that nobody computes."""
    with duckdb.connect(str(tmp_path / "marts.duckdb")) as marts:
        marts.execute(f"attach '{nights.release(DAYS[0]) / 'marts.duckdb'}' as released (read_only)")
        marts.execute("create table homework_compliance as select *, 1 as surplus from released.homework_compliance")
        marts.execute("delete from homework_compliance where organisation_code = '329901' and grade = '2'")
        marts.execute(
            "update homework_compliance set class_days = class_days + 1 "
            "where organisation_code = '329902' and grade = '7'"
        )
        told = comparison.differences_of("homework_compliance", marts, events.until(sent, DAYS[0]))
    assert {(d.key[:2], d.column) for d in told if d.column != "surplus"} == {
        (("329901", "2"), "(row)"),
        (("329902", "7"), "class_days"),
    }
    assert any(d.column == "surplus" for d in told)
