"""What is remembered of the inbox's files: never a hash of bytes that are no longer there."""

import os
import shutil
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

import ingest
from ingest import landing
from ingest.finding import known_hashes
from ingest.finding.known_hashes import ROUND_NIGHTS, KnownHashes
from registry import Register
from tests.ingest.makers import SCHOOL, STUDENTS, csv_of, students

NAME = f"{STUDENTS}/{SCHOOL}.csv"
NIGHTS = [date(2025, 10, 15) + timedelta(days=n) for n in range(ROUND_NIGHTS)]


def later() -> int:
    return time.time_ns() + 3600 * 10**9


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "inbox" / NAME
    path.parent.mkdir(parents=True)
    path.write_bytes(b"one")
    return path


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that are hashed; every night but the last is an ordinary one, on which no file is due."""
    done: list[Path] = []
    sha256_of = landing.sha256_of
    monkeypatch.setattr(landing, "sha256_of", lambda path: done.append(path) or sha256_of(path))
    monkeypatch.setattr(KnownHashes, "_is_due", lambda self, _: self._night == NIGHTS[-1])
    return done


def night(file: Path, number: int = 0, now: Callable[[], int] = later) -> str:
    inbox = file.parents[2]
    hashes = KnownHashes(inbox.parent / "state.json", NIGHTS[number], now)
    sha256 = hashes.sha256_of(file, file.relative_to(inbox).as_posix())
    hashes.save()
    return sha256


def test_a_file_that_lies_there_is_hashed_once(file: Path, hashed: list[Path]):
    assert len({night(file, n) for n in range(3)}) == 1
    assert hashed == [file]


def test_other_bytes_of_the_same_size_under_the_time_of_the_first_are_seen(file: Path, hashed: list[Path]):
    first, state = night(file), file.stat()
    file.write_bytes(b"two")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert file.stat().st_mtime_ns == state.st_mtime_ns
    assert night(file, 1) != first


def test_another_file_that_is_moved_to_the_place_is_seen(file: Path, hashed: list[Path]):
    first, state = night(file), file.stat()
    other = file.with_name("other")
    other.write_bytes(b"two")
    os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
    other.replace(file)
    assert night(file, 1) != first


def test_a_file_rewritten_within_one_tick_of_the_clock_is_seen(
    file: Path, hashed: list[Path], monkeypatch: pytest.MonkeyPatch
):
    written = time.time_ns()
    monkeypatch.setattr(known_hashes, "_identity", lambda state: (state.st_size, written, written, 1, 1))
    first = night(file, 0, time.time_ns)
    file.write_bytes(b"two")
    assert night(file, 1) != first


def test_a_file_that_is_written_while_it_is_hashed_is_not_remembered(
    file: Path, hashed: list[Path], monkeypatch: pytest.MonkeyPatch
):
    sha256_of = landing.sha256_of
    monkeypatch.setattr(landing, "sha256_of", lambda path: (sha256_of(path), path.write_bytes(b"two"))[0])
    first = night(file)
    monkeypatch.setattr(landing, "sha256_of", sha256_of)
    assert night(file, 1) != first


def test_an_inbox_that_was_copied_to_another_disk_is_hashed_anew(file: Path, hashed: list[Path], tmp_path: Path):
    night(file)
    shutil.copytree(tmp_path / "inbox", tmp_path / "copy" / "inbox")
    shutil.copy(tmp_path / "state.json", tmp_path / "copy")
    copied = tmp_path / "copy" / "inbox" / NAME
    assert night(copied, 1) == night(file, 1)
    assert hashed == [file, copied]


def test_what_a_share_hides_is_seen_within_a_round_of_nights(
    file: Path, hashed: list[Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(known_hashes, "_identity", lambda state: (state.st_size, 1, 1, 0, 0))
    first = night(file)
    file.write_bytes(b"two")
    assert night(file, 1) == first
    assert night(file, ROUND_NIGHTS - 1) != first


def test_every_file_is_due_on_one_night_of_a_round():
    hashes = [KnownHashes(None, day) for day in NIGHTS]
    due = [[known._is_due(f"{STUDENTS}/{n}.csv") for known in hashes] for n in range(100)]
    assert {sum(nights) for nights in due} == {1}
    assert all(any(nights) for nights in zip(*due, strict=True))


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda content: content[: len(content) // 2],
        lambda content: content.replace(b'"7692', b'"7693'),
        lambda _: b"[]",
        lambda _: b'{"files": 3}',
    ],
)
def test_a_damaged_state_is_made_anew(file: Path, hashed: list[Path], tmp_path: Path, damage: Callable[[bytes], bytes]):
    sha256, state = night(file), tmp_path / "state.json"
    whole = state.read_bytes()
    assert sha256.startswith("7692")
    state.write_bytes(damage(whole))
    assert night(file, 1) == sha256
    assert hashed == [file, file]
    assert state.read_bytes() == whole


def test_a_file_that_is_gone_is_forgotten(file: Path, hashed: list[Path], tmp_path: Path):
    night(file)
    night(file.rename(file.with_name("other.csv")), 1)
    assert NAME not in (tmp_path / "state.json").read_text()


def test_what_is_found_is_the_same_with_what_is_remembered_and_without(
    tmp_path: Path, house: Register, hashed: list[Path], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(known_hashes, "YOUNG_SECONDS", -1)  # every file is old
    inbox, state = tmp_path / "inbox", tmp_path / "state.json"
    for n in range(3):
        path = inbox / STUDENTS / str(n) / f"{SCHOOL}.csv"
        path.parent.mkdir(parents=True)
        path.write_bytes(csv_of(students(2, start=2 * n)))
    first = ingest.find_arrivals(inbox, house, NIGHTS[0], set(), remembered=state)
    assert ingest.find_arrivals(inbox, house, NIGHTS[0], set(), remembered=state) == first
    assert len(hashed) == len(first) == 3
    path.write_bytes(csv_of(students(2, start=8)))
    again = ingest.find_arrivals(inbox, house, NIGHTS[0], set(), remembered=state)
    assert again == ingest.find_arrivals(inbox, house, NIGHTS[0], set()) != first
    assert len(hashed) == 3 + 1 + 3
