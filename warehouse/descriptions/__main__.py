"""`python -m warehouse.descriptions`: write the generated descriptions of the house's registers into the dbt project.

Lives here: which files are generated, from which register.
Stays out: their text (`staging`, `elements`), whether the descriptions fit the models (`drift`).
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import registry
from warehouse import build
from warehouse.descriptions.elements import doc_blocks
from warehouse.descriptions.staging import source_file

HOUSES = (registry.HOUSE, *sorted(path for path in (registry.HOUSE / "examples").iterdir() if path.is_dir()))


def generated(houses: Sequence[Path] = HOUSES) -> dict[str, str]:
    """The generated files of the registers in `houses`, by their path below the dbt project's models."""
    registers = {house: registry.load(house) for house in houses}
    files = {"elements.md": doc_blocks(registers.values())}
    for house, register in registers.items():
        for source in register.sources:
            contract = (house / "sources" / f"{source.id}.yml").relative_to(houses[0].parent).as_posix()
            path = f"staging/{source.id}/_{source.id}.yml"
            files.setdefault(path, source_file(contract, source.feeds, register))
    return files


def write(models: Path = build.PROJECT / "models", houses: Sequence[Path] = HOUSES) -> list[str]:
    """Write the generated files below `models`. Returns those that have changed."""
    changed = []
    for path, text in generated(houses).items():
        file = models / path
        if not file.is_file() or file.read_text(encoding="utf-8") != text:
            file.write_text(text, encoding="utf-8")
            changed.append(path)
    return changed


def main() -> int:
    """Write the files and print the names of those that have changed."""
    changed = write()
    sys.stdout.write("".join(f"{path} written\n" for path in changed) or "Every generated description is up to date.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
