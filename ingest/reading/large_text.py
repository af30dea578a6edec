"""Large texts: the head is looked at, the rest is counted and read in one go: csv by Arrow, json-lines by DuckDB.

Lives here: a large csv and a large json-lines file, and what is left for the way cell by cell where they are
uneven.
Add here: another text format that is worth it.
Stays out: small files (`readers`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from ingest.decoding import encodings, text_body, utf8_copy
from ingest.decoding.record_count import Records
from ingest.readers import csv_columns, delimited, json_lines, json_rows
from ingest.readers.sheets import Row, Sheet
from ingest.tables import arrow_rows
from ingest.tables.header_texts import Names
from ingest.tables.layouts_of_feed import Layouts
from ingest.tables.row_buffer import Keeper


class Text:
    """A large text file, to be written as UTF-8 without its head."""

    def __init__(self, source: Path, scratch: Path) -> None:
        self._source = source
        with source.open("rb") as file:
            self._encodings = encodings.encodings(file.read(encodings.HEAD_BYTES))
        self.head = encodings.head_of(source, self._encodings[0])
        self.utf8 = scratch / f"{source.name}.utf8"
        self.records = 0
        self.blank = 0

    def _try(self, read: Callable[[], int], skip: int, *, quotes: bool) -> bool:
        """Whether DuckDB reads as many rows as were counted, in one of the possible encodings. Raises
        Refused.
        """
        for last, encoding in ((e == self._encodings[-1], e) for e in self._encodings):
            copied = utf8_copy.copy(self._source, encoding, self.utf8, skip, quotes=quotes)
            self.records, self.blank = copied.records + copied.blank, copied.blank
            try:
                return read() == copied.records
            except duckdb.Error as error:
                if last or "unicode" not in str(error).lower():
                    return False
        return False


class Csv(Text):
    """A large csv or tsv. Raises Refused where its head is none of the feed's layouts."""

    def __init__(self, source: Path, scratch: Path, layouts: Layouts) -> None:
        super().__init__(source, scratch)
        self._names = names = layouts.names
        self._dialect = delimited.dialect_of(self.head, [names])
        found, ends = delimited.head_rows(self.head, self._dialect)
        self.layout = layouts.find(found)
        self._lines = ends[self.layout.head - 1] if self.layout.head else 0
        self._cells = len(found[min(self.layout.head, len(found) - 1)])
        self._encoding = self._encodings[0]

    def evenly(self, keeper: Keeper) -> bool:
        """Give the rows to `keeper`, if they are even and as many as were counted."""
        for encoding in self._encodings:
            self._encoding = encoding
            records = Records(quotes=True, separator=self._dialect.separator)
            try:
                even = self._keep(keeper, records) == records.count and records.strict
            except ValueError as error:  # of pyarrow and of codecs
                keeper.discard()
                if isinstance(error, UnicodeError) or "utf8" in str(error).lower():
                    continue
                return False
            if not even:
                keeper.discard()
            return even
        return False

    def _keep(self, keeper: Keeper, records: Records) -> int:
        """Read the rows in the encoding that is tried; how many."""
        encoding, separator = self._encoding, self._dialect.separator
        plain = text_body.is_plain(encoding, separator)
        codec = encoding.codec if plain else "utf-8"
        count, first, feed = 0, self.layout.head + 1, self._names.feed
        with text_body.Body(self._source, encoding, self._lines, records, plain=plain) as below:
            for batch in csv_columns.batches(below, separator, self._cells, codec=codec):
                keeper.add(arrow_rows.batch_of_columns(batch.columns, self.layout, feed, first + count))
                count += batch.num_rows
            self.records, self.blank = records.count + below.blank, below.blank
        return count

    def cell_by_cell(self) -> Sheet:
        """The rows below the head, after `evenly` has failed. Raises Refused."""
        utf8_copy.copy(self._source, self._encoding, self.utf8, self._lines)
        pieces: Iterator[list[Row]] = delimited.rows(delimited.lines_of(self.utf8), self._dialect)
        return Sheet("", pieces, numbered_from=self.layout.head + 1, strict=True)


class JsonLines(Text):
    """A large file of json, that may be one object a line."""

    def __init__(self, source: Path, scratch: Path, names: Names) -> None:
        super().__init__(source, scratch)
        self._names = names
        self._keys = json_rows.keys_of(self.head)
        self.columns = frozenset(c for key in self._keys or () if (c := names.column(key)))
        self.version = names.version(self._keys or ())

    def evenly(self, connection: duckdb.DuckDBPyConnection, target: Path) -> bool:
        """Write the rows to Parquet, if there is an object on every line and none lacks a required key.
        Raises Refused.
        """
        keys = self._keys
        if keys is None or self._names.feed.rest or self._names.missing(self.columns):
            return False

        def read() -> int:
            return json_lines.json_rows(connection, self.utf8, target, self._names.feed, keys, self._names)

        return self._try(read, 0, quotes=False)

    def sheets(self) -> Iterator[Sheet]:
        """The objects one by one, after `evenly` has failed. Raises Refused where they are one piece and too
        large.
        """
        if self._keys is None:
            return json_rows.sheets(self._source)
        if not self.utf8.exists():
            utf8_copy.copy(self._source, self._encodings[-1], self.utf8, 0, quotes=False)
        return json_rows.lines(self.utf8)
