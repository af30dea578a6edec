"""The problem lists in the outbox, and what of them must be as planted: after three nights and after a month."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import openpyxl

from tests.end_to_end.conftest import Nights
from warehouse.problem_lists.workbook import CLOSED, OPEN

Entry = dict[str, Any]


def entries(nights: Nights) -> list[Entry]:
    """Every row of every workbook, under the names of its columns; `list` is the workbook it stands in."""
    return [entry for path in sorted(nights.lake.outbox.rglob("*.xlsx")) for entry in read(path)]


def read(path: Path) -> list[Entry]:
    found = []
    for sheet in openpyxl.load_workbook(path).worksheets:
        columns = OPEN if sheet.title.startswith("待改") else CLOSED
        rows = list(sheet.iter_rows())
        begin = next(n for n, row in enumerate(rows) if row[0].value == columns[0].zh) + 2
        for row in rows[begin:]:
            values = [cell.value.date() if cell.is_date else cell.value for cell in row]
            entry = dict(zip((c.field for c in columns), values, strict=True))
            found.append({"closed": None, **entry, "list": f"{path.parent.name}/{path.stem}"})
    return found


def _shown(row_key: str) -> str | None:
    """A row without a key has its number alone, which stands in a column of its own."""
    return None if row_key.startswith("row:") else row_key


def bad_rows(nights: Nights, entries: list[Entry]) -> None:
    """Each bad row stands in the list of its source, where the person finds it; and nothing else does."""
    rules = nights.restricted("select distinct rule_zh, rule from lake.conformed.problem_list_entries")
    rule_of = dict(rules)
    assert len(rule_of) == len(rules), "two rules are told in the same words"
    headers = dict(nights.restricted("select feed || '.' || name, headers[1] from lake.register.feed_column"))
    planted = Counter(
        (
            p["feed"].split("/")[0],
            _shown(p["row_key"]),
            headers.get(f"{p['feed']}.{p['column_name']}", p["column_name"] or None),
            p["value"] or None,
            p["rule"],
            p["first_seen"],
            p["closed_on"] or None,
        )
        for p in nights.truth("problem_ledger")
    )
    places = {
        _place(bad["file_name"], bad["night"], int(bad["row_number"]), _shown(bad["row_key"]), bad["rule"])
        for bad in nights.truth("bad_rows")
    }
    listed = [{**e, "rule": rule_of[e["rule_zh"]]} for e in entries]
    listed = [e for e in listed if e["rule"] in {p["rule"] for p in nights.truth("problem_ledger")}]
    found = Counter(
        (
            e["list"].split("/")[0], e["row_key"], e["column_header"], e["value"], e["rule"], str(e["opened"]),
            str(e["closed"]) if e["closed"] else None,
        )
        for e in listed
    )  # fmt: skip
    assert any(p[-1] for p in planted)
    assert found == planted, (found - planted, planted - found)
    found_in = {
        _place(e["file_name"], str(e["delivered"]), e["row_number"], e["row_key"], e["rule"])
        for e in listed
        if e["rule"] in {rule for *_, rule in places}
    }
    assert found_in <= places, found_in - places
    delivered = {(r["file_name"], r["night"]) for r in nights.truth("files")}
    named = {(e["file_name"], str(e["delivered"])) for e in listed}
    assert named <= delivered, named - delivered


def _place(file: str, night: str, row: int, key: str | None, rule: str) -> tuple[str, str, int | None, str | None, str]:
    """Where a person finds a bad row; of a header or a sheet the name says it, and its row is none of the data."""
    return file, night, None if key and key.startswith(("header:", "sheet:")) else row, key, rule


def differences(nights: Nights, entries: list[Entry]) -> None:
    """Each difference with the owner is for the system that holds the copy; and nothing else is."""
    labels = dict(
        nights.restricted(
            "select f.id, s.label_zh || '（' || s.office || '）' from lake.register.feed f "
            "join lake.register.source s on f.source = s.id"
        )
    )
    planted = {
        (
            p["copy_source"].split("/")[0], p["student_number"], p["owner_value"], labels[p["owner_source"]],
            p["copy_value"], p["resolved_on"] or None,
        )
        for p in nights.truth("difference_ledger")
    }  # fmt: skip
    found = {
        (
            e["list"].split("/")[0], e["row_key"], e["owner_value"], e["owner"], e["value"],
            str(e["closed"]) if e["closed"] else None,
        )
        for e in entries
        if e["rule_zh"] == "与数源不一致"
    }  # fmt: skip
    assert found == planted, (found - planted, planted - found)
    assert all(e["file_name"] and e["row_number"] and e["row_name"] for e in entries if e["rule_zh"] == "与数源不一致")
