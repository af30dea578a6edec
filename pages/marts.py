"""Reads the marts of one release, and the words that it and the register have for columns, codes, exams and feeds.

Add here: another mart of words.
Stays out: SQL that computes; a page asks for rows, and shows them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from functools import cache, cached_property
from typing import Any

import duckdb

from pages.content import Text
from pages.words import LABELS, LABELS_OF_MART
from registry.model import Register

Row = dict[str, Any]


class NoSuchRecord(LookupError):  # noqa: N818 (what a release says, not a fault)
    """The release has no such record; the message is one sentence."""


class Marts:
    """The marts of the release of a connection, which names them without a schema."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, register: Register, release: str) -> None:
        self._connection, self._register, self.release = connection, register, release
        self.label, self.exam = cache(self._label), cache(self._exam)

    def rows(self, mart: str, where: str, parameters: Sequence[Any], order: str) -> list[Row]:
        """The rows of a mart under a condition, in an order that leaves none open; none where it is not there."""
        if mart not in self.columns:
            return []
        cursor = self._connection.execute(f'select * from "{mart}" where {where} order by {order}', list(parameters))
        names = [name for name, *_ in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def record(self, mart: str, key: str, value: str) -> Row:
        """The one row of a mart with a key. Raises NoSuchRecord."""
        rows = self.rows(mart, f'"{key}" = $1', [value], f'"{key}"')
        if not rows:
            raise NoSuchRecord(f"The release {self.release} has no such record in {mart}: look for another night's.")
        return rows[0]

    @cached_property
    def columns(self) -> dict[str, dict[str, Text]]:
        """Mart -> column -> its short words, else what stands before the first semicolon of its description."""
        found: dict[str, dict[str, Text]] = {}
        for mart, column, comment in self._connection.execute(
            "select table_name, column_name, comment from duckdb_columns() where not internal order by column_index"
        ).fetchall():
            words = LABELS_OF_MART.get((mart, column)) or LABELS.get(column) or _words(comment, column)
            found.setdefault(mart, {})[column] = words
        return found

    def _label(self, code_set: str, code: str) -> Text:
        sets = [code_set, f"{code_set}_broader"]  # a release may show the broader code alone
        rows = self.rows(
            "code_label", "code_set in ($1, $2) and code = $3", [*sets, code], "code_set, valid_from desc nulls last"
        )
        return Text(rows[0]["label_zh"], rows[0]["label_en"]) if rows else Text(code, code)

    def _exam(self, exam_id: str) -> Text:
        rows = self.rows("exam", "exam_id = $1", [exam_id], "exam_id")
        return Text(rows[0]["name"], rows[0]["name_en"] or rows[0]["name"]) if rows else Text(exam_id, exam_id)

    @cached_property
    def night(self) -> date | None:
        """The night of the release, as its files of schools say it."""
        rows = self.rows("one_school_one_file", "as_of_date is not null", [], "as_of_date desc limit 1")
        return rows[0]["as_of_date"] if rows else None

    def owners(self, element: str, day: date) -> str | None:
        """The feeds that own an element on a day, separated by commas; None where nothing is known of it."""
        owners = {
            authority.source
            for one in self._register.elements
            if one.id == element
            for authority in one.authority
            if authority.holds(day)
        }
        return ", ".join(sorted(owners)) or None

    @cached_property
    def schools(self) -> dict[str, str]:
        """Code -> name of each organisation, the newest."""
        rows = self.rows("organisation", "name is not null", [], "organisation_code, valid_from nulls first")
        return {row["organisation_code"]: row["name"] for row in rows}

    @cached_property
    def feeds(self) -> dict[str, Text]:
        """The words of each feed of the register, its source's first."""
        return {
            feed.id: Text(f"{source.label.zh}：{feed.label.zh}", f"{source.label.en}: {feed.label.en}")
            for source in self._register.sources
            for feed in source.feeds
        }

    @cached_property
    def indicators(self) -> dict[str, Text]:
        """The words of each indicator of the register."""
        return {one.id: Text(one.label.zh, one.label.en) for one in self._register.indicators}


def _words(comment: str | None, column: str) -> Text:
    zh, slash, en = (comment or "").partition(" / ")
    if not slash:
        return Text(column, column)
    return Text(re.split("；|（代码集|（自|（名册", zh)[0].strip(), re.split(r";| \(code set", en)[0].strip())
