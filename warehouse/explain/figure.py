"""What a figure of `indicator_value` is made of: its units, the people of a unit, the rows of a person.

Lives here: one figure and the way from it down to the files; every list is read from what the figure is summed from.
Stays out: what an indicator is made from in general (`explanation`), what a row says (`records.export_rows`).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import duckdb

from registry.model import Indicator
from warehouse.disclosure.value_display import ValueDisplay
from warehouse.errors import QueryError
from warehouse.explain.names import enumeration, near
from warehouse.records.export_rows import PLACE_COLUMNS, ExportRows, RowKey
from warehouse.report import Part, Report, part

_ORGANISATION = "organisation"  # a unit that is none of people: a school's form, what an office declares
_DIGITS = 9  # to which a figure and the sum of its units agree
_LEVELS = ["province", "city", "district", "school", "class"]
_FIGURES = "lake.marts.indicator_value"
_MEMBERS = "lake.conformed.organisation_members"
_AREAS = "lake.conformed.area_members"
_UNITS = f"""
    from lake.conformed.indicator_units
    where measure = $measure and period = $period
        and case
            when stage is null then $stage is null
            when $stage is null then len($stages) = 0 or list_contains($stages, stage)
            else stage = $stage
        end
        and (len($grades) = 0 or list_contains($grades, try_cast(grade as bigint)))
        and (
            (not $own and school_code in (select school_code from {_MEMBERS} where organisation_code = $organisation))
            or (not $own and school_code in (select area_code from {_AREAS} where organisation_code = $organisation))
            or $organisation in (school_code, school_code || ':' || class_code)
        )"""
_PEOPLE = """
    select entity, uid, numerator, denominator, value
    from lake.conformed.indicator_people
    where measure = $measure and school_code = $school_code and class_code is not distinct from $class_code
        and grade is not distinct from $grade and day is not distinct from $day
    order by numerator desc nulls last, value desc nulls last, uid"""
_UNIT_COLUMNS = ("unit", "numerator", "denominator", "known", "expected")


class Unit(NamedTuple):
    """A unit that a clause counts: a class-day, or an organisation (then without class, grade and day)."""

    unit: str
    school_code: str
    class_code: str | None
    grade: str | None
    day: Any


class Person(NamedTuple):
    """A person of a unit, by the entity and the uid; or the organisation that is the unit, by its code."""

    entity: str
    uid: str


class Level(NamedTuple):
    """How far down a figure is asked: its `period` (None: the only one), a `unit` of it, a `person` of the unit."""

    period: str | None = None
    unit: str | None = None
    person: str | None = None


class Figure:
    """A figure of an indicator in the lake of one connection. `log` is called with the uid of each person before that
    person is shown in full.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        indicator: Indicator,
        display: ValueDisplay,
        log: Callable[[str], None],
    ) -> None:
        self._connection, self._indicator, self._display, self._log = connection, indicator, display, log
        self._exports = ExportRows(connection, display)

    def report(self, organisation: str, level: Level) -> Report:
        """The figure and its units; of a unit its people; of a person of the unit the rows of exports.

        Raises QueryError for an organisation, period, unit or person that the figure does not have, with the nearest.
        """
        figure = self._figure(organisation, level.period)
        facts = self._facts(figure)
        if self._indicator.no_value is not None:
            return Report(facts)
        if self._indicator.count_met or self._indicator.all_met:
            return Report(facts, _filled(self._verdicts(figure)))
        question = self._question(figure)
        facts["sum_of_units"] = self._sum_of_units(figure, question)
        if level.unit is None:
            return Report(facts, _filled(self._lower_organisations(figure), self._units(question)))
        place = self._unit(level.unit, question)
        if self._indicator.numerator is not None:
            return Report(facts | {"unit": place.unit}, _filled(self._mart_rows(place)))
        people = self._people_of(place)
        if level.person is None and people:
            return Report(facts | {"unit": place.unit}, _filled(self._people(place, people)))
        shown = self._person(level.person, people, place)
        key = shown.uid if shown.entity == _ORGANISATION else self._display.key(shown.uid)
        rows = self._rows(place, shown)
        told = {} if rows.rows else {"told_by": "no row: the unit is expected, and no export speaks of it"}
        return Report(facts | {"unit": place.unit, shown.entity: key} | told, _filled(rows))

    def _figure(self, organisation: str, period: str | None) -> dict[str, Any]:
        name = self._indicator.id
        keys = self._query(
            f"select distinct organisation_code, period from {_FIGURES} where indicator_id = $1 order by all",
            [name],
        )
        if not keys:
            raise QueryError(f"The lake holds no figure of {name}: its clause is not in force, or was added since.")
        _one_of(organisation, [code for code, _ in keys], f"{name} has no figure of the organisation", "--organisation")
        periods = [time for code, time in keys if code == organisation]
        period = periods[0] if period is None and len(periods) == 1 else period
        _one_of(period, periods, f"{name} has no figure of {organisation} for the period", "--period")
        relation = self._connection.execute(
            f"select * from {_FIGURES} where (indicator_id, organisation_code, period) = ($1, $2, $3) order by stage",
            [name, organisation, period],
        )
        names = [column[0] for column in relation.description or ()]
        first, *others = [dict(zip(names, row, strict=True)) for row in relation.fetchall()]
        other_stages = [f"{other['stage']}: {other['value']}" for other in others]
        return first | ({"other_stages": other_stages} if other_stages else {})

    def _facts(self, figure: dict[str, Any]) -> dict[str, Any]:
        indicator = self._indicator
        said = {
            "name": indicator.id, "kind": "figure", "label_zh": indicator.label.zh, "label_en": indicator.label.en,
            "document": indicator.document, "clause": indicator.clause, "formula_zh": indicator.formula.zh,
            "formula_en": indicator.formula.en, "steward": indicator.steward,
        }  # fmt: skip
        values = {name: value for name, value in figure.items() if name != "indicator_id"}
        filled = {name: value for name, value in values.items() if value is not None or name == "value"}
        return said | filled | ({"direction": indicator.direction} if figure["threshold"] is not None else {})

    @property
    def _measure(self) -> str:
        """The measure whose units it counts: of a variation that which varies."""
        return self._indicator.measure or self._indicator.variation_of or self._indicator.id

    def _question(self, figure: dict[str, Any]) -> dict[str, Any]:
        """The values of `_UNITS`."""
        indicator = self._indicator
        return {
            "measure": self._measure, "period": figure["period"], "organisation": figure["organisation_code"],
            "stage": indicator.stage, "stages": list(indicator.binds.stages), "grades": list(indicator.grades),
            "own": indicator.own,
        }  # fmt: skip

    def _sum_of_units(self, figure: dict[str, Any], question: dict[str, Any]) -> str:
        """Whether the units give the figure: a check of what is shown, which changes nothing that is."""
        if self._indicator.variation_of:
            sums = f"""
                select
                    count(*),
                    sqrt(sum(denominator * power(numerator / denominator - mean, 2)) / sum(denominator)),
                    any_value(mean)
                from (select *, sum(numerator) over () / sum(denominator) over () as mean {_UNITS})
                having bool_and(known = expected)"""
        else:
            sums = f"select count(*), sum(numerator), sum(denominator) {_UNITS}"
        (count, *given) = next(iter(self._query(sums, question)), (0, None, None))
        if not count and figure["value"] is None:
            return "none: nothing that it counts is known, or a part of it is not"
        stated = [figure["numerator"], figure["denominator"]]
        if all(_agree(*pair) for pair in zip(stated, given, strict=True)):
            return f"agrees: {count:,} units give this numerator and denominator"
        return f"DIFFERS: {count:,} units give {given[0]} / {given[1]}, and the figure is {stated[0]} / {stated[1]}"

    def _verdicts(self, figure: dict[str, Any]) -> Part:
        """The figures whose verdicts an indicator is made of: of the organisation, and of all schools of it."""
        columns = ("indicator_id", "organisation_code", "stage", "value", "threshold", "passed", "completeness")
        rows = self._query(
            f"""
            select {", ".join(columns)} from {_FIGURES}
            where list_contains($indicators, indicator_id) and ($stage is null or stage = $stage)
                and (
                    organisation_code = $organisation
                    or (
                        $of_schools and level = 'school' and organisation_code in (
                            select school_code from {_MEMBERS} where organisation_code = $organisation
                        )
                    )
                )
            order by passed nulls first, organisation_code, indicator_id""",
            {
                "indicators": [*self._indicator.count_met, *self._indicator.all_met], "stage": figure["stage"],
                "organisation": figure["organisation_code"], "of_schools": bool(self._indicator.all_met),
            },
        )  # fmt: skip
        title = "Figures whose verdicts it is made of (explain INDICATOR)"
        return part("verdicts", title, columns, rows, self._display.limit)

    def _lower_organisations(self, figure: dict[str, Any]) -> Part:
        """The figures one level below."""
        columns = ("organisation_code", "level", "numerator", "denominator", "value", "passed", "completeness")
        rows = self._query(
            f"""
            select {", ".join(columns)} from {_FIGURES}
            where indicator_id = $indicator and period = $period
                and list_position($levels, level) > list_position($levels, $level)
                and split_part(organisation_code, ':', 1) in (
                    select lower.organisation_code from {_MEMBERS} as lower
                    where lower.school_code in (
                        select school_code from {_MEMBERS} where organisation_code = $organisation
                    )
                )
            qualify rank() over (order by list_position($levels, level)) = 1
            order by organisation_code""",
            {
                "indicator": self._indicator.id, "period": figure["period"], "level": figure["level"],
                "levels": _LEVELS, "organisation": figure["organisation_code"],
            },
        )  # fmt: skip
        title = "Figures one level below (--organisation CODE)"
        return part("organisations", title, columns, rows, self._display.limit)

    def _units(self, question: dict[str, Any]) -> Part:
        """The units; those first that speak against the threshold, those last of which nothing is known."""
        against = "numerator" if self._indicator.direction == "at_most" else "denominator - numerator"
        rows = self._query(
            f"select {', '.join(_UNIT_COLUMNS)} {_UNITS} order by {against} desc nulls last, known desc, unit", question
        )
        return part("units", "Units that it counts (--unit UNIT)", _UNIT_COLUMNS, rows, self._display.limit)

    def _unit(self, name: str, question: dict[str, Any]) -> Unit:
        units = {row[0]: Unit(*row) for row in self._query(f"select {', '.join(Unit._fields)} {_UNITS}", question)}
        _one_of(name, sorted(units), "The figure does not count the unit", "--unit")
        return units[name]

    def _mart_rows(self, unit: Unit) -> Part:
        """What the rows of marts add that count to a unit; those first of which that is not known."""
        told = []
        for name in ("numerator", "denominator"):
            side = getattr(self._indicator, name)
            if side is not None:
                where = f"({side.where}) is distinct from false" if side.where else "true"
                told += self._query(
                    f"select '{name}', '{side.mart}', cast(({side.each}) as varchar) as adds, count(*) "
                    f"from lake.marts.{side.mart} where ({side.organisation}) = $1 and {where} "
                    "group by all order by adds nulls first",
                    [unit.unit],
                )
        title = "Rows of marts, by what each adds (explain MART)"
        return part("mart_rows", title, ("side", "mart", "adds", "rows"), told, self._display.limit)

    def _people_of(self, unit: Unit) -> dict[Person, tuple[Any, ...]]:
        """Each person of a unit: numerator, denominator, value."""
        names = ("school_code", "class_code", "grade", "day")
        values = {"measure": self._measure} | {name: getattr(unit, name) for name in names}
        return {Person(entity, uid): tuple(numbers) for entity, uid, *numbers in self._query(_PEOPLE, values)}

    def _people(self, unit: Unit, people: dict[Person, tuple[Any, ...]]) -> Part:
        """The people of a unit: what each adds to the figure, or the value by which it is judged."""
        shown = list(people.items())[: self._display.limit]
        rows = [(person.entity, self._key(person), *numbers) for person, numbers in shown]
        columns = ("entity", "key", "numerator", "denominator", "value")
        title = f"People of {unit.unit} (--person KEY)"
        return Part("people", title, columns, tuple(rows), len(people) - len(shown))

    def _person(self, key: str | None, people: dict[Person, tuple[Any, ...]], unit: Unit) -> Person:
        if key is None:
            return Person(_ORGANISATION, unit.school_code)
        by_key = {name: person for person in people for name in (person.uid, self._display.key(person.uid)) if name}
        if key not in by_key:
            raise QueryError(f"The unit {unit.unit} has no person of that key: give one that --unit alone shows.")
        return by_key[key]

    def _rows(self, unit: Unit, person: Person) -> Part:
        """The rows of exports that tell of a person or organisation in a unit, with what was read."""
        if person.entity != _ORGANISATION:
            self._key(person)  # which is logged
        told = self._query(
            "select distinct feed, _delivery_id, _row_number from lake.conformed.indicator_rows "
            "where measure = $1 and entity = $2 and uid = $3 and day is not distinct from $4 order by all",
            [self._measure, *person, unit.day],
        )
        keys: dict[str, list[RowKey]] = {}
        for feed, delivery, row in told:
            keys.setdefault(feed, []).append(RowKey(delivery, row))
        is_person = person.entity != _ORGANISATION
        values = {feed: self._exports.values(feed, each, of_person=is_person) for feed, each in keys.items()}
        rows = [
            (feed, *self._exports.place(*key).values(), read or None)
            for feed, keys_of_feed in keys.items()
            for key in keys_of_feed
            for read in values[feed].get(key, [{}])
        ]
        return part("rows", "Rows of exports", ("feed", *PLACE_COLUMNS, "read"), rows, self._display.limit)

    def _key(self, person: Person) -> str | None:
        if self._display.identified:
            self._log(person.uid)
        return self._display.key(person.uid)

    def _query(self, sql: str, values: Any) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()


def _one_of(name: str | None, names: list[str], what_is_wrong: str, option: str) -> None:
    """Raise QueryError where a name is none of those there are; the sentence has the nearest."""
    if name in names:
        return
    every = list(dict.fromkeys(names))
    nearest = near(name, every) if name else []
    said = f"{what_is_wrong} `{name}`" if name else f"Give {option}"
    raise QueryError(f"{said}: {'the nearest are' if nearest else 'there are'} {enumeration(nearest or every)}.")


def _agree(stated: float | None, given: float | None) -> bool:
    if stated is None or given is None:
        return (stated or 0) == (given or 0)
    return math.isclose(stated, given, rel_tol=10**-_DIGITS, abs_tol=10**-_DIGITS)


def _filled(*parts: Part) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.rows)
