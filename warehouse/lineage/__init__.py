"""Proof by lineage: from which raw columns each released column comes, and whether the register allows it.

Lives here: tracing SQL (`columns`, `names`), the whole project (`graph`), the judgement (`proof`), when it
is asked (`project`).
Add here: another way in which one column can steer another.
Stays out: compiling (`warehouse.build`), what a register may say (`registry`).
"""

from warehouse.lineage.graph import Graph
from warehouse.lineage.night_proof import check_night, findings, refuse_findings
from warehouse.lineage.proof import Finding, prove

__all__ = ["Finding", "Graph", "check_night", "findings", "prove", "refuse_findings"]
