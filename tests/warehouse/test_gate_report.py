"""The gate report is a page a person can read, and nothing in it is markup but ours."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from registry import Register
from warehouse.disclosure.released_names import ReleasedNames
from warehouse.disclosure.short_names import short_names
from warehouse.release import gate_report

REPORT = {
    "door": "raw",
    "passed": False,
    "checks": [
        {"id": "b", "what": {"zh": "行数", "en": "rows"}, "severity": "hold", "passed": True},
        {
            "id": "a",
            "what": {"zh": "姓名", "en": "<i>names</i>"},
            "when_it_matters": "always",
            "how_to_fix": "ask & mend",
            "who_fixes": "基础教育处",
            "severity": "block",
            "passed": False,
            "failing_count": 2,
            "failing_rows": [{"name": "<script>alert(1)</script>"}, {"name": None}],
        },
    ],
}


def test_the_page_shows_what_failed_first_and_escapes_what_came_from_files(tmp_path: Path) -> None:
    page = gate_report.write(tmp_path, "2025-10-15-0123456789ab", [REPORT]).read_text()
    assert "<script>" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;i&gt;names" in page
    assert page.index("姓名") < page.index("行数")
    assert "ask &amp; mend" in page


def test_the_page_needs_no_network(tmp_path: Path) -> None:
    page = gate_report.write(tmp_path, "x", [REPORT]).read_text()
    assert "http" not in page
    assert "src=" not in page


def test_the_findings_stand_beside_the_page_in_full(tmp_path: Path) -> None:
    gate_report.write(tmp_path, "x", [REPORT])
    assert json.loads((tmp_path / "gate_report.json").read_text()) == {"release_id": "x", "doors": [REPORT]}


def test_the_manifest_says_which_checks_failed() -> None:
    assert gate_report.summary([REPORT]) == [
        {
            "door": "raw",
            "passed": False,
            "checks": 2,
            "failed": [{"id": "a", "severity": "block", "failing_count": 2}],
            "figures": [],
        }
    ]


def test_who_stands_out_is_a_figure_of_the_page_and_of_the_manifest(tmp_path: Path) -> None:
    figures: dict[str, Any] = {"people": 20_000, "alone": 2_600, "in_small_groups": 9_120, "k": 5, "share": 0.456}
    figures["by"] = ["sex", "grade"]
    check = {"id": "c", "suite": "one_student_one_file", "severity": "block", "passed": True, "figures": figures}
    report = {"door": "release", "passed": True, "checks": [check]}
    page = gate_report.write(tmp_path, "x", [report]).read_text()
    assert "20,000 people; 2,600 alone, 9,120 (45.6%) in groups of fewer than 5; by sex, grade" in page
    assert "pseudonymous, not anonymous" in page, "whoever reads a release reads what it is"
    (summary,) = gate_report.summary([report])
    assert summary["figures"] == [{"check": "c", **figures}]


def test_a_slice_or_file_in_a_finding_is_shown_as_the_release_shows_it(register: Register) -> None:
    names = ReleasedNames(register, bytes(32))
    row = {"_slice": "张三/3132990001", "_delivery_id": "0123456789abcdef", "_row_number": 3, "name": "**"}
    check = {"id": "a", "passed": False, "failing_rows": [row], "slices": ["3132990001", "张三/3132990001"]}
    (shown,) = gate_report.for_all({"door": "raw", "passed": True, "checks": [check]}, names)["checks"]
    assert "张三" not in str(shown)
    assert "0123456789abcdef" not in str(shown)
    assert shown["slices"] == ["3132990001", short_names(bytes(32))("slice", "张三/3132990001")]
    assert (shown["failing_rows"][0]["_row_number"], shown["failing_rows"][0]["name"]) == (3, "**")
