"""Old exports: which folders are nights, what is passed over, and where it stops. Nights are replaced here."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from common.settings import Settings, SettingsError, load_settings
from dags import backfill, outcome
from dags.scratch import Night
from ingest import landing
from ingest.committing import intake_tables
from warehouse.errors import LakeError
from warehouse.lake import Lake, connect_lake, create_lake

DAYS = [date(2023, 9, 1), date(2024, 9, 2), date(2025, 9, 1)]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for name in (*map(str, reversed(DAYS)), "truth", "older"):
        (tmp_path / "inbox" / name / "student_registry").mkdir(parents=True)
    return load_settings(lake=tmp_path / "lake", inbox=tmp_path / "inbox", secret_file=tmp_path / "secret.key")


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[date]:
    """The nights that were run; each is published, unless its folder holds a file `bad`."""
    called: list[date] = []

    def run(settings: Settings, say: Any = None) -> dict[str, Any]:
        night = Night(settings.night, settings)
        create_lake(night.lake)
        called.append(night.date)
        status = "failed" if (night.inbox / "bad").exists() else "published"
        outcome.write(night, status, release=f"{night.date}-abc")
        return outcome.read(night) or {}

    monkeypatch.setattr(backfill.night, "run", run)
    return called


def told(settings: Settings) -> list[str]:
    return [found["status"] for found in backfill.run(settings, backfill.nights_of_inbox(settings.inbox))]


def test_nights_are_loaded_from_the_oldest_on_and_other_folders_are_no_nights(settings, ran):
    assert told(settings) == ["published"] * 3
    assert ran == DAYS


def test_only_the_nights_that_were_asked_for_are_loaded(settings):
    found = backfill.nights_of_inbox(settings.inbox, DAYS[1], DAYS[1])
    assert [folder.date for folder in found] == [DAYS[1]]


@pytest.mark.parametrize("name", ["20240903", "2024-9-3", "2024-09-31", "2024_09_03"])
def test_a_folder_that_is_nearly_a_date_is_not_silently_left_out(settings, name):
    (settings.inbox / name).mkdir()
    with pytest.raises(SettingsError, match=rf"{name} is no date: name it like"):
        backfill.nights_of_inbox(settings.inbox)


def test_an_inbox_without_nights_is_told_in_a_sentence(settings, tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(SettingsError, match="holds no folder named like 2025-10-15"):
        backfill.nights_of_inbox(tmp_path / "empty")
    with pytest.raises(SettingsError, match="holds no folder of these days"):
        backfill.nights_of_inbox(settings.inbox, first=date(2026, 1, 1))


def test_it_stops_at_the_night_that_fails_and_goes_on_from_there(settings, ran):
    bad = settings.inbox / str(DAYS[1]) / "bad"
    bad.touch()
    assert told(settings) == ["published", "failed"]
    bad.unlink()
    assert told(settings) == ["loaded", "published", "published"]
    assert ran == [DAYS[0], DAYS[1], DAYS[1], DAYS[2]]
    assert told(settings) == ["loaded"] * 3


def test_a_file_that_came_late_into_the_folder_of_a_loaded_night_is_not_passed_over(settings, ran):
    told(settings)
    roster = settings.inbox / str(DAYS[2]) / "student_registry" / "students" / "x.csv"
    roster.parent.mkdir()
    roster.write_text("学籍号,姓名\n")
    assert told(settings) == ["loaded", "loaded", "published"]
    early = settings.inbox / str(DAYS[0]) / "student_registry" / "students"
    roster.parent.rename(early)
    with pytest.raises(SettingsError, match="holds new files for 2023-09-01, and the night of 2025-09-01 is loaded"):
        told(settings)


def test_a_night_before_one_that_is_loaded_is_not_loaded_after_it(settings, ran):
    told(settings)
    (settings.inbox / "2022-09-01").mkdir()
    with pytest.raises(SettingsError, match="holds the night of 2022-09-01, and the night of 2025-09-01 is loaded"):
        told(settings)
    assert ran == DAYS


def _arrived(root: Path, *nights: date) -> None:
    """A lake on whose nights a file of nobody arrived and was kept."""
    lake = Lake(root)
    create_lake(lake)
    unknown = root.parent / "unknown.csv"
    unknown.write_text("a,b\n")
    kept = landing.sha256_of(unknown)
    landing.land(unknown, kept, lake.landing)
    with connect_lake(lake) as connection:
        intake_tables.ensure(connection)
        for night in nights:
            connection.execute(
                "INSERT INTO lake.intake.arrival VALUES (?, ?, 'x', '', 'x/unknown.csv', ?, 4)",
                [str(night), night, kept],
            )


def test_the_nights_of_another_lake_are_laid_out_from_its_landing_and_taken_away_again(settings, monkeypatch, tmp_path):
    _arrived(tmp_path / "old", *DAYS)
    outcome.write(Night(DAYS[0], settings.model_copy(update={"lake": tmp_path / "old"})), "published")
    outcome.write(Night(DAYS[2], settings.model_copy(update={"lake": tmp_path / "old"})), "published")
    seen: list[tuple[date, str, Path]] = []

    def run(own: Settings, say: Any = None) -> dict[str, Any]:
        create_lake(Lake(own.lake))
        seen.append((own.night, (own.inbox / "x/unknown.csv").read_text(), own.inbox))
        outcome.write(Night(own.night, own), status := "refused" if own.night == DAYS[1] else "published")
        return {"status": status}

    monkeypatch.setattr(backfill.night, "run", run)
    nights = backfill.nights_of_lake(settings, tmp_path / "old")
    assert [found["status"] for found in backfill.run(settings, nights)] == ["published", "refused", "published"]
    assert [(day, text) for day, text, _ in seen] == [(day, "a,b\n") for day in DAYS]
    assert not any(path.exists() for *_, path in seen)
    assert all(path.is_relative_to(Lake(settings.lake).restricted) for *_, path in seen)
    selected = backfill.nights_of_lake(settings, tmp_path / "old", first=DAYS[1], last=DAYS[1])
    assert [night.date for night in selected] == [DAYS[1]]


def test_a_lake_is_not_filled_from_itself_nor_from_one_without_nights(settings, tmp_path):
    _arrived(settings.lake, DAYS[0])
    with pytest.raises(SettingsError, match="cannot be filled from itself: give a new --lake"):
        backfill.nights_of_lake(settings, settings.lake)
    create_lake(Lake(tmp_path / "bare"))
    with pytest.raises(SettingsError, match="holds no night of these days"):
        backfill.nights_of_lake(settings, tmp_path / "bare")
    with pytest.raises(LakeError, match="There is no lake at"):
        backfill.nights_of_lake(settings, tmp_path / "none")
