"""A whole night through Airflow in this process, its rooms replaced: what becomes of success and failure."""

import os
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from common import disk_space, failures
from common.night_files import FeedFiles, NightFiles
from common.settings import Settings, SettingsError, load_settings
from dags import airflow_home, steps
from dags.night import run
from dags.profile import table
from dags.scratch import Night, RecordDamaged, Refused
from expectations import Check, DoorReport
from ingest.deliveries import Arrival, Delivery
from ingest.reading.read_feed import write_deliveries
from registry import RegisterError
from registry.model import Register
from warehouse import missing, unchanged
from warehouse.build import BuildReport
from warehouse.errors import BuildFailed, LakeBusy, LakeError, LineageError, ReleaseError
from warehouse.lake import Lake, connect_lake, create_lake, write_lock
from warehouse.problem_lists import Summary

NIGHT = date(2025, 10, 15)
FEEDS = ("exams/results", "student_registry/students")
TEXT = {text: {"zh": "一", "en": "One."} for text in ("what", "when_it_matters", "how_to_fix", "who_fixes")}
Calls = list[str]


@pytest.fixture
def settings(tmp_path: Path, airflow_home: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    # where a step has failed, Airflow's run in one process waits a second for each step after it
    monkeypatch.setattr("time.sleep", lambda _: None)
    (tmp_path / "inbox").mkdir()
    return load_settings(
        lake=tmp_path / "lake", inbox=tmp_path / "inbox", night=NIGHT, secret_file=tmp_path / "secret.key"
    )


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Calls:
    """Rooms that do nothing but say that they were called; two feeds have arrived."""
    called: Calls = []

    def room(name: str, answer: Any = None) -> Callable[..., Any]:
        def answering(*_: Any, **__: Any) -> Any:
            called.append(name)
            return answer() if callable(answer) else answer

        return answering

    def reading(register: Register, feed: str, arrivals: object, landing: object, work: Path) -> None:
        called.append("read_feed")
        write_deliveries(NightFiles(work).feed(register.feed(feed).table), [])

    arrivals = [arrival(feed) for feed in FEEDS]
    for name, answer in {
        "intake_history": None, "find_arrivals": arrivals, "land_unread": None, "guard": [],
        "commit": None, "nothing_loaded": None, "Hold": None,
    }.items():  # fmt: skip
        monkeypatch.setattr(steps.ingest, name, room(name, answer), raising=False)
    monkeypatch.setattr(steps.ingest, "read_feed", reading)
    monkeypatch.setattr(steps.missing, "lacks", room("lacks", []))
    monkeypatch.setattr(steps.missing, "earlier_rosters", room("rosters", []))
    monkeypatch.setattr(steps.missing, "emptied", room("emptied"))
    (folder := tmp_path / "candidate").mkdir()
    marts = {"m": {"rows": 3}, "n": {"rows": 4}}
    candidate = SimpleNamespace(release_id="2025-10-15-abc", directory=folder, manifest={"marts": marts})
    monkeypatch.setattr(steps.build, "run", room("build", BuildReport((), (), 0.0, Path())))
    monkeypatch.setattr(steps.unchanged, "of_build", lambda *_: unchanged.Basis({}, {}))
    monkeypatch.setattr(steps.problem_lists, "write", room("lists", Summary("outbox", 2, 7, 1, 2, 0, ())))
    monkeypatch.setattr(steps.lineage, "check_night", room("prove"))
    monkeypatch.setattr(steps.release, "assemble", room("assemble", candidate))
    monkeypatch.setattr(steps.release, "candidate_of", lambda *_: candidate)
    monkeypatch.setattr(steps.release, "refuse", room("refuse"))
    monkeypatch.setattr(steps.release, "publish", room("publish", Path("releases/2025-10-15-abc")))
    monkeypatch.setattr("expectations.check_release", room("door", DoorReport.of("release", [])))
    return called


def arrival(feed: str) -> Arrival:
    source, _, _ = feed.partition("/")
    return Arrival(f"arrival of {feed}", NIGHT, source, feed, f"{feed}.csv", f"/inbox/{feed}.csv", "0" * 64, 1)


def alerts(settings: Settings) -> str:
    return (settings.lake / "outbox" / "alerts" / "2025-10-15.txt").read_text()


def test_whatever_the_umask_what_airflow_and_the_lake_leave_is_for_the_nights_user_alone(settings, calls):
    before = os.umask(0)
    try:
        assert run(settings)["status"] == "published"
        assert os.umask(0) == 0, "the umask is the caller's again"
    finally:
        os.umask(before)
    made = [path for path in (settings.lake, *settings.lake.rglob("*")) if not path.is_symlink()]
    assert [path for path in made if path.stat().st_mode & 0o077] == []
    names = {path.relative_to(settings.lake).as_posix() for path in made}
    assert {"restricted/catalog.ducklake", "airflow/by_hand/airflow.db", "airflow/logs/night-2025-10-15.log"} <= names


def test_a_group_of_readers_that_is_not_there_is_refused_before_the_first_step(settings, monkeypatch):
    monkeypatch.setenv("SHUYUAN_ANALYSTS_GROUP", "nonesuch")
    with pytest.raises(SettingsError, match="no group nonesuch"):
        run(settings)
    assert not settings.lake.exists()


def test_a_night_runs_its_steps_in_order_and_says_so_but_prints_nothing(settings, calls, capsys):
    heard: list[str] = []
    outcome = run(settings, say=heard.append)
    assert outcome["status"] == "published"
    assert outcome["release"] == "2025-10-15-abc"
    assert calls == [
        "intake_history", "find_arrivals", "land_unread", "read_feed", "read_feed", "guard", "commit", "build", "lists",
        "lacks", "rosters", "nothing_loaded", "emptied", "prove", "assemble", "door", "publish",
    ]  # fmt: skip
    assert sorted(line for line in heard if line.startswith("reading")) == [f"reading {feed}" for feed in FEEDS]
    assert capsys.readouterr() == ("", "")
    assert not (settings.lake / "outbox" / "alerts").exists()


def test_the_page_shows_a_read_by_the_name_of_its_feed(settings, calls):
    import sqlite3

    run(settings)
    with sqlite3.connect(settings.lake / "airflow" / "by_hand" / "airflow.db") as metadata:
        names = metadata.execute("select rendered_map_index from task_instance where task_id = 'read' order by 1")
        assert [name for (name,) in names] == list(FEEDS)


def test_what_each_step_has_cost_outlives_the_scratch_and_is_told_in_the_log_alone(settings, calls):
    seen: list[tuple[str, str, int]] = []
    outcome = run(settings, follow=lambda course: seen.append((course.step, course.part, len(course.steps))))
    kept = table.read(Lake(settings.lake), NIGHT)
    steps_of_night = [
        "open_lake", "find_arrivals", "look_for_changes", "read", "read", "guard", "check_raw", "commit", "transform",
        "list_problems", "check_deliveries", "prove", "assemble", "check_release", "publish",
    ]  # fmt: skip
    assert [m.step for m in kept] == steps_of_night
    assert sorted(m.name for m in kept if m.step == "read") == list(FEEDS)
    assert next((m.rows, m.failed) for m in kept if m.step == "assemble") == (7, False)
    assert list(dict.fromkeys(step for step, *_ in seen if step)) == list(dict.fromkeys(steps_of_night))
    assert {("read", feed, 14) for feed in FEEDS} <= set(seen)
    log = (settings.lake / "airflow" / "logs" / "night-2025-10-15.log").read_text()
    assert [line for line in log.splitlines() if line.startswith("cost of publish: ")]
    assert "profile" not in str(outcome)


def test_a_night_without_files_still_builds_and_publishes(settings, calls, monkeypatch):
    monkeypatch.setattr(steps.ingest, "find_arrivals", lambda *_: [])
    assert run(settings)["status"] == "published"
    assert calls == [
        "intake_history", "land_unread", "guard", "commit", "build", "lists", "lacks", "rosters", "nothing_loaded",
        "emptied", "prove", "assemble", "door", "publish",
    ]  # fmt: skip


@pytest.fixture
def standing(settings: Settings, calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The settings of the night after a published one: nothing has come, changed or falls due."""
    run(settings)
    calls.clear()
    monkeypatch.setattr(steps.ingest, "find_arrivals", lambda *_: [])
    monkeypatch.setattr(steps.unchanged, "reason_to_build", lambda *_: None)
    monkeypatch.setattr(steps.unchanged, "note_night", lambda *_: calls.append("note"))
    return settings.model_copy(update={"night": NIGHT + timedelta(days=1)})


def test_a_night_without_change_keeps_the_release_says_what_is_missing_and_builds_nothing(standing, calls, monkeypatch):
    lack = missing.Lack("exams/results", "silent", ("329900",), 1, None, "exams/results: nothing has come.")
    monkeypatch.setattr(steps.missing, "lacks", lambda *_: [lack])
    outcome = run(standing)
    assert (outcome["status"], outcome["release"]) == ("kept", "2025-10-15-abc")
    assert outcome["path"] == str(standing.lake / "releases" / "2025-10-15-abc")
    assert outcome["alarms"] == ["exams/results: nothing has come."]
    assert calls == ["intake_history", "land_unread", "note", "lists", "rosters", "nothing_loaded", "emptied"]
    basis = unchanged.read(Lake(standing.lake))
    assert basis is not None
    assert (basis.night, basis.stands_for) == (NIGHT, NIGHT + timedelta(days=1))


def test_a_night_without_change_on_which_files_were_due_is_refused_without_a_build(standing, calls, monkeypatch):
    monkeypatch.setattr(steps.ingest, "nothing_loaded", lambda *_: "No file came.")
    outcome = run(standing)
    assert (outcome["status"], outcome["step"]) == ("refused", "look_for_changes")
    assert outcome["reason"] == "No file came."
    assert calls == ["intake_history", "land_unread", "note", "lists", "lacks", "rosters"]


def test_a_night_of_files_that_the_lake_has_records_them_and_builds_nothing(standing, calls, monkeypatch):
    again = [replace(arrival(feed), same_as=f"{feed}.csv") for feed in FEEDS]
    slices = {(feed, "") for feed in FEEDS}
    asked = []
    monkeypatch.setattr(steps.ingest, "find_arrivals", lambda *_: again)
    monkeypatch.setattr(steps.ingest, "unchanged_slices", lambda *_: slices)
    monkeypatch.setattr(steps.unchanged, "reason_to_build", lambda *given: asked.append(given[-1]))
    assert run(standing)["status"] == "kept"
    assert asked == [slices]
    recorded = calls[calls.index("commit") :]
    assert recorded == ["commit", "note", "lists", "lacks", "rosters", "nothing_loaded", "emptied"]


def test_a_file_that_is_refused_is_news_though_all_others_are_as_the_lake_has_them(standing, calls, monkeypatch):
    first, second = (arrival(feed) for feed in FEEDS)
    found = [replace(first, same_as=f"{first.feed}.csv"), replace(second, refusal="is empty.")]
    monkeypatch.setattr(steps.ingest, "find_arrivals", lambda *_: found)
    assert run(standing)["status"] == "published"
    assert "build" in calls
    assert "note" not in calls


def test_a_night_that_is_to_be_built_whole_is_built_though_nothing_has_changed(standing, calls):
    assert run(standing, whole=True)["status"] == "published"
    assert "build" in calls
    assert "note" not in calls


def test_after_a_commit_without_a_publication_no_night_takes_the_release_for_one_of_all_rows(
    settings, calls, monkeypatch
):
    run(settings)

    def broken(*_: Any, **__: Any) -> None:
        raise BuildFailed("The model students failed.")

    monkeypatch.setattr(steps.build, "run", broken)
    assert run(settings)["status"] == "failed"
    basis = unchanged.read(Lake(settings.lake))
    assert basis is not None
    assert not basis.counts


def test_no_step_after_a_night_without_change_publishes_anything_by_a_click(standing, monkeypatch):
    run(standing)
    night = Night(standing.night, standing, run="by hand")
    for step in (steps.check_raw, steps.commit, steps.transform, steps.assemble):
        with pytest.raises(Refused, match="has said nothing"):
            step(night)
    monkeypatch.undo()
    with pytest.raises(ReleaseError, match="has no release candidate"):
        steps.publish(night)


def test_a_feed_that_is_to_be_read_alone_is_looked_for_alone(settings, calls, monkeypatch):
    asked: list[Any] = []
    arrivals = [arrival("student_registry/students")]
    monkeypatch.setattr(steps.ingest, "find_arrivals", lambda *given: asked.append(given[4]) or arrivals)
    assert run(settings, feeds=["student_registry/students"])["status"] == "published"
    assert asked == [("student_registry/students",)]
    assert calls.count("read_feed") == 1


def test_a_feed_to_be_read_alone_of_which_nothing_lies_there_ends_the_night_with_a_sentence(
    settings, calls, monkeypatch
):
    monkeypatch.setattr(steps.ingest, "find_arrivals", lambda *_: [])
    outcome = run(settings, feeds=["student_registry/students"])
    assert (outcome["status"], outcome["step"]) == ("failed", "find_arrivals")
    assert "holds no file of student_registry/students" in outcome["reason"]


def test_a_feed_that_the_register_does_not_know_stops_the_night_before_it_touches_the_lake(settings):
    with pytest.raises(SettingsError, match=r"no feed student_registry/pupils: give --feed one of .*/students"):
        run(settings, feeds=["student_registry/pupils"])
    assert not settings.lake.exists()


def test_a_second_door_that_fails_refuses_once_and_publishes_nothing(settings, calls, monkeypatch, caplog):
    check = Check("release/m/grain_unique", "m", severity="block", passed=False, failing_count=2, **TEXT)
    report = DoorReport.of("release", [check])
    monkeypatch.setattr("expectations.check_release", lambda *_: report)
    outcome = run(settings)
    assert outcome["status"] == "refused"
    assert outcome["step"] == "check_release"
    assert "release/m/grain_unique" in outcome["reason"]
    assert calls.count("refuse") == 1
    assert outcome["problem_lists"]["entries"] == 7, "the lists are of what the night knows, also without a release"
    assert "publish" not in calls
    assert alerts(settings).count("refused in check_release") == 1
    sentence, findings, *_ = (r.getMessage() for r in caplog.records if r.name == "dags.step_log")
    assert sentence.startswith("refused: release/m/grain_unique")
    assert findings.endswith("restricted/work/2025-10-15/door_release.json")


def test_a_release_that_would_show_a_copy_is_refused_before_it_is_assembled(settings, calls, monkeypatch):
    def finding(*_: Any) -> None:
        raise LineageError("marts.m.c reaches x/y.z, a copy of student.name, which a/b owns.")

    monkeypatch.setattr(steps.lineage, "check_night", finding)
    outcome = run(settings)
    assert (outcome["status"], outcome["step"]) == ("refused", "prove")
    assert "a copy of student.name" in outcome["reason"]
    assert "assemble" not in calls


def test_a_step_that_breaks_ends_the_night_with_its_own_sentence(settings, calls, monkeypatch, caplog):
    def broken(*_: Any, **__: Any) -> None:
        try:
            raise KeyError("area")
        except KeyError as error:
            raise BuildFailed("The model students failed: no column area.") from error

    monkeypatch.setattr(steps.build, "run", broken)
    outcome = run(settings)
    assert (outcome["status"], outcome["step"]) == ("failed", "transform")
    assert outcome["reason"] == "The model students failed: no column area."
    assert "failed in transform: The model students failed" in alerts(settings)
    assert "failed: The model students failed: no column area." in caplog.messages
    log = (settings.lake / "airflow" / "logs" / "night-2025-10-15.log").read_text()
    assert "BuildFailed: The model students failed" in log
    assert "KeyError" not in log, "the traceback of what caused it would stand above the sentence"
    assert "assemble" not in calls


def test_what_a_library_quotes_of_a_cell_is_in_no_log(settings, calls, monkeypatch, caplog, capfd):
    cells = ("龘靐齉", "Bea", "320102201509301234")  # not in the code that fails, which a log may show

    def broken(*_: Any, **__: Any) -> None:
        try:
            duckdb.sql("select cast(? as integer)", params=[cells[0]]).fetchall()
        except duckdb.Error as error:
            raise ValueError(f"no pupil {cells[1].encode()}, of {cells[2]}") from error

    monkeypatch.setattr(steps.build, "run", broken)
    outcome = run(settings)
    assert "failed with an unexpected error (ValueError)" in outcome["reason"]
    in_full = Lake(settings.lake).work(NIGHT) / "errors" / "transform.txt"
    assert in_full.stat().st_mode & 0o777 == 0o600
    logs = [path.read_bytes() for path in (settings.lake / "airflow").rglob("*") if path.is_file()]
    told = b"".join(logs) + f"{caplog.text}{alerts(settings)}{outcome}{''.join(capfd.readouterr())}".encode()
    for quoted in cells:
        assert quoted in in_full.read_text()
        assert quoted.encode() not in told
    log = (settings.lake / "airflow" / "logs" / "night-2025-10-15.log").read_text() + caplog.text
    assert "ConversionException: Conversion Error: Could not convert string … to INT32" in log
    assert f'File "{__file__}"' in log


def test_a_step_that_stumbles_is_tried_once_more_without_waiting(settings, calls, monkeypatch):
    tries: list[int] = []

    def stumbling(*_: Any, **__: Any) -> BuildReport:
        tries.append(1)
        if len(tries) == 1:
            raise BuildFailed("The catalog was busy.")
        return BuildReport((), (), 0.0, Path())

    monkeypatch.setattr(steps.build, "run", stumbling)
    assert run(settings)["status"] == "published"
    assert len(tries) == 2
    kept = table.read(Lake(settings.lake), NIGHT)
    assert [m.failed for m in kept if m.step == "transform"] == [True, False], "both tries cost something"
    assert not (settings.lake / "outbox" / "alerts").exists()


def test_an_alarm_never_repeats_what_a_library_quotes():
    said = failures.sentence(ValueError("could not convert 张三 330282201509010037"), "the step read", "airflow/logs")
    assert "张三" not in said
    assert "ValueError" in said
    assert "airflow/logs" in said


def test_what_is_held_quarantined_and_refused_is_in_the_outcome(settings, calls, monkeypatch):
    import duckdb

    def read(register: object, feed: str, arrivals: object, landing: object, work: Path) -> None:
        folder = work / feed.replace("/", "__")
        folder.mkdir()
        refused = Delivery(
            "1", "1", NIGHT.isoformat(), "exams", FEEDS[0], "exams/results/x.csv", "", "0", status="refused",
            reason="exams/results/x.csv has no header.", reason_for_all="It has no header.",
        )  # fmt: skip
        write_deliveries(FeedFiles(folder), [refused] if feed == FEEDS[0] else [])
        duckdb.sql(
            f"copy (select '{feed}' as feed, 'filled' as rule, 'name' as column_name, 'row' as severity) "
            f"to '{folder / 'problems.parquet'}'"
        )

    lines: list[str] = []
    monkeypatch.setattr(steps.step_log.log, "warning", lambda text, *values: lines.append(text % values))
    hold = SimpleNamespace(feed=FEEDS[0], slice="2133000001", reason="fell by half")
    monkeypatch.setattr(steps.ingest, "read_feed", read)
    monkeypatch.setattr(steps.ingest, "guard", lambda *_: [hold])
    outcome = run(settings)
    assert lines == ["held: exams/results, 2133000001: fell by half"], "the task is green, so its log has to say it"
    assert outcome["held"] == [{"feed": FEEDS[0], "slice": "2133000001", "reason": "fell by half"}]
    assert {"feed": FEEDS[1], "rule": "filled", "column": "name", "rows": 1} in outcome["quarantined"]
    (refused,) = outcome["refused_files"]
    assert (refused["feed"], refused["reason"]) == (FEEDS[0], "It has no header.")
    assert re.fullmatch("[0-9a-f]{16}[.]csv", refused["file"]), "a file's name may be a person's"
    work = Lake(settings.lake).work(NIGHT)
    assert not list(work.glob("*/*.parquet")), "a published night leaves no tables in its scratch"


def test_a_register_that_contradicts_itself_stops_the_night_before_it_touches_the_lake(settings, tmp_path):
    (tmp_path / "register").mkdir()
    with pytest.raises(RegisterError):
        run(settings.model_copy(update={"registry": tmp_path / "register"}))
    assert not settings.lake.exists()


def test_two_nights_never_write_one_lake_at_once(settings, calls, monkeypatch):
    import multiprocessing

    create_lake(Lake(settings.lake))
    context = multiprocessing.get_context("spawn")
    ready, done = context.Event(), context.Event()
    other = context.Process(target=_hold, args=(settings.lake, ready, done))
    other.start()
    try:
        assert ready.wait(60)
        with pytest.raises(LakeBusy, match="2025-10-14"):
            run(settings)
    finally:
        done.set()
        other.join()
    assert calls == []


def _hold(lake: Path, ready: Any, done: Any) -> None:
    with write_lock(Lake(lake), date(2025, 10, 14)):
        ready.set()
        done.wait(60)


def test_a_damaged_database_of_nights_by_hand_is_made_anew_and_what_else_is_damaged_is_told(settings, calls):
    lake = Lake(settings.lake)
    create_lake(lake)
    home = airflow_home.home_by_hand(lake)
    home.mkdir()
    (home / "airflow.db").write_bytes(b"SQLite format 3\0" + b"garbage" * 2000)
    (lake.landing / "ab").mkdir()
    landed = lake.landing / "ab" / f"{'ab' * 32}.zst"
    landed.touch()
    (lake.releases / "current").symlink_to("2025-10-14-0123456789ab")
    outcome = run(settings)
    assert outcome["status"] == "published"
    assert airflow_home.is_sound(home / "airflow.db")
    for path in (landed, lake.releases / "current"):
        assert any(line.startswith(f"{path} ") for line in outcome["alarms"])
        assert str(path) in alerts(settings)


def test_no_night_is_built_on_lost_data(settings, calls):
    lake = Lake(settings.lake)
    create_lake(lake)
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.t as select 1 as i")
    (lost,) = lake.data.rglob("*.parquet")
    lost.write_bytes(b"")
    outcome = run(settings)
    assert outcome["status"] == "failed"
    assert "has lost data, so no night is built on it" in outcome["reason"]
    assert f"{lost} (of the table raw.t) has 0 bytes" in outcome["reason"]
    assert "shuyuan backfill --from-lake" in outcome["reason"]
    assert calls == []


def test_a_lake_without_its_catalog_gets_no_other(settings, calls):
    lake = Lake(settings.lake)
    create_lake(lake)
    lake.catalog.unlink()
    with pytest.raises(LakeError, match=r"is missing, and .*layout says that there was a lake"):
        run(settings)
    assert not lake.catalog.exists()
    assert calls == []


def test_a_damaged_record_of_a_night_is_named(settings):
    night = Night(NIGHT, settings)
    night.files.outcome.parent.mkdir(parents=True)
    night.files.outcome.write_bytes(b'{"status": "publ')
    with pytest.raises(RecordDamaged, match=r"outcome.json of the night 2025-10-15 is damaged: run that night again"):
        night.read(night.files.outcome)


FULL = duckdb.IOException('IO Error: Could not write file "/lake/x": No space left on device')


def test_a_full_disk_ends_the_night_at_once_with_how_much_is_needed_where(settings, calls, monkeypatch):
    def build(*_: Any, **__: Any) -> None:
        calls.append("build")
        raise BuildFailed("The model m failed: IO Error: Could not write file: No space left on device.") from FULL

    monkeypatch.setattr(steps.build, "run", build)
    outcome = run(settings)
    assert (outcome["status"], outcome["step"]) == ("failed", "transform")
    assert outcome["reason"].startswith("The disk is full: ")
    assert f"are free under {settings.lake}, and the night needs 1,024 MiB" in outcome["reason"]
    assert calls.count("build") == 1, "a retry finds the same disk"
    work = Lake(settings.lake).work(NIGHT)
    assert not (work / "arrivals.json").exists(), "no step goes on with a part of what was read"


def test_a_night_that_the_disk_surely_cannot_hold_is_refused_before_a_file_is_read(settings, calls, monkeypatch):
    monkeypatch.setattr(steps.disk_use, "surely_too_little", lambda _, new_bytes: f"No room for {new_bytes}.")
    outcome = run(settings)
    assert (outcome["status"], outcome["step"]) == ("failed", "find_arrivals")
    assert outcome["reason"] == "No room for 2."
    assert calls == ["intake_history", "find_arrivals"]


def test_a_night_that_cannot_even_write_its_outcome_says_that_the_disk_is_full(settings, calls, monkeypatch):
    monkeypatch.setattr("dags.night._run_dag", lambda _: "failed")
    space = disk_space.Space(settings.lake, 1 << 30, 0)
    monkeypatch.setattr(disk_space, "space_of", lambda _: space)
    assert run(settings)["reason"].startswith("The disk is full: 0 MiB of 1,024 MiB are free under")


def test_a_full_disk_of_airflows_own_database_has_the_same_sentence(settings, calls, monkeypatch):
    def broken(_: Any) -> str:
        raise RuntimeError("(sqlite3.OperationalError) database or disk is full")

    table.keep(Lake(settings.lake), NIGHT, [])
    monkeypatch.setattr("dags.night._run_dag", broken)
    assert run(settings)["reason"].startswith("The disk is full: ")
    assert not table.place(Lake(settings.lake), NIGHT).exists(), "what an earlier run cost is not taken for this one's"
