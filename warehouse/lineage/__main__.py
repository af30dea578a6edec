"""`python -m warehouse.lineage`: for `make check`, the proof under the house's register and each example, whether each
declaration holds under one of them, whether each feed of the house gives a mart a value or says why not, and whether
the columns of the graph are those that are described.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import registry
from registry.model import Register
from warehouse import build, lineage
from warehouse.descriptions import drift
from warehouse.errors import WarehouseError
from warehouse.lineage.proof import Declared


def main() -> int:
    """Print one line a register, and one on the descriptions; returns 1 where the proof fails or a column drifts."""
    failed = 0
    columns: dict[str, set[str]] = defaultdict(set)
    is_reached: dict[Declared, bool] = {}
    marts: dict[str, frozenset[str]] = {}
    for directory in (registry.HOUSE, *sorted((registry.HOUSE / "examples").iterdir())):
        with tempfile.TemporaryDirectory() as target:
            try:
                register = registry.load(directory)
                _prove(register, Path(target), columns, is_reached, marts)
                sys.stdout.write(f"Under the register {directory.name} every released column is its owner's.\n")
            except WarehouseError as error:
                sys.stderr.write(f"Under the register {directory.name}: {error}\n")
                failed = 1
    return failed or _refuse_unsupported(is_reached) or _refuse_unused(marts) or _compare_descriptions(columns)


def _prove(
    register: Register,
    target: Path,
    columns: dict[str, set[str]],
    is_reached: dict[Declared, bool],
    marts: dict[str, frozenset[str]],
) -> None:
    """The proof under one register. Adds the columns of each model, by its name without its schema, for each name that
    is declared whether anything reached is that, and the marts to which each feed gives values. Raises WarehouseError.
    """
    findings: dict[lineage.Finding, None] = {}
    for graph in lineage.graphs(register, target):
        findings |= dict.fromkeys(lineage.prove(graph, register))
        for declared, reached in lineage.support(graph, register).items():
            is_reached[declared] = is_reached.get(declared, False) or reached
        for feed, names in lineage.marts_of_feeds(graph, register).items():
            marts[feed] = marts.get(feed, frozenset()) | names
        for relation in graph.models:
            columns[relation.split(".")[1]].update(graph.columns(relation))
    lineage.refuse_findings([*findings])


def _refuse_unsupported(is_reached: dict[Declared, bool]) -> int:
    """Print each name that is declared and that nothing is under any register; returns 1 where there is one."""
    wrong = [lineage.unsupported(declared) for declared, reached in sorted(is_reached.items()) if not reached]
    sys.stderr.writelines(f"{finding}\n" for finding in wrong)
    return int(bool(wrong))


def _refuse_unused(marts: dict[str, frozenset[str]]) -> int:
    """Print each feed of the house of which no mart is made and that does not say why; returns 1 where there is one."""
    wrong = lineage.unexplained(registry.load(registry.HOUSE), marts)
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    return int(bool(wrong))


def _compare_descriptions(columns: dict[str, set[str]]) -> int:
    """Print each difference between the columns and their descriptions; returns 1 where there is one."""
    differences = drift.drift(columns, drift.described(build.PROJECT / "models"))
    sys.stderr.writelines(f"{sentence}\n" for sentence in differences)
    if not differences:
        total = sum(map(len, columns.values()))
        sys.stdout.write(f"Each of the {total} columns of {len(columns)} models is described in two languages.\n")
    return int(bool(differences))


if __name__ == "__main__":
    raise SystemExit(main())
