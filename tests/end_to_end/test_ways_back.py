"""The ways back: from every figure to file and row, and from a person to every row that speaks of them."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

import registry
from registry.model import Register
from tests.end_to_end.conftest import LAST, Nights
from warehouse import trace
from warehouse.explain import Level, explain_figure
from warehouse.report import Report

AT = datetime(2025, 10, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
BOOKS = (".xls", ".xlsx", ".xlsb", ".ods")
Row = dict[str, Any]
Figure = tuple[str, str, str]  # indicator, organisation, period


@pytest.fixture(scope="module")
def house() -> Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="module")
def figures(nights: Nights) -> list[Figure]:
    """Of each indicator with figures one that counts something, of the smallest place."""
    return nights.restricted(
        "select indicator_id, organisation_code, period from lake.marts.indicator_value where value is not null "
        "qualify row_number() over (partition by indicator_id order by numerator = 0, denominator, organisation_code) "
        "= 1 order by indicator_id"
    )


def test_a_figure_of_each_kind_leads_to_its_units_and_to_what_a_delivered_file_says(
    nights: Nights, house: Register, figures: list[Figure]
) -> None:
    """Of each measure, and of each other way to a figure by its unit, one."""
    published = nights.published(LAST, "select distinct indicator_id from indicator_value where value is not null")
    assert {name for name, *_ in figures} == {name for (name,) in published}
    indicators = {indicator.id: indicator for indicator in house.indicators}
    kinds = {(*indicators[f[0]].way, indicators[f[0]].measure, indicators[f[0]].unit): f for f in figures}
    _walk(nights, house, figures, list(kinds.values()))


@pytest.mark.soak
def test_every_figure_leads_to_its_units_and_to_what_a_delivered_file_says(
    nights: Nights, house: Register, figures: list[Figure]
) -> None:
    _walk(nights, house, figures, figures)


def _walk(nights: Nights, house: Register, figures: list[Figure], walked: list[Figure]) -> None:
    indicators = {indicator.id: indicator for indicator in house.indicators}
    for name, organisation, period in walked:
        indicator = indicators[name]
        others = {*indicator.count_met, *indicator.all_met, *filter(None, [indicator.variation_of])}
        # of a form and of a declared fact the organisation is the unit
        unit = organisation if indicator.conditions or indicator.fact else None
        report = explain_figure(nights.lake, house, name, organisation, AT, Level(period, unit))
        if indicator.count_met or indicator.all_met:
            assert {verdict["indicator_id"] for verdict in report.part("verdicts").dicts()} <= others
        else:
            assert report.facts["sum_of_units"].startswith("agrees: "), (name, organisation, report.facts)
        if others:  # the way goes on from the figures that vary or were judged, each of which has a walk of its own
            assert others <= {figure for figure, *_ in figures}, name
            continue
        if indicator.numerator:  # from rows of a mart the way goes on by the mart
            level = Level(period, _unit_that_counts(report))
            report = explain_figure(nights.lake, house, name, organisation, AT, level)
            assert sum(row["rows"] for row in report.part("mart_rows").dicts()) > 0, name
            continue
        if unit is None:
            report = _rows_of_a_person(nights, house, name, organisation, Level(period, _unit_that_counts(report)))
        rows = report.part("rows").dicts()
        assert rows, name
        for row in rows:
            stands = cells(nights, row)
            assert len({as_read(value) for value in row["read"].values()} & set(stands)) > 2, (name, row)
            # of a birth date the year is shown alone
            read = {key: as_read(value) for key, value in row["read"].items()}
            unlike = {key: text for key, text in read.items() if not any(cell.startswith(text) for cell in stands)}
            assert unlike == {}, (name, row["feed"], row["row"], stands)


def _unit_that_counts(report: Report) -> str:
    """Of the units one of which something is told: a class-day that nobody was seen on has no people."""
    units = report.part("units").dicts()
    return str(max(units, key=lambda unit: (unit["numerator"] or 0, unit["denominator"] or 0))["unit"])


def _rows_of_a_person(nights: Nights, house: Register, name: str, organisation: str, level: Level) -> Report:
    """The rows of the first person of a unit; people have pseudonyms alone."""
    people = explain_figure(nights.lake, house, name, organisation, AT, level).part("people").dicts()
    assert {len(person["key"]) for person in people} == {64}, name
    return explain_figure(nights.lake, house, name, organisation, AT, level._replace(person=people[0]["key"]))


def test_every_row_that_bears_the_number_of_a_student_is_told_those_replaced_since_too(nights: Nights) -> None:
    """By another way: the delivered text of each raw table that has such a column."""
    tables = nights.restricted(
        "select table_name from duckdb_columns() where database_name = 'lake' and schema_name = 'raw' "
        "and column_name = 'student_number' order by 1"
    )
    replaced, feeds = 0, set[str]()
    for (number,) in nights.restricted(
        "select number from lake.conformed.students as s where not exists (select 1 from "
        "lake.conformed.identity_records where uid is null and named_by = 'student_number:' || s.number) "
        "order by hash(number) limit 3"
    ):
        report = trace.trace_record(nights.lake, "student", number, AT)
        told = {(row["delivery"], row["row"]) for row in report.part("records").dicts()}
        borne = nights.restricted(" union all ".join(
            f"select _delivery_id, _row_number, _known_to from lake.raw.{table} where student_number = '{number}'"
            for (table,) in tables
        ))  # fmt: skip
        assert {(delivery, row) for delivery, row, _ in borne} <= told
        feeds |= {row["feed"] for row in report.part("records").dicts()}
        assert number not in json.dumps(report.as_dict(), default=str)
        replaced += sum(known_to is not None for *_, known_to in borne)
    assert replaced
    assert len(feeds) > 5


def cells(nights: Nights, row: Row) -> list[str]:
    """The cells of a delivered row, read as a person would: the file, the sheet or member, the line of that number."""
    path = nights.city / str(row["loaded"]) / row["file"]
    content, name = path.read_bytes(), row["file"]
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            inner = next(i for i in archive.infolist() if i.filename == row["member"] or len(archive.infolist()) == 1)
            content, name = archive.read(inner), row["member"]
    rows = list(_rows(content, name, row["member"]))
    return [as_read(cell) for cell in rows[row["row"] - 1]]


def _rows(content: bytes, name: str, sheet: str | None) -> Iterator[list[Any]]:
    if content[:2] == b"PK" or (Path(name).suffix in BOOKS and content[:4] == b"\xd0\xcf\x11\xe0"):
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        chosen = sheet if sheet in book.sheet_names else book.sheet_names[0]
        yield from book.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
        return
    text = _text(content)
    if text.startswith("<html"):
        for row in re.findall(r"<tr.*?</tr>", text, re.S):
            yield re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", row, re.S)
        return
    if text.startswith("{"):
        yield from (list(json.loads(line).values()) for line in text.splitlines())
        return
    header = text.splitlines()[0]
    yield from csv.reader(io.StringIO(text), delimiter=max(",\t;|", key=header.count))


def _text(content: bytes) -> str:
    marked = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ()
    for encoding in (*marked, "utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError


def as_read(value: Any) -> str:
    """A cell as its text is compared: a whole number without a point, a day without a time."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return str(value).lower()
    return value.isoformat() if isinstance(value, date) else str(value).strip()
