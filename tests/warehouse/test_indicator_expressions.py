"""An indicator that counts what it cannot is refused with a sentence; one that can is left alone."""

from __future__ import annotations

from pathlib import Path

import pytest

import registry
from registry.model import Indicator, Register
from warehouse.errors import BuildFailed
from warehouse.indicators import expressions, refuse_wrong

CONTRACT = """
models:
  - name: school_file
    columns:
      - {name: school_code, data_type: varchar}
      - {name: wireless, data_type: varchar}
      - {name: rooms, data_type: bigint}
      - {name: opened_on, data_type: date}
      - {name: as_of_date, data_type: date}
  - name: verdict
    columns:
      - {name: organisation_code, data_type: varchar}
"""


@pytest.fixture
def models(tmp_path: Path) -> Path:
    """A project with the mart `school_file`, and the mart `verdict`, which is made of indicators."""
    folder = tmp_path / "models"
    (folder / "marts").mkdir(parents=True)
    (folder / "marts" / "marts.yml").write_text(CONTRACT, encoding="utf-8")
    (folder / "parts.sql").write_text("select 'rooms' as measure from {{ ref('counted_measures') }}", encoding="utf-8")
    (folder / "marts" / "verdict.sql").write_text("select * from {{ ref('parts') }}", encoding="utf-8")
    return folder


HOUSE = registry.load(registry.HOUSE)


def register_with(**fields: object) -> Register:
    numerator = {"mart": "school_file", "organisation": "school_code"}
    side = fields.pop("numerator", {})
    said = {
        "id": "plan.x", "document": "d", "clause": "c", "label": {"zh": "标", "en": "l"}, "steward": "s",
        "formula": {"zh": "式", "en": "f"}, "levels": ["school"], "units": "expected",
        "numerator": numerator | side if isinstance(side, dict) else None,
    }  # fmt: skip
    return HOUSE.model_copy(update={"indicators": (Indicator.model_validate(said | fields),)})


SOUND = {
    "a yes or no": {"each": "wireless = 'full'"},
    "a number": {"each": "rooms"},
    "rows alone": {},
    "a condition by the night": {"where": "opened_on >= as_of_date - interval 36 months"},
    "an age": {"each": "date_diff('month', opened_on, as_of_date) < 36"},
    "an order of words": {"each": "starts_with(lower(trim(wireless)), 'f') and wireless not in ('part', 'none')"},
    "a case": {"each": "case when rooms > 3 then 1.5 else coalesce(rooms, 0) end"},
    "a class": {"organisation": "school_code || ':' || wireless"},
    "a month": {"period": "strftime(opened_on, '%Y-%m')"},
}

WRONG = {
    "no such mart": ({"mart": "school_files"}, "`school_files`, which is no mart (the nearest is school_file)"),
    "a mart of indicators": ({"mart": "verdict"}, "verdict, which is made of indicators itself"),
    "no such column": ({"each": "wifi = 'full'"}, 'cannot be evaluated: Referenced column "wifi" not found'),
    "no SQL": ({"each": "wireless ="}, "is no expression of SQL"),
    "a text": ({"each": "wireless"}, "is varchar and not a number or yes or no"),
    "a number for a condition": ({"where": "rooms"}, "is bigint and not yes or no"),
    "a date for a period": ({"period": "opened_on"}, "is date and not a text"),
    "a question": ({"each": "(select max(rooms) from school_file)"}, "asks a question of its own"),
    "a join by exists": ({"where": "exists (select 1 from verdict)"}, "asks a question of its own"),
    "a sum": ({"each": "sum(rooms)"}, "adds up rows, which the night does"),
    "a window": ({"each": "row_number() over (order by rooms)"}, "looks at other rows"),
    "the clock": ({"where": "opened_on < current_date"}, "calls current_date"),
    "the clock as a function": ({"where": "opened_on < now()"}, "calls now"),
    "today": ({"where": "opened_on < today()"}, "calls current_date"),
    "a random number": ({"each": "random()"}, "calls rand"),
    "a file": ({"each": "length(content('/etc/passwd'))"}, "calls content"),
    "a setting": ({"each": "length(getenv('HOME'))"}, "calls getenv"),
    "another relation": ({"each": "verdict.rooms"}, "names the column verdict.rooms of something else"),
    "two statements": ({"each": "1; drop table mart"}, "cannot be evaluated: syntax error"),
    "an end of the question": ({"each": "1) from mart; drop table mart; select (1"}, "is no expression of SQL"),
}


@pytest.mark.parametrize("side", SOUND.values(), ids=SOUND)
def test_a_sound_expression_is_left_alone(side: dict[str, str], models: Path):
    refuse_wrong(register_with(numerator=side), models)


@pytest.mark.parametrize(("side", "sentence"), WRONG.values(), ids=WRONG)
def test_a_wrong_expression_is_refused_with_what_is_wrong(side: dict[str, str], sentence: str, models: Path):
    with pytest.raises(BuildFailed) as refused:
        refuse_wrong(register_with(numerator=side), models)
    assert sentence in str(refused.value)
    assert str(refused.value).startswith("indicators/plan.yml: numerator of `plan.x`")


def test_a_value_is_of_numerator_and_denominator_alone(models: Path):
    refuse_wrong(register_with(value="1 - numerator / nullif(denominator, 0)"), models)
    with pytest.raises(BuildFailed, match="`value` cannot be evaluated"):
        refuse_wrong(register_with(value="rooms / 2"), models)


def test_a_measure_that_no_model_counts_is_refused(models: Path):
    refuse_wrong(register_with(numerator=None, measure="rooms"), models)
    with pytest.raises(BuildFailed, match="asks for the measure `room`, which no model counts"):
        refuse_wrong(register_with(numerator=None, measure="room"), models)


def test_every_wrong_side_is_named_at_once(models: Path):
    wrong = {"mart": "school_file", "organisation": "school_code", "each": "random()"}
    with pytest.raises(BuildFailed) as refused:
        refuse_wrong(register_with(numerator={"each": "now()"}, denominator=wrong), models)
    assert len(str(refused.value).splitlines()) == 2


def test_the_columns_that_a_side_reads_are_known():
    side = register_with(numerator={"each": "wireless = 'full'", "where": "rooms > 1"}).indicators[0].numerator
    assert side is not None
    assert expressions.columns_of(side) == ("school_code", "rooms", "wireless")
