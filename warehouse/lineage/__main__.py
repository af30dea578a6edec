"""`python -m warehouse.lineage`: for `make check`, the proof under the house's register and each example, whether each
declaration holds under one of them, and whether the columns of the graph are those that are described.
"""

from __future__ import annotations

import sys
import tempfile
from collections import defaultdict
from pathlib import Path

import registry
from warehouse import build, lineage
from warehouse.descriptions import drift
from warehouse.errors import WarehouseError
from warehouse.lineage.proof import Declared


def main() -> int:
    """Print one line a register, and one on the descriptions; returns 1 where the proof fails or a column drifts."""
    failed = 0
    columns: dict[str, set[str]] = defaultdict(set)
    is_reached: dict[Declared, bool] = {}
    for directory in (registry.HOUSE, *sorted((registry.HOUSE / "examples").iterdir())):
        with tempfile.TemporaryDirectory() as target:
            try:
                _prove(directory, Path(target), columns, is_reached)
                sys.stdout.write(f"Under the register {directory.name} every released column is its owner's.\n")
            except WarehouseError as error:
                sys.stderr.write(f"Under the register {directory.name}: {error}\n")
                failed = 1
    return failed or _refuse_unsupported(is_reached) or _compare_descriptions(columns)


def _prove(directory: Path, target: Path, columns: dict[str, set[str]], is_reached: dict[Declared, bool]) -> None:
    """The proof under one register. Adds the columns of each model, by its name without its schema, and for each name
    that is declared whether anything reached is that. Raises WarehouseError.
    """
    register = registry.load(directory)
    findings: dict[lineage.Finding, None] = {}
    for graph in lineage.graphs(register, target):
        findings |= dict.fromkeys(lineage.prove(graph, register))
        for declared, reached in lineage.support(graph, register).items():
            is_reached[declared] = is_reached.get(declared, False) or reached
        for relation in graph.models:
            columns[relation.split(".")[1]].update(graph.columns(relation))
    lineage.refuse_findings([*findings])


def _refuse_unsupported(is_reached: dict[Declared, bool]) -> int:
    """Print each name that is declared and that nothing is under any register; returns 1 where there is one."""
    wrong = [lineage.unsupported(declared) for declared, reached in sorted(is_reached.items()) if not reached]
    sys.stderr.writelines(f"{finding}\n" for finding in wrong)
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
