"""Proof by lineage: what each released column is made of, held to what it declares and to the register.

Lives here: one query (`columns`, `names`), the whole project (`models`, `graph`), what a raw column may stand for
(`standing`), the check (`proof`), its runs (`night_proof`), and feeds of which no mart is made (`unused_feeds`).
Add here: another way in which one column can influence another.
Stays out: compiling (`warehouse.build`), what a register may declare (`registry`).
"""

from warehouse.lineage.graph import Graph
from warehouse.lineage.night_proof import check_night, findings, graphs, refuse_findings
from warehouse.lineage.proof import Finding, prove, support, unsupported
from warehouse.lineage.unused_feeds import marts_of_feeds, unexplained

__all__ = [
    "Finding",
    "Graph",
    "check_night",
    "findings",
    "graphs",
    "marts_of_feeds",
    "prove",
    "refuse_findings",
    "support",
    "unexplained",
    "unsupported",
]
