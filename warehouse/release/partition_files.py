"""The partitions of a large mart as files of Parquet, and the view over them in `marts.duckdb`.

Lives here: writing a partition, linking one of the release before, the SQL of the view.
Stays out: which are written and which linked (`unchanged_partitions`), how a mart is parted (`partitioning`).

A file is a function of the rows of its partition: they stand in order, and the writer's settings are fixed, so one that
is written again has the same bytes as one that is linked.

The view names its files one by one, so that a lost one is an error and not fewer rows. Where they lie it learns when it
is asked: from the variable `release`, which whoever attaches the database sets; else from the place for temporary
files, which DuckDB keeps beside the database that it has opened, its links resolved.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

import duckdb

from common import files
from warehouse.release.fingerprint import Sums, sums_by, types_of
from warehouse.release.partitioning import Partition, file_name
from warehouse.release.unchanged_partitions import Plan

VARIABLE = "release"
_ROWS = 122_880  # of a row group
# Keys of pupils are many and long: only where they enter a dictionary all the same does DuckDB write the filter by
# which a file or row group without a pupil is passed over.
_DICTIONARY = f"dictionary_size_limit {_ROWS}, string_dictionary_page_size_limit {16 << 20}"
_WRITER = f"format parquet, compression zstd, row_group_size {_ROWS}, {_DICTIONARY}"
_TONIGHT = "temp.main.partition_rows"  # what is written of a mart
_BESIDE = r"[/\\]marts[.]duckdb[.]tmp$"
_SAYS = (
    "This release is attached, or its place for temporary files was set: say first in which folder it lies, "
    f"SET VARIABLE {VARIABLE} = ''…/releases/current''"
)
_FOLDER = f"""coalesce(
    getvariable('{VARIABLE}'),
    case
        when regexp_matches(current_setting('temp_directory'), '{_BESIDE}')
            then regexp_replace(current_setting('temp_directory'), '{_BESIDE}', '')
        else error('{_SAYS}')
    end
)"""


def write(
    connection: duckdb.DuckDBPyConnection, mart: str, rows: str, plan: Plan, directory: Path
) -> tuple[dict[str, Partition], dict[str, str]]:
    """Bring the partitions of a mart into `directory/parquet/<mart>`: those of the plan that are made, and links to the
    others. `rows`: the SQL of the rows of the former as they are released, each with the key of its partition as
    `_partition`. Returns the partitions by key, in order, and the columns' types.
    """
    folder = directory / "parquet" / mart
    folder.mkdir()
    connection.execute(f"create or replace temp table partition_rows as {rows}")
    types = types_of(connection, f"(select * exclude (_partition) from {_TONIGHT})")
    sums = sums_by(connection, _TONIGHT, types, "_partition")
    made = {key: _write(connection, key, sums.get(key, Sums()), types, folder) for key in sorted(plan.made)}
    connection.execute(f"drop table {_TONIGHT}")
    for partition in plan.linked.values():
        source, target = plan.before / partition.file, folder / partition.file
        if not files.share(source, target):
            shutil.copy2(source, target)
    return dict(sorted({**made, **plan.linked}.items())), types


def changed_files(candidate: Path, before: Path) -> dict[str, tuple[Path, ...]]:
    """Of each mart of which a candidate shares a file with the release before, the files that it does not share."""
    changed = {}
    for folder in sorted(path for path in (candidate / "parquet").iterdir() if path.is_dir()):
        found = sorted(folder.iterdir())
        old = before / "parquet" / folder.name
        others = tuple(file for file in found if not files.is_shared(file, old / file.name))
        if len(others) < len(found):
            changed[folder.name] = others
    return changed


def create_view(
    connection: duckdb.DuckDBPyConnection, view: str, mart: str, partitions: Iterable[Partition], directory: Path
) -> None:
    """Create the view of a mart over the files of its partitions, which lie below `directory` now."""
    names = ", ".join(f"'{partition.file}'" for partition in partitions)
    paths = f"list_transform([{names}], lambda _file: {_FOLDER} || '/parquet/{mart}/' || _file)"
    connection.execute(f"set variable {VARIABLE} = $1", [str(directory)])
    try:
        # of a folder called `a=b` on the way to the release no column is made
        connection.execute(f"create view {view} as select * from read_parquet({paths}, hive_partitioning = false)")
    finally:
        connection.execute(f"reset variable {VARIABLE}")


def _write(
    connection: duckdb.DuckDBPyConnection, key: str, sums: Sums, types: Mapping[str, str], folder: Path
) -> Partition:
    """Write one partition, in order."""
    partition = Partition(file_name(key, sums.digest(types)), sums)
    file, quoted_key = (str(text).replace("'", "''") for text in (folder / partition.file, key))
    rows = f"select * exclude (_partition) from {_TONIGHT} where _partition = '{quoted_key}' order by all"
    connection.execute(f"copy ({rows}) to '{file}' ({_WRITER})")
    return partition
