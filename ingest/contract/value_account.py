"""The account of each file's values: delivered = read + null words + not needed + listed; what is left is lost.

Delivered values are counted where the bytes are read (`ingest.tables.value_counts`), read ones in the accepted rows, by
the type of their column. Listed are the values of quarantined rows, rejected cells, and columns not understood.
Stays out: rows (`ingest.row_account`), finding problems (the other modules of `ingest.contract`), holding a slice
whose values fell (`ingest.guarding`).
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from common.files import write_json
from common.night_files import FeedFiles
from ingest import sql
from ingest.contract.wrong_values import MIN_ROWS_FOR_DISTINCT
from ingest.tables.row_buffer import FileRows
from registry.model import Column, Feed, Register
from registry.reading import reading, says_none
from registry.types import CLEAN

ROWS = "*"  # beside the columns of a slice: its rows
MARKS = "*marks"  # and of score sheets their marks, without the ranks and totals that some forms have beside them

_Select = Sequence[tuple[str, str]]  # columns, and the aggregate that counts the values of each
_Counts = Mapping[int, Counter[str]]  # by file, the values in each column of the contract


@dataclass
class _Values:
    """The values of one file, by column of the contract (the map of other columns counts as one), and the others."""

    columns: Counter[str] = field(default_factory=Counter)
    unknown: int = 0
    not_needed: int = 0


def settle(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    inputs: Sequence[FileRows],
    files: FeedFiles,
) -> None:
    """Enter the outcomes of the values of each loaded delivery; `values_lost` counts those that have none.

    Writes the values that were read, by slice, to `files.filled`.
    """
    filled = [*((c.name, f"count({sql.name(c.name)})") for c in feed.loaded_columns), *_rest(feed, inputs)]
    present, read = _present_and_read(connection, register, feed, inputs, files, filled)
    null_words = _null_words(connection, register, feed, files, present, read)
    listed, no_data = _listed(connection, feed, filled), _of_rows(connection, "skipped_row", filled)
    for number, file_rows in enumerate(inputs):
        delivery = file_rows.delivery
        if delivery.status != "loaded" or file_rows.layout is None:
            continue
        delivered = _delivered(file_rows, feed)
        outcomes = [counts[number] for counts in (read, null_words, listed, no_data)]
        columns = {*delivered.columns}.union(*outcomes)
        left = {c: delivered.columns[c] - sum(o[c] for o in outcomes) for c in sorted(columns)}
        delivery.values_delivered = file_rows.values.total()
        delivery.values_read = read[number].total()
        delivery.values_listed = listed[number].total() + delivered.unknown
        delivery.values_passed_over = null_words[number].total() + no_data[number].total() + delivered.not_needed
        delivery.lost = {column: count for column, count in left.items() if count}
        delivery.values_lost = sum(map(abs, left.values()))


def filled(files: FeedFiles) -> dict[str, Counter[str]]:
    """By slice of a feed's files, its rows (`ROWS`), its `MARKS`, and the values that were read in each column."""
    content = json.loads(files.filled.read_text(encoding="utf-8")) if files.filled.exists() else {}
    return {part: Counter(values) for part, values in content.items()}


def _delivered(file_rows: FileRows, feed: Feed) -> _Values:
    layout, values = file_rows.layout, _Values()
    if layout is None:
        return values
    column_at = {index: column for column, index in layout.columns.items()}
    column_at |= {index: feed.rest or "" for _, index in layout.rest}
    unknown = {index for _, index in layout.unread}
    for index, count in file_rows.values.items():
        if index in column_at:
            values.columns[column_at[index]] += count
        elif index in unknown or index >= layout.width:
            values.unknown += count
        else:
            values.not_needed += count
    return values


