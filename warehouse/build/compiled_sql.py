"""`python -m warehouse.build.compiled_sql FOLDER`: the project's compiled SQL, under each register of the house.

Writes `FOLDER/<register>/<layer>/…/<model>.sql`, for lint and for reading.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import registry
from registry.model import Register
from warehouse import build
from warehouse.errors import BuildFailed


def write(register: Register, folder: Path) -> list[Path]:
    """Compile every model under `register` and write the SQL below `folder`. Raises BuildFailed."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as scratch:
        build.compile(None, register, Path(scratch))
        models = Path(scratch) / "target" / "compiled" / "shuyuan" / "models"
        for file in models.rglob("*.yml"):  # dbt keeps a test's SQL in a folder named as its YAML
            shutil.rmtree(file)
        shutil.copytree(models, folder)
    return sorted(folder.rglob("*.sql"))


def main() -> int:
    """Compile under the house's register and each example; 1 where a model does not compile."""
    parser = argparse.ArgumentParser(description="Compile the dbt models under every register of the house.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    for directory in (registry.HOUSE, *sorted((registry.HOUSE / "examples").iterdir())):
        try:
            models = write(registry.load(directory), folder / directory.name)
        except BuildFailed as error:
            sys.stderr.write(f"Under the register {directory.name}: {error}\n")
            return 1
        sys.stdout.write(f"{len(models)} models compile under the register {directory.name}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
