"""Proof by lineage: the raw columns that each released column comes from, checked against the register.

Lives here: one query (`columns`, `names`), the whole project (`graph`), the check (`proof`), and its runs
(`night_proof`).
Add here: another way in which one column can influence another.
Stays out: compiling (`warehouse.build`), what a register may declare (`registry`).
"""

from warehouse.lineage.graph import Graph
from warehouse.lineage.night_proof import check_night, findings, refuse_findings
from warehouse.lineage.proof import Finding, prove

__all__ = ["Finding", "Graph", "check_night", "findings", "prove", "refuse_findings"]
