"""Large texts: the layout from the head, the body counted and read in one pass: csv by Arrow, json-lines by DuckDB.

A text with rows of unequal width is read cell by cell instead.
Stays out: small files (`ingest.readers`, `ingest.reading.small_csv`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from ingest.decoding import encodings, text_body, utf8_copy
from ingest.decoding.record_count import RecordCounter
from ingest.readers import csv_columns, delimited, json_lines, json_rows
from ingest.readers.sheets import Row, Sheet
from ingest.tables import arrow_rows, layout, value_counts
from ingest.tables.header_texts import Names
from ingest.tables.layouts_of_feed import Layouts
from ingest.tables.row_buffer import RowBuffer


class LargeText:
    """A large text file and its UTF-8 copy."""

    def __init__(self, source: Path, scratch: Path, names: Names) -> None:
        self._source, self._names = source, names
        self._encoding = encodings.encoding_of_file(source, names.feed.encoding)
        self.head = encodings.head_of(source, self._encoding)
        self.utf8 = scratch / f"{source.name}.utf8"
        self.records = 0
        self.blank = 0

    def _copy_and_read(self, read: Callable[[], int], skip: int, *, quotes: bool) -> bool:
        """Copy and `read`; whether DuckDB reads as many rows as were counted. Raises Refused."""
        counts = utf8_copy.copy(self._source, self._encoding, self.utf8, skip, quotes=quotes)
        self.records, self.blank = counts.records + counts.blank, counts.blank
        try:
            return read() == counts.records
        except duckdb.Error:
            return False


class LargeCsv(LargeText):
    """A large csv or tsv. Raises Refused where its head is none of the feed's layouts."""

    def __init__(self, source: Path, scratch: Path, layouts: Layouts, scope: str | None) -> None:
        super().__init__(source, scratch, names := layouts.names)
        self._dialect = delimited.dialect_of(self.head, [names])
        head_rows, line_counts = delimited.head_rows(self.head, self._dialect)
        self.layout = layouts.layout_of(head_rows, scope)
        self._lines = line_counts[self.layout.head - 1] if self.layout.head else 0
        self._cells = len(head_rows[min(self.layout.head, len(head_rows) - 1)])

    def read_even_rows(self, buffer: RowBuffer) -> bool:
        """Read the rows into `buffer`; whether they are of equal width and as many as were counted."""
        records = RecordCounter(quotes=True, separator=self._dialect.separator)
        try:
            is_even = self._read_rows(buffer, records) == records.count and records.well_quoted
        except ValueError:  # of pyarrow and of codecs
            is_even = False
        if not is_even:
            buffer.discard()
        return is_even

    def _read_rows(self, buffer: RowBuffer, records: RecordCounter) -> int:
        """Read the rows; their number."""
        encoding, separator = self._encoding, self._dialect.separator
        plain = text_body.is_plain(encoding, separator)
        codec = encoding.codec if plain else "utf-8"
        count, first, feed = 0, self.layout.head + 1, self._names.feed
        with text_body.TextBody(self._source, encoding, self._lines, records, plain=plain) as body:
            for batch in csv_columns.batches(body, separator, self._cells, codec=codec):
                rows = arrow_rows.batch_of_columns(batch.columns, self.layout, feed, first + count)
                buffer.add(rows, value_counts.of_columns(batch.columns))
                count += batch.num_rows
            self.records, self.blank = records.count + body.blank_lines, body.blank_lines
        return count

    def cell_by_cell(self) -> Sheet:
        """The rows below the head, after `read_even_rows` has failed. Raises Refused."""
        encodings.check_file(self._source, self._encoding)
        utf8_copy.copy(self._source, self._encoding, self.utf8, self._lines)
        pieces: Iterator[list[Row]] = delimited.rows(delimited.lines_of(self.utf8), self._dialect)
        return Sheet("", pieces, numbered_from=self.layout.head + 1, strict=True)


class LargeJsonLines(LargeText):
    """A large json file, possibly json-lines."""

    def __init__(self, source: Path, scratch: Path, names: Names) -> None:
        super().__init__(source, scratch, names)
        self._keys = json_rows.keys_of(self.head, [names])
        self.columns = frozenset(c for key in self._keys or () if (c := names.column(key)))
        self.version = names.version(self._keys or ())

    def read_even_rows(self, connection: duckdb.DuckDBPyConnection, target: Path) -> bool:
        """Write the rows to Parquet; False where a line is no object or a required key is missing. Raises Refused."""
        keys = self._keys
        if keys is None or self._names.feed.rest or self._names.leads_inside or self._names.missing(self.columns):
            return False

        def read() -> int:
            return json_lines.json_rows(connection, self.utf8, target, self._names.feed, keys, self._names)

        return self._copy_and_read(read, 0, quotes=False)

    def delivered(self, connection: duckdb.DuckDBPyConnection) -> tuple[layout.Layout, Counter[int]]:
        """Where the columns stand among all keys of the file, and the values of each, after `read_even_rows`."""
        values = json_lines.values_by_key(connection, self.utf8)
        keys = list(dict.fromkeys([*(self._keys or ()), *values]))
        return layout.layout_of(keys, 0, self._names), Counter({n: values.get(key, 0) for n, key in enumerate(keys)})

    def sheets(self) -> Iterator[Sheet]:
        """The objects one by one, after `read_even_rows` has failed. Raises Refused where they are one value that is
        too large.
        """
        if self._keys is None:
            return json_rows.sheets(self._source, [self._names])
        encodings.check_file(self._source, self._encoding)
        if not self.utf8.exists():
            utf8_copy.copy(self._source, self._encoding, self.utf8, 0, quotes=False)
        return json_rows.lines(self.utf8, [self._names])
