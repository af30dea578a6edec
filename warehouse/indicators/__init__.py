"""Indicators that a register writes as expressions over marts.

Lives here: holding the expressions to the marts' contracts (`expressions`), what the models are given of them
(`counted`), and their figures on the lake as it stands, before they are adopted (`trial`).
Stays out: what an indicator may declare (`registry.rules.indicators`), adding up and judging (dbt_project), the way
from a figure to its units (`warehouse.explain`).
"""

from warehouse.indicators.counted import counted
from warehouse.indicators.expressions import refuse_wrong

__all__ = ["counted", "refuse_wrong"]
