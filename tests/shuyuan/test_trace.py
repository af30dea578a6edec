"""`shuyuan trace` says in one sentence what it cannot do, and prints what it can."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.shuyuan.conftest import Desk
from warehouse import trace
from warehouse.report import Report, part


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """What the verb asks for, and a report that it is given."""
    asked = SimpleNamespace(how=None)
    report = Report(
        {"record": "student", "key": "ab"},
        (
            part(
                "values", "Each element", ("element", "value", "row"),
                [("student.sex", "男", 7), ("student.name", None, 7)],
            ),
            part("aliases", "Known by", ("namespace", "since"), [("student_number", date(2025, 10, 15))]),
        ),
    )  # fmt: skip

    def give(lake, entity, key, at, showing):
        asked.how = {"entity": entity, "key": key, "zone": str(at.tzinfo), **asdict(showing)}
        return report

    monkeypatch.setattr(trace, "trace_record", give)
    return asked


def test_a_trace_is_a_table_for_people(desk: Desk, told: SimpleNamespace) -> None:
    result = desk("trace", "student", "G1", "--identified")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.splitlines()[:7] == [
        "record  student",
        "key     ab",
        "",
        "Each element: 2",
        "  element       value  row",
        "  ------------  -----  ---",
        "  student.sex   男     7",
    ]
    assert told.how["identified"] is True
    assert told.how["zone"] == "Asia/Shanghai"
    assert (told.how["secret"], told.how["limit"]) == (None, 50)


def test_a_trace_in_csv_has_all_parts_under_one_header(desk: Desk, told: SimpleNamespace) -> None:
    said = desk("trace", "student", "G1", "--format", "csv").stdout
    assert list(csv.reader(io.StringIO(said))) == [
        ["part", "element", "value", "row", "namespace", "since"],
        ["values", "student.sex", "男", "7", "", ""],
        ["values", "student.name", "", "7", "", ""],
        ["aliases", "", "", "", "student_number", "2025-10-15"],
    ]


def test_no_lake_is_one_sentence_and_1(desk: Desk, tmp_path: Path) -> None:
    result = desk("trace", "student", "G1", "--lake", tmp_path / "nowhere")
    assert result.exit_code == 1
    assert result.stderr.startswith("There is no lake at ")
    assert len(result.stderr.splitlines()) == 1
    assert "G1" not in result.stderr
