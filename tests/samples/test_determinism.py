"""The same arguments give the same bytes; nothing else reaches a file."""

from __future__ import annotations

import time
import zipfile
from pathlib import Path

import pytest

import samples
from tests.samples.reading import City


def contents(folder: Path) -> dict[str, bytes]:
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_at_another_time(
    small: City, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    samples.write_city(tmp_path, 300, nights=4)
    assert contents(tmp_path) == contents(small.out)


def test_another_seed_gives_another_city(small: City, tmp_path: Path):
    samples.write_city(tmp_path, 300, seed=8, nights=1)
    mine, other = contents(small.out / small.nights[0]), contents(tmp_path / small.nights[0])
    assert [name for name in mine.keys() & other.keys() if mine[name] == other[name]] == []


def test_more_nights_leave_the_first_as_it_was(small: City, tmp_path: Path):
    samples.write_city(tmp_path, 300, nights=1)
    night = small.nights[0]
    assert contents(tmp_path / night) == contents(small.out / night)


def test_workbooks_carry_no_time_of_making(small: City):
    for path in (small.out / small.nights[0]).rglob("*.xlsx"):
        with zipfile.ZipFile(path) as archive:
            assert {part.date_time for part in archive.infolist()} == {(2025, 1, 1, 0, 0, 0)}
            assert "docProps/core.xml" not in archive.namelist()


def test_progress_is_told(tmp_path: Path):
    told: list[str] = []
    samples.write_city(tmp_path, 200, progress=told.append)
    assert any("student_registry/students" in line for line in told)
    assert told[-1].endswith("the truth")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"students": 199}, "200 students at least"),
        ({"seed": -1}, "seed must be 0 or more"),
        ({"nights": 0}, "number of nights"),
    ],
)
def test_a_city_that_cannot_be_is_refused_in_one_sentence(tmp_path: Path, wrong: dict[str, int], said: str):
    with pytest.raises(ValueError, match=said) as refusal:
        samples.write_city(tmp_path / "none", **({"students": 300} | wrong))
    assert str(refusal.value).count(".") == 1
    assert not (tmp_path / "none").exists()