def _present_and_read(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    inputs: Sequence[FileRows],
    files: FeedFiles,
    filled: _Select,
) -> tuple[_Counts, _Counts]:
    """By file, all values of accepted rows, and those of their column's type; by slice these go to `files.filled`."""
    rest = filled[len(feed.loaded_columns) :]
    whole = _read_as_a_whole(connection, register, feed, files)
    alike = _read_alike(register, feed, whole)
    counts = [(c, f"count_if({said}[{n}])") for said, (columns, _) in alike.items() for n, c in enumerate(columns, 1)]
    counts += [*(pair for pair in filled if pair[0] in whole), *rest]
    tests = "".join(f", {test} AS {said}" for said, (_, test) in alike.items())
    rows = f"(SELECT *{tests} FROM {_accepted(files)})"
    beside = [*_marks(feed, inputs), (ROWS, "count(*)")]
    query = f"SELECT _file, _slice, {_select([*filled, *counts, *beside])} FROM {rows} GROUP BY ALL"
    present: dict[int, Counter[str]] = defaultdict(Counter)
    read: dict[int, Counter[str]] = defaultdict(Counter)
    by_slice: dict[str, Counter[str]] = defaultdict(Counter)
    for number, part, *values in connection.execute(query).fetchall():
        present[number] += _counter(filled, values[: len(filled)])
        of_slice = _counter(counts, values[len(filled) : len(filled) + len(counts)])
        read[number] += of_slice
        by_slice[part] += of_slice + _counter(beside, values[len(filled) + len(counts) :])
    write_json(files.filled, by_slice)
    return present, read


def _read_as_a_whole(
    connection: duckdb.DuckDBPyConnection, register: Register, feed: Feed, files: FeedFiles
) -> set[str]:
    """Of many accepted rows, the columns of which every value is read: each distinct value is read once, where most
    columns have few. Of a document's number its kind decides how it is read.
    """
    accepted = f"read_parquet({sql.text(files.accepted)})"
    count = connection.execute(f"SELECT count(*) FROM {accepted}").fetchone()
    if count is None or count[0] <= MIN_ROWS_FOR_DISTINCT:
        return set()
    whole = set()
    for column in feed.loaded_columns:
        names = sql.names(name for name in (column.name, column.document_type) if name)
        values = f"(SELECT DISTINCT {names} FROM {accepted} WHERE {sql.name(column.name)} IS NOT NULL)"
        query = f"SELECT coalesce(bool_and({_is_read(register, feed, column)}), true) FROM {values}"
        if connection.execute(query).fetchone() == (True,):
            whole.add(column.name)
    return whole


def _read_alike(register: Register, feed: Feed, whole: Collection[str]) -> dict[str, tuple[list[str], str]]:
    """By name of a list, columns that are read alike, and whether each of their values is, but for those that are read
    as a `whole`. What is read alike is bound once by DuckDB, which takes longer than to read some rows.
    """
    alike: dict[str, list[str]] = defaultdict(list)
    for column in (c for c in feed.loaded_columns if c.name not in whole):
        alike[_is_read(register, feed, column).replace(sql.name(column.name), "_value")].append(column.name)
    return {
        f"_read_{n}": (columns, f"list_transform([{sql.names(columns)}], lambda _value: {is_read})")
        for n, (is_read, columns) in enumerate(alike.items())
    }


def _is_read(register: Register, feed: Feed, column: Column) -> str:
    """Whether a value counts as read. That a code is one of its set is a rule of its own, and so is a range."""
    if column.type != "code":
        return f"{reading(register, feed, column)} IS NOT NULL"
    value = f"{CLEAN}({sql.name(column.name)}) IS NOT NULL"
    return f"{value} AND NOT {_is_null_word(register, column)}" if column.not_applicable else value


def _null_words(
    connection: duckdb.DuckDBPyConnection,
    register: Register,
    feed: Feed,
    files: FeedFiles,
    present: _Counts,
    read: _Counts,
) -> _Counts:
    """By file, the words of accepted rows that say that there is no value. Few columns hold such words, so that only
    those are searched of which not every value was read.
    """
    doubtful = [c for c in feed.loaded_columns if any(present[n][c.name] != read[n][c.name] for n in present)]
    words = [(c.name, f"count({sql.name(c.name)}) FILTER ({_is_null_word(register, c)})") for c in doubtful]
    return _by_file(connection, _accepted(files), words) if words else defaultdict(Counter)


