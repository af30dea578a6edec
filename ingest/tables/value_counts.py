"""The cells with something in them, by column, counted where rows are read and before anything is done with them.

Stays out: what became of them (`ingest.contract.value_account`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import zip_longest

import pyarrow as pa

from ingest.readers.sheets import Row


def of_rows(rows: Sequence[Row]) -> Counter[int]:
    """Values by column (from 0) of rows of text, of which a blank cell is None or ''."""
    return Counter({index: sum(map(bool, cells)) for index, cells in enumerate(zip_longest(*rows))})


def of_columns(cells: Sequence[pa.Array]) -> Counter[int]:
    """Values by column (from 0) of Arrow columns, of which a blank cell is null."""
    return Counter({index: len(column) - column.null_count for index, column in enumerate(cells)})
