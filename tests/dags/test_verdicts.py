"""Verdicts: a gate that has not passed this very content stays shut, whatever Airflow believes of its step."""

from pathlib import Path

import pytest

from common.settings import load_settings
from dags import claim, steps, verdicts
from dags.scratch import Night, Refused
from expectations import Check, DoorReport
from tests import bureau_secret
from warehouse import build, release
from warehouse.errors import LineageError

STEPS = ("guard", "check_raw", "commit", "transform", "check_deliveries", "prove", "check_release")


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night whose candidate every gate has passed."""
    settings = load_settings(
        lake=tmp_path / "lake", inbox=tmp_path, night="2025-10-15", secret_file=bureau_secret.written_in(tmp_path)
    )
    night = Night(settings.night, settings, run="manual__1")
    assert claim.open_night(night)
    (night.work / "feed").mkdir()
    (night.work / "feed" / "accepted.parquet").write_bytes(b"rows")
    manifest = build.manifest_path(night.lake, night.date)
    manifest.parent.mkdir(parents=True)
    manifest.write_text("build 1")
    _assemble(night, "one")
    rows = verdicts.of_rows(night)
    for step in ("guard", "check_raw", "commit", "transform", "check_deliveries"):
        verdicts.give(night, step, rows)
    verdicts.give(night, "prove", verdicts.of_file(manifest))
    night.write(night.files.candidate_build, verdicts.of_file(manifest))
    verdicts.give(night, "check_release", verdicts.of_candidate(release.candidate_of(night.lake, night.date)))
    return night


def _assemble(night: Night, content: str) -> None:
    folder = night.files.candidate
    (folder / "parquet").mkdir(parents=True, exist_ok=True)
    (folder / "marts.duckdb").write_text(content)
    (folder / "manifest.json").write_text("{}")
    (night.work / "candidate_id").write_text("2025-10-15-abc")


def current(night: Night) -> Path | None:
    return release.current(night.lake)


def test_a_candidate_that_every_gate_has_passed_is_published_and_again(night):
    steps.publish(night)
    assert current(night) == night.lake.releases / "2025-10-15-abc"
    steps.publish(night)
    assert current(night) == night.lake.releases / "2025-10-15-abc"


@pytest.mark.parametrize("step", STEPS)
def test_a_gate_that_was_only_marked_as_passed_publishes_nothing(night, step):
    night.files.verdict(step).unlink()
    with pytest.raises(Refused, match=f"The step {step} has said nothing of the night 2025-10-15"):
        steps.publish(night)
    assert current(night) is None


@pytest.mark.parametrize("step", STEPS)
def test_a_gate_that_refused_and_was_marked_as_passed_publishes_nothing(night, step):
    verdicts.give(night, step, night.read(night.files.verdict(step))["content"], passed=False)
    with pytest.raises(Refused, match=f"The step {step} has refused the night 2025-10-15, whatever its state"):
        steps.publish(night)
    assert current(night) is None


def test_a_candidate_that_was_assembled_after_the_verdict_is_not_published(night):
    _assemble(night, "two")
    with pytest.raises(Refused, match=r"What the step check_release has passed in the night .* has changed since"):
        steps.publish(night)
    assert current(night) is None


def test_a_candidate_of_another_id_is_not_published(night):
    (night.work / "candidate_id").write_text("2025-10-15-def")
    with pytest.raises(Refused, match="check_release"):
        steps.publish(night)


def test_a_build_that_was_made_after_the_proof_is_not_assembled(night, monkeypatch):
    build.manifest_path(night.lake, night.date).write_text("build 2")
    with pytest.raises(Refused, match="What the step prove has passed"):
        steps.assemble(night)


def test_rows_that_were_read_after_the_first_door_are_not_committed(night):
    (night.work / "feed" / "accepted.parquet").write_bytes(b"other rows")
    with pytest.raises(Refused, match="What the step guard has passed"):
        steps.commit(night)


def test_a_first_door_that_refused_commits_nothing(night):
    verdicts.give(night, "check_raw", verdicts.of_rows(night), passed=False)
    with pytest.raises(Refused, match="The step check_raw has refused"):
        steps.commit(night)


def test_a_feed_whose_reading_was_only_marked_as_done_is_not_passed_over(night):
    night.write(night.files.arrivals, [{"feed": "student_registry/students"}])
    with pytest.raises(Refused, match="The files of student_registry/students were not read"):
        steps.guard(night)


def test_a_guard_that_is_cleared_after_publishing_does_not_judge_tables_that_are_gone(night):
    steps.publish(night)
    with pytest.raises(Refused, match="is published, and its tables are gone: clear the run from open_lake"):
        steps.guard(night)


def test_an_inbox_that_was_never_searched_is_not_taken_for_an_empty_one(night):
    with pytest.raises(Refused, match="The inbox was not searched"):
        steps.guard(night)


def test_a_second_door_and_a_proof_that_refuse_leave_their_verdict(night, monkeypatch):
    text = {name: {"zh": "一", "en": "One."} for name in ("what", "when_it_matters", "how_to_fix", "who_fixes")}
    check = Check("release/m/grain", "m", severity="block", passed=False, failing_count=2, **text)
    monkeypatch.setattr("expectations.check_release", lambda *_: DoorReport.of("release", [check]))
    with pytest.raises(Refused):
        steps.check_release(night)
    assert night.read(night.files.verdict("check_release"))["passed"] is False

    def finding(*_: object) -> None:
        raise LineageError("a copy")

    monkeypatch.setattr(steps.lineage, "check_night", finding)
    with pytest.raises(Refused):
        steps.prove(night)
    assert night.read(night.files.verdict("prove"))["passed"] is False
