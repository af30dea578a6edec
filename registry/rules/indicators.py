"""Refusals about indicators.

Lives here: what `indicators/*.yml` may not say: names that nothing bears, and declarations that nothing reads.
Add here: another rule on a clause.
Stays out: how an indicator is computed (`dbt_project`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from registry.model import WAYS, Indicator, Register
from registry.rules.words import twice

_NUMBERS = ("integer", "decimal")
_CONDITIONS = "school_registry/conditions"
_FACTS, _FACT_CODES = "declarations/facts", "declared_fact"
# What an indicator may say, and the fields without one of which nothing reads it.
_READ_WITH = {
    "direction": ("threshold",),
    "floor": ("threshold",),
    "administrative": ("conditions",),
    "grades": ("measure", "no_value"),
    "denominator": ("numerator",),
    "value": ("numerator",),
    "own": ("numerator",),
    "feeds": ("numerator",),
    "units": WAYS[:-1],  # with a figure
}


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the indicators."""
    for name in twice(i.id for i in register.indicators):
        yield f"{_file(name)}: indicator `{name}` stands twice; remove one."
    floors = {part for i in register.indicators for part in i.count_met}
    for indicator in register.indicators:
        at = f"{_file(indicator.id)}: indicator `{indicator.id}`"
        yield from _clause(at, indicator)
        yield from _unread(at, indicator, floors)
        yield from _unknown(at, indicator, register)


def _clause(at: str, indicator: Indicator) -> Iterator[str]:
    if not indicator.steward.strip():
        yield f"{at} has no steward; name the office that answers for it."
    if not indicator.levels:
        yield f"{at} has no levels; name those at which it is reported."
    if len(indicator.way) != 1:
        said = f"both `{'` and `'.join(indicator.way)}`" if indicator.way else "neither a measure nor a reason for none"
        yield f"{at} has {said}; give one of `{'`, `'.join(WAYS)}`."
    if indicator.way != ("no_value",) and indicator.units is None:
        yield f"{at} does not say what its denominator counts; give `units`: expected or measured."
    if indicator.floor is not None and indicator.threshold is None:
        yield f"{at} has a floor without a threshold; add the threshold."
    first, last = indicator.valid_from, indicator.valid_to
    if first and last and last < first:
        yield f"{at} binds from {first} to {last}, which ends before it begins; correct its dates."


def _unread(at: str, indicator: Indicator, floors: Collection[str]) -> Iterator[str]:
    """What it declares and nothing reads."""
    declared = indicator.model_fields_set
    for field, readers in _READ_WITH.items():
        if field in declared and not any(getattr(indicator, reader) not in (None, (), {}) for reader in readers):
            named = "` or `".join(readers)
            yield f"{at} declares `{field}`, which nothing reads without `{named}`; remove it or add one of them."
    if indicator.floor is not None and indicator.id not in floors:
        yield f"{at} declares `floor`, which nothing reads: no `count_met` names it; remove it or name it in one."
    if indicator.grades and "class" not in indicator.levels and indicator.measure is None:
        yield f"{at} declares `grades`, which nothing reads without the level `class`; remove them or add the level."
    if indicator.stage is not None and indicator.binds.stages and indicator.binds.stages != (indicator.stage,):
        yield f"{at} is of stage {indicator.stage} and binds others, which nothing reads; bind that stage alone."
    if indicator.binds.districts and indicator.threshold is None:
        yield f"{at} declares `binds.districts`, which nothing reads without `threshold`; remove them or add it."


def _unknown(at: str, indicator: Indicator, register: Register) -> Iterator[str]:
    """Names that nothing in the register bears."""
    areas, elements = {a.code for a in register.bureau.areas}, {e.id for e in register.elements}
    groups = {g.id for g in register.business_words.code_groups if g.code_set == "school_type"}
    for district in indicator.binds.districts:
        if district not in areas:
            yield f"{at} binds area {district}, which bureau.yml has not; add the area or correct it."
    for group in (*indicator.binds.except_types, *indicator.binds.except_below):
        if group not in groups:
            yield f"{at} excepts `{group}`, which is no code group of school types in business_words.yml; correct it."
    for element in indicator.elements:
        if element not in elements:
            yield f"{at} names the unknown element `{element}`; add it to elements/ or correct it."
    yield from _without_data(at, indicator, register)
    yield from _without_part(at, indicator, {i.id: i for i in register.indicators})


def _without_data(at: str, indicator: Indicator, register: Register) -> Iterator[str]:
    feeds = {feed.id: feed for feed in register.feeds}
    facts = {c.code for c in register.codes(_FACT_CODES)}
    for name in indicator.feeds:
        if name not in feeds:
            yield f"{at} waits for feed `{name}`, which no file of sources/ declares; declare it or correct it."
    needed = _CONDITIONS if indicator.conditions else _FACTS if indicator.fact else None
    if needed and needed not in feeds:
        yield f"{at} needs feed `{needed}`, which no file of sources/ declares; declare it or say `no_value`."
        return
    for name in indicator.conditions:
        if name not in {c.name for c in feeds[_CONDITIONS].columns if c.type in _NUMBERS and c.elements}:
            yield f"{at} counts `{name}`, which is no number of {_CONDITIONS} with an element; add one or correct it."
    if indicator.fact is not None and indicator.fact not in facts:
        yield f"{at} asks for fact `{indicator.fact}`, which codes/{_FACT_CODES}.csv has not; add it or correct it."


def _without_part(at: str, indicator: Indicator, indicators: Mapping[str, Indicator]) -> Iterator[str]:
    base = indicator.variation_of
    if base is not None and not (base in indicators and indicators[base].conditions):
        yield f"{at} is the variation of `{base}`, which is no indicator with `conditions`; correct it."
    for part in (*indicator.count_met, *indicator.all_met):
        if part == indicator.id or part not in indicators or indicators[part].threshold is None:
            yield f"{at} is made of `{part}`, which is no other indicator with a threshold; correct it."


def _file(indicator_id: str) -> str:
    return f"indicators/{indicator_id.partition('.')[0]}.yml"
