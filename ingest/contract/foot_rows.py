"""Rows of lists of people that are nobody's: aggregates and signatures at the foot, whatever the column in which the
word stands; in score sheets also the title and the header of a further block.

Lives here: where such a row may stand; its words are in `business_words.yml`.
Stays out: rows that are no data in any feed (`ingest.contract.no_data_rows`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import duckdb

from ingest import sql
from registry.mark_sheets import MarkSheets
from registry.model import Feed, MarkSheet, Register

_SPACE_PATTERN = r"[\s\x{00A0}\x{3000}]"
_PERSON_TYPES = ("name", "identifier", "student_number", "id_number")
_NUMBER_TYPES = ("student_number", "id_number")
_SHORTEST_NUMBER = 15  # characters of a pupil's number
_LONGEST_COUNT = 5  # digits of a number of pupils (参考人数 48)
_MAX_TITLE_CELLS = 2
# 四(1) of 四(1)班平均分
_CLASS_PATTERN = r"[初高]?[一二三四五六七八九0-9]{1,4}|[(（][一二三四五六七八九十0-9]{1,2}[)）]"
_FIGURE_PATTERN = r"[0-9.,%％]*(人|名|分)?"
_END_PATTERN = (
    r"[-—=*＊]*以下(空白|无正文|无数据)[-—=*＊]*|第[0-9]+页.*|共[0-9]+页.*"
    r"|20[0-9]{2}[-./年][0-9]{1,2}[-./月][0-9]{1,2}日?"
)


def skip_foot_rows(connection: duckdb.DuckDBPyConnection, feed: Feed, register: Register) -> None:
    """Enter the rows of a list of people that are nobody's in `skipped_row`."""
    name = next((sql.name(c.name) for c in feed.loaded_columns if c.type == "name"), None)
    if name is None:
        return
    words = register.business_words.mark_sheet
    connection.execute(f"""
        INSERT INTO skipped_row SELECT _file, _row, reason
        FROM (SELECT _file, _row, CASE WHEN {_may_be_nobody(feed)} THEN
                CASE WHEN {_is_aggregate(feed, name, words)} THEN 'total' WHEN {_is_note(feed, words)} THEN 'note' END
                END AS reason
              FROM src)
        ANTI JOIN skipped_row USING (_file, _row) WHERE reason IS NOT NULL""")
    if feed.grammar:
        _skip_header_rows(connection, feed, MarkSheets(register, feed.source))


def _may_be_nobody(feed: Feed) -> str:
    """A cheap test that most rows of people fail: the key is blank, a word, or a count."""
    key = sql.name(feed.key[0])
    return f"_surplus IS NULL AND ({key} IS NULL OR unicode({key}) > 127 OR length({key}) <= {_LONGEST_COUNT})"


def _is_aggregate(feed: Feed, name: str, words: MarkSheet) -> str:
    """Whether a row holds an aggregate's word in a column of people, and neither a name nor a number."""
    beside = f"({_any(['本', '全', *words.beside])}|{_CLASS_PATTERN})*"
    pattern = f"{beside}({_any(words.aggregates)})[%％]?([(（].*[)）])?([:：]{_FIGURE_PATTERN})?"
    types = (*_PERSON_TYPES, "text") if feed.grammar else _PERSON_TYPES
    said = [sql.name(c.name) for c in feed.loaded_columns if c.type in types] + ["_first"]
    is_word = " OR ".join(_matches(column, pattern) for column in said)
    if feed.grammar:
        others = f"map_values({sql.name(feed.rest or '')})"
        is_word += f" OR len(list_filter({others}, lambda _cell: {_matches('_cell', pattern)})) > 0"
    has_number = " OR ".join(
        f"coalesce(length({sql.name(c.name)}) >= {_SHORTEST_NUMBER} AND unicode({sql.name(c.name)}) < 128, false)"
        for c in feed.loaded_columns
        if c.type in _NUMBER_TYPES
    )
    has_no_name = f"{name} IS NULL OR {_matches(name, pattern)} OR regexp_full_match({name}, '[0-9. ]+')"
    return f"({is_word}) AND ({has_no_name}) AND NOT ({has_number or 'false'})"


def _is_note(feed: Feed, words: MarkSheet) -> str:
    """Whether a row is a signature (阅卷人：), or in a score sheet the title of a further block."""
    columns = [sql.name(c.name) for c in feed.loaded_columns]
    filled = " + ".join(f"({column} IS NOT NULL)::INTEGER" for column in columns)
    kinds = [f"({_any(words.notes)})[:：].*", _END_PATTERN]
    kinds += [f".*({_any(words.titles)})([(（].*[)）])?"] if feed.grammar else []
    is_note = _matches("_first", "|".join(f"({kind})" for kind in kinds))
    others = f" AND coalesce(cardinality({sql.name(feed.rest)}), 0) <= {_MAX_TITLE_CELLS}" if feed.rest else ""
    return f"{is_note} AND {filled} <= {_MAX_TITLE_CELLS}{others}"


def _skip_header_rows(connection: duckdb.DuckDBPyConnection, feed: Feed, sheets: MarkSheets) -> None:
    """Skip rows that hold words of a score sheet's header and nothing of a pupil."""
    blank = " AND ".join(f"{sql.name(c.name)} IS NULL" for c in feed.loaded_columns)
    rest = sql.name(feed.rest or "")
    rows = connection.execute(f"""
        SELECT _file, _row, map_values({rest}) FROM src ANTI JOIN skipped_row USING (_file, _row)
        WHERE {blank} AND coalesce(cardinality({rest}), 0) > 0""").fetchall()
    headers = [(f, r) for f, r, cells in rows if all(_is_of_header(cell, sheets) for cell in cells)]
    if headers:
        connection.executemany("INSERT INTO skipped_row VALUES (?, ?, 'header')", headers)


def _is_of_header(cell: str, sheets: MarkSheets) -> bool:
    return sheets.heading(cell).kind != "unknown" or sheets.says_full_mark(cell)


def _matches(column: str, pattern: str) -> str:
    text = f"regexp_replace(lower({column}), {sql.text(_SPACE_PATTERN)}, '', 'g')"
    return f"coalesce(regexp_full_match({text}, {sql.text(pattern)}), false)"


def _any(words: Iterable[str] | Sequence[str]) -> str:
    return "|".join(re.escape(word.lower()) for word in sorted(words, key=lambda word: (-len(word), word))) or "$^"
