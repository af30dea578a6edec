"""`python -m shuyuan.docs_site FILE`: dbt's documentation of every model and column, in one file that fetches nothing.

Lives here: the lake on which it is made, an empty one, so that the page holds types and descriptions and no data.
Stays out: dbt (`warehouse.build`), the descriptions (`dbt_project/models`).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import registry
from ingest.committing import intake_tables
from registry.model import Register
from warehouse import build
from warehouse.lake import connect_lake

_TRACKER = "//d1fc8wv8zag5ca.cloudfront.net/2.9.0/sp.js"  # dbt's page would count its visitors, if dbt were allowed to


def write(page: Path, register: Register, register_dir: Path = registry.HOUSE) -> None:
    """Write the documentation under a register, and of the models beside it, to `page`. Raises BuildFailed."""
    with tempfile.TemporaryDirectory() as folder:
        lake = build.empty_lake(Path(folder) / "lake", register)
        with connect_lake(lake) as connection:
            intake_tables.ensure(connection)
        project = build.assemble(build.PROJECT, register_dir, register, Path(folder) / "project")
        made = build.docs(project, register, lake, Path(folder)).read_text(encoding="utf-8")
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text(made.replace(_TRACKER, ""), encoding="utf-8")


def main() -> int:
    """Write the page and say where it is."""
    parser = argparse.ArgumentParser(description="Write dbt's documentation of the models as one file.")
    parser.add_argument("page", type=Path)
    parser.add_argument("--register", type=Path, default=registry.HOUSE, help="the register's folder")
    given = parser.parse_args()
    write(given.page, registry.load(given.register), given.register)
    sys.stdout.write(f"The documentation of the models stands in {given.page}: open it in a browser.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
