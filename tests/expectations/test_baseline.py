"""The list of accepted failures: it accepts what was reviewed, and nothing else."""

from datetime import date
from pathlib import Path

import pytest

from expectations import Baseline, Check, DoorReport, ExpectationsError, load_baseline
from expectations.baseline import AcceptedFailure

TEXT = {text: {"zh": "一", "en": "one."} for text in ("what", "when_it_matters", "how_to_fix", "who_fixes")}
ENTRY = AcceptedFailure("release/m/r", 3, "known since spring", "statistics office", date(2025, 9, 1))


def report(failing: int, **more: object) -> DoorReport:
    check = Check(
        "release/m/r", "m", severity="block", passed=failing == 0, failing_count=failing, **TEXT, **more
    )
    return DoorReport.of("release", Baseline((ENTRY,)).apply([check]))


def test_an_accepted_failure_does_not_block():
    found = report(3)
    assert found.passed
    assert found.checks[0].accepted == "known since spring (statistics office, 2025-09-01)"


def test_more_failures_than_were_accepted_block():
    assert not report(4).passed


def test_a_check_that_cannot_be_computed_is_never_accepted():
    assert not report(1, detail="cannot be computed").passed


def test_an_accepted_failure_that_passes_must_be_taken_out_of_the_list():
    found = report(0)
    assert found.passed
    assert [(c.id, c.severity, c.passed) for c in found.checks[1:]] == [
        ("baseline/release/m/r", "warn", False)
    ]


def test_an_accepted_hold_holds_nothing():
    check = Check("raw/a__b/r", "a__b", severity="hold", passed=False, failing_count=1, slices=["s"], **TEXT)
    entry = AcceptedFailure("raw/a__b/r", 1, "x", "y", date(2025, 9, 1))
    assert list(DoorReport.of("raw", [check]).holds()) == [("a/b", "s", "raw/a__b/r: one.")]
    assert not list(DoorReport.of("raw", Baseline((entry,)).apply([check])).holds())


def test_the_shipped_list_can_be_read():
    assert isinstance(load_baseline(), Baseline)


@pytest.mark.parametrize(
    "entry",
    [
        "{check: a, up_to: 1, reason: b, accepted_by: c}",
        "{check: a, up_to: 0, reason: b, accepted_by: c, accepted_on: 2025-09-01}",
        "{check: a, up_to: 1, reason: b, accepted_by: c, accepted_on: spring}",
    ],
)
def test_an_entry_without_limit_reason_name_and_day_is_refused(tmp_path: Path, entry: str):
    path = tmp_path / "baseline.yml"
    path.write_text(f"accepted: [{entry}]")
    with pytest.raises(ExpectationsError, match="must give"):
        load_baseline(path)
