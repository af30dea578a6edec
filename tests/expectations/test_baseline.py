"""The list of accepted failures: it accepts what was reviewed, and nothing else."""

from datetime import date
from pathlib import Path

import pytest

from expectations import Baseline, Check, DoorReport, ExpectationsError, load_baseline
from expectations.baseline import AcceptedFailure

TEXT = {text: {"zh": "一", "en": "one."} for text in ("what", "when_it_matters", "how_to_fix", "who_fixes")}
TERM = {"accepted_on": date(2025, 9, 1), "owner": "school office", "expires_on": date(2025, 10, 15)}
ENTRY = AcceptedFailure("release/m/r", 3, "known since spring", "statistics office", **TERM)
LAST, AFTER = date(2025, 10, 15), date(2025, 10, 16)


def report(failing: int, night: date = LAST, **more: object) -> DoorReport:
    check = Check(
        "release/m/r", "m", severity="block", passed=failing == 0, failing_count=failing, **TEXT, **more
    )
    return Baseline((ENTRY,)).report("release", [check], night)


def test_an_accepted_failure_does_not_block():
    found = report(3)
    assert found.passed
    assert found.checks[0].accepted == (
        "known since spring (statistics office, 2025-09-01; school office, until 2025-10-15)"
    )


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


def test_a_mended_failure_that_still_stands_after_its_term_makes_the_night_red():
    assert report(0, LAST).passed
    (reason,) = report(0, AFTER).reasons()
    assert reason == (
        "baseline/release/m/r: The baseline entry release/m/r, accepted by statistics office on 2025-09-01, of school "
        "office, until 2025-10-15: its check passes now. (1 failing) Remove the entry from expectations/baseline.yml."
    )


def test_a_failure_whose_term_is_over_blocks_and_says_whose_it_is():
    found = report(3, AFTER)
    new, expired = found.reasons()
    assert new.startswith("release/m/r: one.")
    assert "of school office, until 2025-10-15: its term is over, and its check still fails." in expired
    assert "school office mends it; or have it reviewed again, and give it another term" in expired
    assert found.checks[1].what["zh"] == (
        "基线条目 release/m/r 由 statistics office 于 2025-09-01 接受，school office 负责，期限 2025-10-15："
        "期限已过，该检查仍不通过。"
    )
    assert found.checks[1].who_fixes == {"zh": "school office", "en": "school office"}


def test_an_entry_whose_check_no_longer_runs_does_not_stand_for_ever():
    baseline = Baseline((ENTRY,))
    assert baseline.report("release", [], LAST).checks == []
    (reason,) = baseline.report("release", [], AFTER).reasons()
    assert "its term is over, and no such check ran tonight" in reason
    assert baseline.report("raw", [], AFTER).checks == [], "it is of the other door"


def test_an_accepted_hold_holds_nothing():
    check = Check("raw/a__b/r", "a__b", severity="hold", passed=False, failing_count=1, slices=["s"], **TEXT)
    entry = AcceptedFailure("raw/a__b/r", 1, "x", "y", **TERM)
    assert list(DoorReport.of("raw", [check]).holds()) == [("a/b", "s", "raw/a__b/r: one.")]
    assert not list(Baseline((entry,)).report("raw", [check], LAST).holds())
    assert list(Baseline((entry,)).report("raw", [check], AFTER).holds())


def test_the_shipped_list_can_be_read():
    assert isinstance(load_baseline(), Baseline)


WHOLE = {
    "check": "raw/a/b", "up_to": "1", "reason": "b", "accepted_by": "c", "accepted_on": "2025-09-01",
    "owner": "d", "expires_on": "2025-12-31",
}  # fmt: skip


def listed(path: Path, *entries: dict[str, str]) -> Path:
    lines = ["{" + ", ".join(f"{name}: {value}" for name, value in entry.items()) + "}" for entry in entries]
    path.write_text(f"accepted: [{', '.join(lines)}]")
    return path


def test_an_entry_is_read_as_it_stands(tmp_path: Path):
    (entry,) = load_baseline(listed(tmp_path / "baseline.yml", WHOLE)).entries
    assert (entry.owner, entry.expires_on) == ("d", date(2025, 12, 31))


@pytest.mark.parametrize("left_out", sorted(WHOLE))
def test_an_entry_without_limit_reason_names_or_term_is_refused(tmp_path: Path, left_out: str):
    entry = {name: value for name, value in WHOLE.items() if name != left_out}
    with pytest.raises(ExpectationsError, match="must give"):
        load_baseline(listed(tmp_path / "baseline.yml", entry))


@pytest.mark.parametrize(
    "wrong",
    [
        {"check": "relase/a/b"}, {"up_to": "0"}, {"up_to": "many"}, {"owner": "''"}, {"accepted_on": "spring"},
        {"expires_on": "summer"}, {"expires_on": "2025-08-31"}, {"expires_on": "2025-12-31 08:00:00"},
        {"accepted_on": "2025-09-01 08:00:00"}, {"up_to": "true"},
    ],
    ids=str,
)  # fmt: skip
def test_an_entry_that_makes_no_sense_is_refused(tmp_path: Path, wrong: dict[str, str]):
    with pytest.raises(ExpectationsError, match="must give"):
        load_baseline(listed(tmp_path / "baseline.yml", WHOLE | wrong))


def test_two_entries_of_one_check_are_refused(tmp_path: Path):
    with pytest.raises(ExpectationsError, match="2 entries for raw/a/b: leave the one that counts"):
        load_baseline(listed(tmp_path / "baseline.yml", WHOLE, WHOLE | {"up_to": "2"}))
