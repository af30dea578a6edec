"""`declarations/facts`: who declares which fact, with which figure, and what became of it.

Lives here: the facts of the sample city; their figures are counted in its own rosters and lists. Of the organisations
that a fact concerns, most declare that it holds, and a known part that it does not, nothing, or what nobody has
reviewed yet.
Add here: another fact of the code set `declared_fact`.
Stays out: the file (`declared`); facts that are counted elsewhere (`declared_values`); the rates of a district
(`declared_rates`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np

from samples.city import City
from samples.feeds import declared_rates, teacher_list
from samples.feeds.contracts import option
from samples.feeds.school_counts import class_count, is_compulsory, pupils
from samples.truth.records import DeclaredFact
from samples.world import pools
from samples.world.randomness import stream
from samples.world.strings import Bools, Columns, Ints, same, take

MET, FAILED, MISSING, OPEN = "met", "failed", "missing", "open"
_TURN = (MET, FAILED, MISSING, OPEN, MET, MET, MET, MET)  # of organisations in a random order
_PARTNERED = frozenset({"paired_class", "delivered_class", "group"})
_REVIEW = 5  # days
_VOCATIONAL = "36"  # 中等职业
_SMART_CAMPUS_PARTS = range(1, 9)  # 青岛市智慧校园示范校
_CLASSES_A_ROOM = 12  # for a room of each kind (教督〔2017〕6号)

Figure = Callable[[City], Ints]


@dataclass(frozen=True)
class _Fact:
    """A fact of the code set, the schools that it concerns, and its figure; `None`: it has none."""

    code: str
    concerns: Callable[[City], Bools]
    figure: Figure | None = None
    unit: str | None = None


def _teachers(city: City) -> Ints:
    return np.bincount(city.teachers.school, minlength=len(city.schools.code))


def _staff(column: str, value: str) -> Figure:
    """Teachers of each school in whose row of the list of teachers `column` says `value`."""

    def count(city: City) -> Ints:
        is_one = np.array(teacher_list.columns(city)[column].to_pylist()) == value
        return np.bincount(city.teachers.school[is_one], minlength=len(city.schools.code))

    return count


def is_small_rural(city: City) -> Bools:
    """乡村小规模学校与乡镇寄宿制学校: in the country with fewer than 100 students, or with boarders in a town."""
    place, stages = np.array(city.schools.place), city.schools.kind
    small = np.isin(place, pools.RURAL) & (pupils(city) < 100) & _in_registry(city)
    boards = np.array([any(stage == "junior" for stage, *_ in kind.stages) for kind in stages])
    return np.asarray(small | (np.isin(place, (*pools.TOWN, *pools.RURAL)) & boards))


def _music_art_rooms(city: City) -> Ints:
    """A room for music and one for art for every twelve classes that a school has begun."""
    return -(-class_count(city) // _CLASSES_A_ROOM) * 2


def _has_lessons(city: City) -> Bools:
    """Schools with a primary, junior or senior stage."""
    return is_compulsory(city) | np.array([any(s == "senior" for s, *_ in kind.stages) for kind in city.schools.kind])


def _is_vocational(city: City) -> Bools:
    return np.array([kind.category == _VOCATIONAL for kind in city.schools.kind])


def _in_registry(city: City) -> Bools:
    return np.asarray(city.schools.children == 0)


def _all(city: City) -> Bools:
    return np.ones(len(city.schools.code), bool)


def _large(city: City) -> Bools:
    return city.schools.has_full_classes


_SCHOOL_FACTS = (
    _Fact("cio", _all),
    _Fact("it_staff", _all, _staff("post", "教辅人员"), "人"),
    _Fact("it_teacher", _in_registry, _staff("subject", "信息科技"), "人"),
    _Fact("skilled_teachers", _all, _staff("it_ability", "熟练"), "人"),
    _Fact("small_rural", is_small_rural, pupils, "人"),
    _Fact("paired_class", is_small_rural, class_count, "个"),
    _Fact("delivered_class", is_small_rural, class_count, "个"),
    _Fact("group", _large),
    _Fact("learning_space", _all, _teachers, "人"),
    _Fact("maker_space", _large),
    _Fact("virtual_maker_space", _large),
    _Fact("ai_centre", _large),
    _Fact("iot_base", _large),
    _Fact("course_base", _large),
    _Fact("app", _all),
    _Fact("homework_rules", is_compulsory),
    _Fact("homework_publication", is_compulsory),
    _Fact("no_parent_homework", is_compulsory),
    _Fact("smart_campus", _all),
    *(_Fact(f"smart_campus_part_{n}", _all) for n in _SMART_CAMPUS_PARTS),
    *(_Fact(f"smart_campus_sample_{n}", _large) for n in _SMART_CAMPUS_PARTS),
    _Fact("smart_campus_result", _large),
    _Fact("regional_platform", _all),
    _Fact("project20_pass", _in_registry),
    _Fact("digital_literacy", _in_registry, pupils, "人"),
    _Fact("duty_list", _all),
    _Fact("first_class_time", _has_lessons),
    _Fact("music_art_rooms", is_compulsory, _music_art_rooms, "间"),
    _Fact("joint_research", _in_registry),
    _Fact("lesson_submitted", _in_registry, _teachers, "人"),
    _Fact("performance_review", _all),
    _Fact("programming_test", _large, pupils, "人"),
    _Fact("psychology_service", _in_registry),
    _Fact("security_drill", _all),
    _Fact("smart_campus_sample", _large),
    _Fact("supported_case", _large, class_count, "个"),
    _Fact("vocational_smart_place", _is_vocational),
)
_AREA_FACTS = (
    "homework_rules", "regional_platform", "community", "duty_list", "offsite_copy", "data_centre", "ai_centre",
    "pilot_direction", "plan_action", "resource", "security_drill",
)  # fmt: skip
_CITY_FACTS = {"platform_concurrency": 20_000, "platform_bandwidth": 10_000, "platform_storage": 500}
_CITY_RATES = {"he_classrooms": 97, "he_wireless": 64}  # of the universities of the city, per cent


def declared_facts(city: City) -> list[DeclaredFact]:
    """Every fact of every organisation that it concerns, those that are `missing` among them. A figure of 0 does not
    hold.
    """
    facts = [entry for fact in _SCHOOL_FACTS for entry in _of_schools(city, fact)]
    for code in _AREA_FACTS:
        facts += _declare(city, code, "areas", (*pools.AREAS, pools.CITY_CODE))
    for rate in declared_rates.RATES:
        facts += _of_districts(city, rate)
    of_city = _CITY_FACTS | _CITY_RATES
    return facts + [DeclaredFact(pools.CITY_CODE, code, MET, n, "") for code, n in of_city.items()]


def _of_schools(city: City, fact: _Fact) -> list[DeclaredFact]:
    schools = np.flatnonzero(fact.concerns(city))
    declared = _declare(city, fact.code, "schools", [city.schools.code[s] for s in schools])
    figures = fact.figure(city) if fact.figure else None
    partners = _partners(city)
    entries = []
    for school, entry in zip(schools, declared, strict=True):
        figure = None if figures is None else int(figures[school])
        status = FAILED if figure == 0 and entry.status == MET else entry.status
        value = figure if status != FAILED or figure == 0 else None
        partner = partners[school % len(partners)] if fact.code in _PARTNERED and status != FAILED else ""
        entries.append(DeclaredFact(entry.organisation_code, fact.code, status, value, partner))
    return entries


def _of_districts(city: City, rate: str) -> list[DeclaredFact]:
    """A rate of every district that has somebody to count; too low where it fails."""
    heads = declared_rates.heads(city, rate)
    declared = _declare(city, rate, "areas", tuple(heads))
    return [
        f
        if f.status == MISSING
        else replace(f, value=declared_rates.percent(rate, heads[f.organisation_code], too_low=f.status == FAILED))
        for f in declared
    ]


def _declare(city: City, fact: str, who: str, codes: list[str] | tuple[str, ...]) -> list[DeclaredFact]:
    """What became of a fact at each organisation: in turn, in a random order."""
    place = stream(city.seed, "facts", fact, who).permutation(len(codes))
    return [
        DeclaredFact(code, fact, _TURN[p % len(_TURN)], None, "") for code, p in zip(codes, place.tolist(), strict=True)
    ]


def _partners(city: City) -> list[str]:
    """Schools of usual size in the urban districts."""
    urban = city.schools.has_full_classes & (city.schools.area < 2) & is_compulsory(city)
    return [city.schools.code[s] for s in np.flatnonzero(urban)]


def declared(city: City) -> list[DeclaredFact]:
    """The facts of which there is a row."""
    return [fact for fact in declared_facts(city) if fact.status != MISSING]


def fact_columns(city: City, facts: list[DeclaredFact], day: date) -> Columns:
    """The columns of the list for what was declared by `day`."""
    names = dict(zip(city.organisations, city.organisation_names, strict=True))
    each = np.arange(len(facts))
    days = [day - timedelta(days=20 + n * 7 % 40) for n in range(len(facts))]
    units = {fact.code: fact.unit for fact in _SCHOOL_FACTS} | dict.fromkeys((*declared_rates.RATES, *_CITY_RATES), "%")
    is_reviewed = [f.status != OPEN for f in facts]
    texts: dict[str, list[str | None]] = {
        "organisation_code": [f.organisation_code for f in facts],
        "organisation": [names[f.organisation_code] for f in facts],
        "fact": [option("declared_fact", f.fact) for f in facts],
        "declared_on": [d.isoformat() for d in days],
        "holds": [pools.YES_NO[f.status != FAILED] for f in facts],
        "value": [None if f.value is None else f"{f.value:g}" for f in facts],
        "unit": [units.get(f.fact) for f in facts],
        "partner_code": [f.partner_code or None for f in facts],
        "valid_from": [d.isoformat() for d in days],
        "reviewed_on": [
            (d + timedelta(days=_REVIEW)).isoformat() if r else None for d, r in zip(days, is_reviewed, strict=True)
        ],
        "accepted": ["是" if r else None for r in is_reviewed],
    }
    return {
        **{name: take(column, each) for name, column in texts.items()},
        "item": same("1", len(facts)),
        "valid_to": same(None, len(facts)),
    }
