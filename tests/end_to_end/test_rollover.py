"""A school year turns in a lake: leavers go, everyone moves up, others enter; nothing is held and no alarm is heard."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

import samples
from samples.rollover import JULY, JUNE, SEPTEMBER
from tests.end_to_end.conftest import Nights

pytestmark = pytest.mark.soak
STUDENTS = 1500


@pytest.fixture(scope="module")
def turned(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Nights:
    out = tmp_path_factory.mktemp("turning")
    samples.write_rollover(out, STUDENTS, seed=4)
    held = Nights(tmp_path_factory.mktemp("lake") / "lake", out, secret, {})
    for day in (JUNE, JULY, SEPTEMBER):
        held.outcomes[day] = held.run(day)
    return held


def test_every_night_is_published_and_nothing_waits(turned: Nights) -> None:
    assert [o["status"] for o in turned.outcomes.values()] == ["published"] * 3, turned.outcomes
    assert turned.restricted("select feed, slice, reason from lake.intake.slice_state where status = 'held'") == []
    missing = {lack["feed"] for outcome in turned.outcomes.values() for lack in outcome["missing"]["lacks"]}
    delivered = {feed for (feed,) in turned.restricted("select distinct feed from lake.intake.delivery")}
    assert not missing & delivered, "what the turn brings is missed by nobody, and sounds no alarm"


def test_no_problem_arises_from_the_turn(turned: Nights) -> None:
    assert turned.restricted("select feed, rule, row_key, value from lake.conformed.problems") == []


def test_everyone_is_known_where_and_when_the_city_has_them(turned: Nights) -> None:
    found = turned.restricted(
        "select split_part(student_uid, ':', 2), school_code, class_code, grade::integer, valid_from::varchar, "
        "coalesce(valid_to::varchar, '') from lake.conformed.student_spans where known_to is null"
    )
    with (turned.city / "truth" / "spans.csv").open(encoding="utf-8", newline="") as file:
        planted = [
            (
                r["student_number"], r["school_code"], r["class_code"], int(r["grade"]), r["known_from"],
                r["known_to"],
            )
            for r in csv.DictReader(file)
        ]  # fmt: skip
    assert Counter(found) == Counter(planted)


def test_the_new_year_has_the_classes_of_the_new_year_alone(turned: Nights) -> None:
    unknown = turned.restricted(
        "select student_uid from lake.conformed.students as s where not exists ("
        "select 1 from lake.conformed.classes as c where c.school_code = s.school and c.code = s.class)"
    )
    assert unknown == []
    ((held,),) = turned.published(SEPTEMBER, "select count(*) from marts.one_student_one_file")
    ask = "select count(*) from lake.conformed.student_spans where known_to is null and valid_to is null"
    ((standing,),) = turned.restricted(ask)
    assert held == standing
