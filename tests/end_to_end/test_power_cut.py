"""A power cut takes nothing of a night that ended with exit code 0, and after one at any moment the next night works.

The nights of all tests are watched from inside; one is traced from outside, by strace; on a file system of its own the
power is cut. Where a machine has no strace, or cannot mount, that test is skipped.
"""

import os
import random
import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from itertools import chain
from pathlib import Path
from typing import Any

import duckdb
import psutil
import pytest

import samples
from ingest import landing
from tests import power_cut, traced
from tests.architecture.conftest import ROOT
from tests.end_to_end.conftest import FIRST, SECOND, Nights, rows_of
from tests.end_to_end.killed_nights import STEPS, kill_in
from warehouse.disclosure.secret import of_lake
from warehouse.lake import Lake, connect_lake, lake_tables, quoted
from warehouse.release.fingerprint import fingerprint


def lasting(nights: Nights) -> Iterator[Path]:
    """The files of a lake that outlast a night, and the records by which an interrupted one goes on."""
    lake = nights.lake
    return chain(
        lake.data.rglob("*.parquet"),
        lake.landing.rglob("*.zst"),
        lake.restricted.glob("*.json"),
        lake.layout.parent.glob("layout"),
        lake.outbox.rglob("*.xlsx"),
        (path for release in lake.releases.glob("[0-9]*") for path in release.rglob("*")),
        (lake.restricted / "work").glob("*/*.json"),
        (lake.restricted / "work").glob("*/verdicts/*.json"),
        (lake.restricted / "work").glob("*/*/deliveries.json"),
    )


def test_what_a_night_leaves_is_on_the_disk(nights: Nights) -> None:
    paths = list(lasting(nights))
    assert len([path for path in paths if path.suffix == ".parquet"]) > 100
    assert nights.disk.lacks(iter(paths)) == []


def test_no_name_of_the_lake_stands_before_its_bytes_or_is_left_behind(nights: Nights) -> None:
    own = f"{nights.root}/"
    assert [name for name in nights.disk.early if own in name] == []
    assert [name for names in nights.disk.unsynced.values() for name in names if name.startswith(own)] == []


# ---------------------------------------------------------------- a small city, and its nights as a person starts them


