"""The marts of the release before, as tables that SQL may read beside a candidate's.

Stays out: which release that is (`warehouse`), rules that look at it (`between_sql`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from expectations.kinds import Table


def marts(release: Path | None) -> dict[str, Table]:
    """The marts of a release by name, each read from its files of Parquet; without those that cannot be read."""
    if release is None:
        return {}
    found: dict[str, Table] = {}
    with duckdb.connect() as connection:
        for place in sorted((release / "parquet").glob("*")):
            files = sorted(place.glob("*.parquet")) if place.is_dir() else [place]
            listed = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
            source = f"read_parquet([{listed}], hive_partitioning = false)"
            try:
                columns = connection.execute(f"describe from {source}").fetchall()
            except duckdb.Error:  # a damaged file is found, and told of, where releases are checked
                continue
            found[place.stem] = Table("main", place.stem, {row[0]: row[1] for row in columns}, source)
    return found
