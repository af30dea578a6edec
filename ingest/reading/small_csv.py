"""Fast path for small csv files, of which a city's schools send many: Arrow columns, if all rows are of equal width.

Stays out: large files (`ingest.reading.large_text`).
"""

from __future__ import annotations

import io
from collections import Counter
from itertools import islice
from pathlib import Path

import pyarrow as pa

from ingest.decoding import encodings
from ingest.decoding.record_count import RecordCounter
from ingest.readers import csv_columns, delimited
from ingest.tables import arrow_rows, value_counts
from ingest.tables.layouts_of_feed import Layouts


class SmallCsv:
    """A small csv or tsv. Raises Refused where its head is none of the feed's layouts."""

    def __init__(self, source: Path, layouts: Layouts, scope: str | None) -> None:
        self._names = names = layouts.names
        text = encodings.text_of(source.read_bytes(), names.feed.encoding)
        head = text[: encodings.HEAD_BYTES]
        self._dialect = delimited.dialect_of(head, [names])
        head_rows, line_counts = delimited.head_rows(head, self._dialect)
        self.layout = layouts.layout_of(head_rows, scope)
        lines = line_counts[self.layout.head - 1] if self.layout.head else 0
        head_length = sum(len(line) for line in islice(io.StringIO(text, newline=""), lines))
        self._body = text[head_length:].encode("utf-8", "replace")
        self.values: Counter[int] = Counter()  # by column, once the rows are read
        self._cells = len(head_rows[min(self.layout.head, len(head_rows) - 1)])

    def rows(self) -> pa.RecordBatch | None:
        """The rows below the header; None where they differ in width, or are not as many as were counted."""
        records = RecordCounter(quotes=True, separator=self._dialect.separator)
        records.add(self._body)
        if not self._body or not records.well_quoted:
            return None
        body, block = io.BytesIO(self._body), len(self._body) + 1
        try:
            batches = list(csv_columns.batches(body, self._dialect.separator, self._cells, block=block))
        except (pa.ArrowInvalid, ValueError):
            return None
        cells = pa.Table.from_batches(batches).combine_chunks().to_batches()[0].columns
        if len(cells[0]) != records.count:
            return None
        self.values = value_counts.of_columns(cells)
        return arrow_rows.batch_of_columns(cells, self.layout, self._names.feed, self.layout.head + 1)