def _is_null_word(register: Register, column: Column) -> str:
    none = says_none(register, column)
    return f"coalesce({CLEAN}({sql.name(column.name)}) IS NULL{f' OR {none}' if none else ''}, false)"


def _listed(connection: duckdb.DuckDBPyConnection, feed: Feed, filled: _Select) -> _Counts:
    """By file, the values of quarantined rows, and the cells of accepted rows that stand in a problem instead."""
    quarantined = "(SELECT DISTINCT _file, _row FROM violation ANTI JOIN skipped_row USING (_file, _row) "
    listed = _of_rows(connection, f"{quarantined} WHERE _severity = 'row')", filled)
    cells = connection.execute("""
        SELECT _file, _column, count(DISTINCT _row) FROM violation ANTI JOIN excluded_row USING (_file, _row)
        WHERE _column <> '' AND _value IS NOT NULL AND _rule <> 'filled'
            AND (_severity = 'cell' OR _severity = 'warn' AND starts_with(_rule, 'type_'))
        GROUP BY ALL""").fetchall()
    own = {c.name for c in feed.loaded_columns}
    for number, column, count in cells:
        listed[number][column if column in own else feed.rest or column] += count
    return listed


def _of_rows(connection: duckdb.DuckDBPyConnection, rows: str, filled: _Select) -> dict[int, Counter[str]]:
    """By file, the values of some rows."""
    if not connection.execute(f"SELECT 1 FROM {rows} LIMIT 1").fetchone():
        return defaultdict(Counter)
    return _by_file(connection, f"src SEMI JOIN {rows} USING (_file, _row)", filled)


def _accepted(files: FeedFiles) -> str:
    return f"read_parquet({sql.text(files.accepted)}) JOIN files ON _delivery_id = _delivery"


def _rest(feed: Feed, inputs: Sequence[FileRows]) -> list[tuple[str, str]]:
    """The cells of the map of other columns, but for those that no cell of the row said."""
    if not feed.rest:
        return []
    rest = sql.name(feed.rest)
    added = {n: f.layout.adds for n, f in enumerate(inputs) if f.layout is not None and f.layout.adds}
    cases = " ".join(f"WHEN {n} THEN map_contains({rest}, {sql.text(key)})::INTEGER" for n, key in added.items())
    return [(feed.rest, f"sum(cardinality({rest}) - {f'CASE _file {cases} ELSE 0 END' if cases else '0'})")]


def _marks(feed: Feed, inputs: Sequence[FileRows]) -> list[tuple[str, str]]:
    """The cells of score sheets that stand under a mark's header."""
    keys = sorted({key for file_rows in inputs if file_rows.marks is not None for key in file_rows.marks.marks})
    if not feed.rest or not keys:
        return []
    marks = f"list_filter(map_keys({sql.name(feed.rest)}), lambda _key: _key IN ({sql.texts(keys)}))"
    return [(MARKS, f"sum(len({marks}))")]


def _by_file(
    connection: duckdb.DuckDBPyConnection, rows: str, counts: Sequence[tuple[str, str]]
) -> dict[int, Counter[str]]:
    result: dict[int, Counter[str]] = defaultdict(Counter)
    for number, *values in connection.execute(f"SELECT _file, {_select(counts)} FROM {rows} GROUP BY _file").fetchall():
        result[number] = _counter(counts, values)
    return result


def _select(counts: Iterable[tuple[str, str]]) -> str:
    return ", ".join(count for _, count in counts)


def _counter(counts: Iterable[tuple[str, str]], values: Iterable[int | None]) -> Counter[str]:
    return Counter({name: int(value or 0) for (name, _), value in zip(counts, values, strict=True)})
