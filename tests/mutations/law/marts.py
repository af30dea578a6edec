"""The law of values at the end of the night: what the marts of an undisturbed lake say of a person stands in those of a
lake whose files were mutated, unless a problem lists it.

Lives here: the marts that are compared, who is excused by a listed problem, and the comparison.
Add here: another mart.
Stays out: running nights, the mutators.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import duckdb

from registry.model import Register

_NUMBERS = re.compile(r"[GJL][0-9]{17}[0-9X]")
_WHOLE_FILES = ("unknown_column", "mark_header", "exam_subject")


@dataclass(frozen=True)
class Mart:
    """A mart: the columns of its key, those whose values must stay, and what a row is of."""

    name: str
    key: tuple[str, ...]
    values: tuple[str, ...]
    of: str = "student"


MARTS = (
    Mart("one_student_one_file", ("student_uid",),
         ("school_code", "stage", "grade", "class_code", "sex", "birth_date")),
    Mart("student_growth", ("student_uid", "exam_id", "subject"), ("school_code", "class_code", "grade", "score")),
    Mart("homework_load_student_day", ("student_uid", "school_date"),
         ("written_minutes", "other_minutes", "records", "records_without_minutes")),
    Mart("enrolment", ("student_uid", "school_code", "class_code", "valid_from"), ("grade", "is_home")),
    Mart("one_teacher_one_file", ("teacher_uid",), ("school_code", "sex", "degree", "title"), "teacher"),
    Mart("class", ("school_code", "class_code", "valid_from"), ("name", "grade", "kind"), "class"),
)  # fmt: skip
Rows = dict[tuple[Any, ...], tuple[Any, ...]]


@dataclass
class Excused:
    """Whom a problem of the night lists: numbers of students, and, by words, teachers and classes."""

    students: set[str] = field(default_factory=set)
    words: set[str] = field(default_factory=set)

    def holds(self, mart: Mart, key: tuple[Any, ...]) -> bool:
        """Whether a row is of someone who is listed."""
        if mart.of == "student":
            return str(key[0]).rpartition(":")[2] in self.students
        if mart.of == "teacher":
            return str(key[0]).rpartition(":")[2] in self.words
        return str(key[0]) in self.words and str(key[1]) in self.words


def rows_of(connection: duckdb.DuckDBPyConnection) -> dict[str, Rows]:
    """The rows of every compared mart of a lake."""
    found = {}
    for mart in MARTS:
        asked = f"SELECT {', '.join((*mart.key, *mart.values))} FROM lake.marts.{mart.name}"
        rows = connection.execute(asked).fetchall()
        found[mart.name] = {row[: len(mart.key)]: row[len(mart.key) :] for row in rows}
    return found


def excused(connection: duckdb.DuckDBPyConnection, register: Register, night: date) -> Excused:
    """Whom the problems list that a night's deliveries have; of a column that was not read, all rows of its file."""
    found = Excused()
    listed = connection.execute(
        "SELECT p.feed, p.rule, p.delivery_id, p.row_key, p.row::VARCHAR FROM lake.intake.problem p "
        f"JOIN lake.intake.delivery d USING (delivery_id) WHERE d.night = DATE '{night}' AND d.status = 'loaded'"
    ).fetchall()
    for feed, rule, delivery, row_key, row in listed:
        text, table = f"{row_key} {row or ''}", register.feed(feed).table
        if rule in _WHOLE_FILES or row is None:
            text += _raw(connection, table, "_delivery_id = ?", delivery)
        elif row_key and not _NUMBERS.search(text):  # whose row it was, the lake knows by its key
            text += _raw(connection, table, "contains(t::VARCHAR, ?)", row_key)
        found.students |= {*_NUMBERS.findall(text)}
        if feed.startswith(("teach", "teaching")):
            found.words |= {*re.findall(r"[0-9A-Za-z一-鿿]+", text)}
    return found


def _raw(connection: duckdb.DuckDBPyConnection, table: str, where: str, value: str) -> str:
    rows = connection.execute(f"SELECT t::VARCHAR FROM lake.raw.{table} t WHERE {where}", [value]).fetchall()
    return " ".join(row for (row,) in rows)


def broken(undisturbed: dict[str, Rows], now: dict[str, Rows], listed: Excused) -> list[str]:
    """Values of the undisturbed marts that are gone or others, of nobody who is listed; and rows from nowhere."""
    found: list[str] = []
    for mart in MARTS:
        then, rows = undisturbed[mart.name], now[mart.name]
        found += [
            f"{mart.name} {key}: {then.get(key)} became {rows.get(key)}"
            for key in sorted({*then, *rows}, key=str)
            if then.get(key) != rows.get(key) and not listed.holds(mart, key)
        ]
    return found
