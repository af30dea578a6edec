"""Small texts with even rows: the quick way of the many files that a city's schools send.

Lives here: a csv as Arrow columns, if its rows are even and as many as were counted.
Stays out: large files (`large_text`).
"""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

import pyarrow as pa

from ingest.decoding import encodings
from ingest.decoding.record_count import Records
from ingest.readers import csv_columns, delimited
from ingest.tables import arrow_rows
from ingest.tables.layouts_of_feed import Layouts


class SmallCsv:
    """A small csv or tsv. Raises Refused where its head is none of the feed's layouts."""

    def __init__(self, source: Path, layouts: Layouts) -> None:
        self._names = names = layouts.names
        text = encodings.text_of(source.read_bytes())
        head = text[: encodings.HEAD_BYTES]
        self._dialect = delimited.dialect_of(head, [names])
        found, ends = delimited.head_rows(head, self._dialect)
        self.layout = layouts.find(found)
        lines = ends[self.layout.head - 1] if self.layout.head else 0
        above = sum(len(line) for line in islice(io.StringIO(text, newline=""), lines))
        self._body = text[above:].encode("utf-8", "replace")
        self._cells = len(found[min(self.layout.head, len(found) - 1)])

    def rows(self) -> pa.RecordBatch | None:
        """The rows below the header; None where they are not even, or not as many as were counted."""
        records = Records(quotes=True, separator=self._dialect.separator)
        records.add(self._body)
        if not self._body or not records.strict:
            return None
        body, block = io.BytesIO(self._body), len(self._body) + 1
        try:
            found = list(csv_columns.batches(body, self._dialect.separator, self._cells, block=block))
        except (pa.ArrowInvalid, ValueError):
            return None
        cells = pa.Table.from_batches(found).combine_chunks().to_batches()[0].columns
        if len(cells[0]) != records.count:
            return None
        return arrow_rows.batch_of_columns(cells, self.layout, self._names.feed, self.layout.head + 1)
