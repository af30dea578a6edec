"""`python -m warehouse.lineage`: for `make check`, the proof under the house's register and each example, and whether
the columns of the graph are those that are described.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import registry
from warehouse import build, lineage
from warehouse.descriptions import drift
from warehouse.errors import WarehouseError
from warehouse.lineage.night_proof import Columns


def main() -> int:
    """Print one line a register, and one on the descriptions; returns 1 where the proof fails or a column drifts."""
    failed = 0
    columns: Columns = {}
    for directory in (registry.HOUSE, *sorted((registry.HOUSE / "examples").iterdir())):
        with tempfile.TemporaryDirectory() as target:
            try:
                lineage.refuse_findings(lineage.findings(registry.load(directory), Path(target), columns=columns))
                sys.stdout.write(f"Under the register {directory.name} every released column is its owner's.\n")
            except WarehouseError as error:
                sys.stderr.write(f"Under the register {directory.name}: {error}\n")
                failed = 1
    return failed or _compare_descriptions(columns)


def _compare_descriptions(columns: Columns) -> int:
    """Print each difference between the columns and their descriptions; returns 1 where there is one."""
    differences = drift.drift(columns, drift.described(build.PROJECT / "models"))
    sys.stderr.writelines(f"{sentence}\n" for sentence in differences)
    if not differences:
        total = sum(map(len, columns.values()))
        sys.stdout.write(f"Each of the {total} columns of {len(columns)} models is described in two languages.\n")
    return int(bool(differences))


if __name__ == "__main__":
    raise SystemExit(main())
