"""A CSV file of scores, as text: read whole, and written with further columns.

Stays out: what the scores mean (`methods.growth`).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from common import files

if TYPE_CHECKING:
    import pyarrow as pa


class ScoreFileError(ValueError):
    """The file is no table of scores; the message is one sentence, and quotes no cell."""


def read(path: Path, wanted: Iterable[str], added: Iterable[str]) -> pa.Table:
    """All columns and rows of a CSV file with a header, in UTF-8, as text; blank lines are no rows.

    Raises ScoreFileError where a column of `wanted` lacks or one of `added` is there already, where a row has other
    cells than the header, and where the file is no UTF-8.
    """
    import pyarrow as pa

    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = [name.strip() for name in next(reader, [])]
            _check_header(path, header, wanted, added)
            rows = []
            for row in reader:
                if row and len(row) != len(header):
                    raise ScoreFileError(
                        f"{path}, line {reader.line_num}: the row has {len(row)} cells and the header {len(header)}."
                    )
                if row:
                    rows.append(row)
    except UnicodeDecodeError as error:
        raise ScoreFileError(f"{path} is not in UTF-8: save it as 'CSV UTF-8'.") from error
    except csv.Error as error:
        raise ScoreFileError(f"{path}, line {reader.line_num}: a quoted cell is not closed.") from error
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    return pa.table({name: pa.array(cells, pa.string()) for name, cells in zip(header, columns, strict=True)})


def _check_header(path: Path, header: list[str], wanted: Iterable[str], added: Iterable[str]) -> None:
    lacking = [name for name in wanted if name not in header]
    if lacking:
        raise ScoreFileError(f"{path} has no column {', '.join(lacking)}: its first line names the columns.")
    if len(set(header)) < len(header):
        raise ScoreFileError(f"{path} names a column twice.")
    there = [name for name in added if name in header]
    if there:
        raise ScoreFileError(f"{path} has a column {', '.join(there)} already: take it out first.")


def write(path: Path, table: pa.Table, added: Mapping[str, pa.Array]) -> None:
    """Put a CSV file in place (UTF-8, RFC 4180; null is an empty cell): the table's columns, then those `added`."""
    columns = [*(column.to_pylist() for column in table.columns), *(column.to_pylist() for column in added.values())]
    with files.placing(path) as temporary, temporary.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*table.column_names, *added])
        writer.writerows(zip(*columns, strict=True))
