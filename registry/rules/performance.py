"""Refusals about the dimensions of performance.

Lives here: what `performance.yml` may not say: names twice, indicators that no school has, weights of some measures.
Add here: another rule on a dimension.
Stays out: how a measure is computed (`dbt_project`).
"""

from __future__ import annotations

from collections.abc import Iterator

from registry.model import PerformanceDimension, PerformanceMeasure, Register
from registry.rules.words import twice

_FILE = "performance.yml"


def refusals(register: Register) -> Iterator[str]:
    """Contradictions in the dimensions, one sentence each."""
    dimensions = register.performance.dimensions
    for name in twice(dimension.id for dimension in dimensions):
        yield f"{_FILE}: dimension `{name}` stands twice; remove one."
    for dimension in dimensions:
        yield from _dimension(dimension, register)


def _dimension(dimension: PerformanceDimension, register: Register) -> Iterator[str]:
    at = f"{_FILE}: dimension `{dimension.id}`"
    for name in twice(measure.id for measure in dimension.measures):
        yield f"{at} has the measure `{name}` twice; remove one."
    if len({measure.weight is None for measure in dimension.measures}) > 1:
        yield f"{at} weighs some of its measures; give each a weight, or none."
    for measure in dimension.measures:
        yield from _indicator(at, measure, register)


def _indicator(at: str, measure: PerformanceMeasure, register: Register) -> Iterator[str]:
    if measure.indicator is None:
        return
    found = next((i for i in register.indicators if i.id == measure.indicator), None)
    if found is None:
        yield f"{at} names the unknown indicator `{measure.indicator}`; add it to indicators/ or correct it."
    elif "school" not in found.levels:
        yield f"{at} names the indicator `{measure.indicator}`, which no school has; take one with level school."
