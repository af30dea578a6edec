"""A hundred damages to a lake and its releases: each is named or decides nothing, and its message mends it."""

from __future__ import annotations

import hashlib
import random
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

import samples
from common.settings import Settings, load_settings
from dags import night
from dags.damage import lake_check, release_mending
from tests import small_lake
from tests.end_to_end.conftest import rows_of
from warehouse import backup, checksums, integrity, release
from warehouse.lake import Lake, connect_lake

DAMAGES = 100
SEED = 17
STUDENTS = 300
DAYS = FIRST, SECOND = date(2025, 10, 15), date(2025, 10, 16)
# What is made anew by itself, or only told a person something: nothing is lost with it.
HOLDS_NOTHING = (
    "restricted/work/", "restricted/spill/", "restricted/claim.json", "restricted/problem_lists.json",
    "restricted/writer.lock", "airflow/", "outbox/alerts/",
)  # fmt: skip

pytestmark = pytest.mark.soak


@dataclass(frozen=True)
class Kept:
    """A lake of a city's first night, its backup, and the settings of its next night."""

    lake: Lake
    backup: Path
    settings: Settings


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory, secret: Path) -> Kept:
    folder = tmp_path_factory.mktemp("damage")
    samples.write_city(folder / "city", STUDENTS, seed=SEED, nights=len(DAYS), dirt="all")
    settings = load_settings(lake=folder / "lake", inbox=folder / "city" / str(FIRST), night=FIRST, secret_file=secret)
    assert night.run(settings)["status"] == "published"
    made = backup.make(Lake(settings.lake), folder / "backups", datetime(2025, 10, 16, 5))  # noqa: DTZ001 (a name)
    return Kept(Lake(settings.lake), made.path, settings)


def test_every_damage_is_named_or_decides_nothing(kept: Kept, tmp_path: Path) -> None:
    """Each is mended as its message says: the file is copied back from the backup."""
    lake, chosen = small_lake.copy(kept.lake, tmp_path / "lake"), random.Random(SEED)
    names = [name for name in checksums.files_of(lake.root) if not name.startswith(HOLDS_NOTHING)]
    names = [name for name in names if not (lake.root / name).is_symlink()]
    before, unnamed = rows_of(lake.releases / "current"), Counter[str]()
    for number in range(DAMAGES):
        path = lake.root / _chosen_name(chosen, names)
        content = path.read_bytes()
        what = _damage(path, content, chosen)
        found = list(lake_check.check(lake, deep=True))  # of a file of an earlier state of its table, a note
        if not any(damage.path == path for damage in found):
            unnamed[path.suffix] += 1
            assert what == "flipped", (number, path, what)
            assert _says_the_same(lake, path, content), (number, path, what)
        assert {damage.path for damage in found} <= {path}, (number, path, what)
        path.unlink(missing_ok=True)
        source = kept.backup / path.relative_to(lake.root)
        shutil.copy2(source if source.exists() else kept.lake.root / path.relative_to(lake.root), path)
    assert not list(lake_check.check(lake, deep=True))
    assert rows_of(lake.releases / "current") == before
    assert unnamed.total() <= DAMAGES // 5, unnamed


def test_damaged_and_lost_releases_are_made_again_with_the_same_content(kept: Kept, tmp_path: Path) -> None:
    lake = small_lake.copy(kept.lake, tmp_path / "lake")
    settings = kept.settings.model_copy(update={"lake": lake.root})
    path = (lake.releases / "current").resolve()
    before = rows_of(path)
    for hurt in (["marts.duckdb", "manifest.json"], ["register/bureau.yml", "checksums.json"], []):
        for name in hurt:
            small_lake.flip(path / name)
        if not hurt:  # all of it
            shutil.rmtree(path)
            assert release.current(lake) is None
        assert list(release_mending.mend(settings)) == [f"The release {path.name} is made again: {path}."], hurt
        assert rows_of(path) == before
        assert release.current(lake) == path
        assert not list(lake_check.check(lake, deep=True)), hurt


def test_the_next_night_is_the_same_in_the_lake_and_in_the_restored_one(kept: Kept, tmp_path: Path) -> None:
    """Also where the current release was damaged: the night replaces it, and says so."""
    lakes = small_lake.copy(kept.lake, tmp_path / "lake"), Lake(tmp_path / "restored")
    backup.restore(kept.backup, lakes[1])
    small_lake.cut(lakes[0].releases / "current" / "marts.duckdb")
    inbox = kept.settings.inbox.parent / str(SECOND)  # type: ignore[union-attr]
    settings = kept.settings.model_copy(update={"inbox": inbox, "night": SECOND})
    outcomes = [night.run(settings.model_copy(update={"lake": lake.root})) for lake in lakes]
    assert [outcome["status"] for outcome in outcomes] == ["published", "published"]
    assert outcomes[0]["release"] == outcomes[1]["release"]
    assert rows_of(Path(outcomes[0]["path"])) == rows_of(Path(outcomes[1]["path"]))
    assert any("marts.duckdb has" in line for line in outcomes[0]["alarms"])
    assert not any("has" in line and "bytes" in line for line in outcomes[1]["alarms"])


def _chosen_name(chosen: random.Random, names: list[str]) -> str:
    kinds = ("restricted/catalog", "restricted/data/", "restricted/landing/", "releases/", "outbox/")
    kind = chosen.choice(kinds)
    return chosen.choice([name for name in names if name.startswith(kind) and "/register/" not in name])


def _damage(path: Path, content: bytes, chosen: random.Random) -> str:
    what = chosen.choice(["flipped", "flipped", "cut", "emptied", "removed"])
    if what == "flipped":
        small_lake.flip(path, chosen.randrange(len(content) * 8))
    else:
        small_lake.DAMAGES[what](path)
    return what


def _says_the_same(lake: Lake, path: Path, content: bytes) -> bool:
    """Whether a damaged file that nobody named says what it did: the damage was to bytes that decide nothing."""
    damaged = _said(lake, path)
    path.chmod(0o600)
    path.write_bytes(content)
    return damaged == _said(lake, path)


def _said(lake: Lake, path: Path) -> Any:
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as workbook:
            return [(name, workbook.read(name)) for name in workbook.namelist()]
    if path.suffix == ".zst":
        with pa.input_stream(str(path), compression="zstd") as stream:
            return hashlib.sha256(stream.read()).hexdigest()
    if path == lake.catalog:
        with duckdb.connect(path, read_only=True) as connection:
            return list(_tables(connection))
    with connect_lake(lake, read_only=True) as connection:
        (file,) = [file for file in integrity.named_files(connection, lake) if file.path == path]
        option = "encryption_config = {footer_key_value: from_base64($2)}"
        query = f"select count(*), bit_xor(hash(row)) from read_parquet($1, {option}) as row"
        return connection.execute(query, [str(path), file.key]).fetchone()


def _tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Any]:
    for (table,) in connection.execute("select table_name from duckdb_tables() order by 1").fetchall():
        yield table, connection.execute(f'select count(*), bit_xor(hash(row)) from "{table}" as row').fetchone()
