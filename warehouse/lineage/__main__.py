"""`python -m warehouse.lineage`: the proof under the house's register and each example, for `make check`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import registry
from warehouse import lineage
from warehouse.errors import WarehouseError


def main() -> int:
    """Print one line a register; returns 1 where the proof fails."""
    failed = 0
    for directory in (registry.HOUSE, *sorted((registry.HOUSE / "examples").iterdir())):
        with tempfile.TemporaryDirectory() as target:
            try:
                lineage.refuse_findings(lineage.findings(registry.load(directory), Path(target)))
                sys.stdout.write(f"Under the register {directory.name} every released column is its owner's.\n")
            except WarehouseError as error:
                sys.stderr.write(f"Under the register {directory.name}: {error}\n")
                failed = 1
    return failed


if __name__ == "__main__":
    raise SystemExit(main())