class Desk:
    """A lake and a secret in a folder, and the command line on them."""

    def __init__(self, folder: Path, city: Path) -> None:
        self.folder, self._city = folder, city
        self.lake, self.secret = Lake(folder / "lake"), folder / "keys" / "secret.key"

    def command(self, day: date) -> list[str]:
        inbox, lake = str(self._city / day.isoformat()), str(self.lake.root)
        return [sys.executable, "-m", "shuyuan", "night", "--date", str(day), "--inbox", inbox, "--lake", lake]

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {"SHUYUAN_SECRET_FILE": str(self.secret), "PYTHONPATH": str(ROOT)}

    def night(self, day: date) -> None:
        done = subprocess.run(
            self.command(day), check=False, env=self.environment, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def contents(self) -> dict[str, Any]:
        """All that can be read: each table of the lake and of the release, the landed bytes, the lists, the secret."""
        with connect_lake(self.lake, read_only=True) as connection:
            tables = {
                name: connection.execute(f"select count(*), sum(hash(t)) from lake.{quoted(name)} as t").fetchone()
                for name in lake_tables(connection)
            }
        for path in self.lake.landing.rglob("*.zst"):
            landing.restore_bytes(self.lake.landing, path.stem, self.folder / "bytes")
        files = list(self.lake.outbox.rglob("*.xlsx"))
        for path in files:
            zipfile.ZipFile(path).testzip()
        return tables | self.marts() | {"lists": sorted(map(str, files)), "secret": of_lake(self.lake, self.secret)}

    def marts(self) -> dict[str, Any]:
        """The marts of the current release as they are read, held against its manifest."""
        release = (self.lake.releases / "current").resolve()
        content = rows_of(release)
        with duckdb.connect() as connection:
            connection.execute(f"attach '{release / 'marts.duckdb'}' as marts (read_only); use marts")
            connection.execute(f"set variable release = '{release}'")
            for name, told in content.items():
                rows, sha256 = fingerprint(connection, f'marts.main."{name}"')
                assert (rows, sha256) == (told["rows"], told["content_sha256"]), name
        return content


@dataclass(frozen=True)
class Small:
    """A small city whose first night a lake has loaded; `second`: what an undisturbed second night publishes, and the
    seconds that it takes.
    """

    city: Path
    loaded: Path
    second: dict[str, Any]
    seconds: float


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Small:
    folder = tmp_path_factory.mktemp("small")
    samples.write_city(folder / "city", 300, seed=11, nights=2, dirt="usual")
    loaded = Desk(folder / "loaded", folder / "city")
    loaded.night(FIRST)
    undisturbed = Desk(Path(shutil.copytree(loaded.folder, folder / "undisturbed", symlinks=True)), folder / "city")
    begun = time.monotonic()
    undisturbed.night(SECOND)
    return Small(folder / "city", loaded.folder, undisturbed.marts(), time.monotonic() - begun)


@pytest.mark.soak
def test_no_name_is_traced_before_its_bytes(tmp_path: Path, small: Small) -> None:
    desk = Desk(tmp_path / "traced", small.city)
    desk.folder.mkdir()
    trace = traced.run(desk.command(FIRST), desk.environment, tmp_path / "strace.txt", desk.lake.root)
    own = (f"{desk.folder}/keys/", f"{desk.lake.root}/")
    work = f"{desk.lake.root}/restricted/work/{FIRST}/"
    passing = (f"{desk.lake.root}/airflow/", f"{desk.lake.root}/restricted/spill/", f"{work}dbt/", f"{work}project/")

    def counts(name: str) -> bool:
        """Whether it must last: not what a night makes anew, its tables once they are in the lake, and locks."""
        if name == f"{work}dbt/target/manifest.json":
            return True
        table = name.startswith(work) and not name.endswith(".json")
        lock = name.endswith(("writer.lock", "/.lock", ".wal"))
        return name.startswith(own) and not name.startswith(passing) and not table and not lock

    assert trace.commits > 10
    assert [words for words in trace.early if counts(words.partition(" ")[0])] == []
    assert [path for path in sorted(trace.dirty) if counts(path)] == []
    assert [name for names in trace.unsynced.values() for name in sorted(names) if counts(name)] == []


@pytest.mark.soak
def test_a_power_cut_right_after_a_night(tmp_path: Path, small: Small) -> None:
    with power_cut.image(tmp_path, megabytes=1500) as image:
        desk = Desk(image.root / "bureau", small.city)
        shutil.copytree(small.loaded / "keys", desk.folder / "keys")  # one secret, so that releases can be compared
        desk.night(FIRST)
        before = desk.contents()
        image.cut()
        assert desk.contents() == before
        desk.night(SECOND)
        assert desk.marts() == small.second


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(20))
def test_a_power_cut_in_the_middle_of_a_night(
    tmp_path: Path, small: Small, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    draw = random.Random(seed)
    recovery = [draw.choice(STEPS)] if seed % 3 == 2 else []
    steps = [STEPS[seed % len(STEPS)], *recovery]
    with power_cut.image(tmp_path, megabytes=1500) as image:
        desk = Desk(Path(shutil.copytree(small.loaded, image.root / "bureau", symlinks=True)), small.city)
        os.sync()
        published, cut = desk.marts(), list[str]()
        for step in steps:
            cut.append(cut_in(image, desk, step, draw.uniform(0, small.seconds / len(STEPS))))
            assert desk.marts() in (published, small.second)
        desk.night(SECOND)
        assert desk.marts() == small.second
        desk.contents()
    with capsys.disabled():
        sys.stdout.write(f"{seed}: cut in {', then in '.join(cut)}\n")


def cut_in(image: power_cut.Image, desk: Desk, step: str, wait: float) -> str:
    """Cut the power `wait` seconds after the second night has come to a step; the step that it was in then."""
    running = subprocess.Popen(
        desk.command(SECOND), env=desk.environment, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    seen = kill_in(running, desk.lake, SECOND, step, wait, "nobody")
    image.shut_down()
    with suppress(psutil.NoSuchProcess):
        own = psutil.Process(running.pid)
        for process in (*own.children(recursive=True), own):
            process.kill()
    running.wait()
    image.unmount()
    image.mount()
    return seen
