"""Every damage to a lake is named, with its path and what to do; a sound lake is one line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests import small_lake
from tests.shuyuan.conftest import Desk
from warehouse import integrity
from warehouse.as_known.published_releases import PublishedRelease
from warehouse.errors import QueryError
from warehouse.lake import Lake


@pytest.fixture
def hurt(sound: Lake, tmp_path: Path) -> Lake:
    return small_lake.copy(sound, tmp_path / "hurt")


def test_a_sound_lake_is_one_line(desk: Desk, sound: Lake) -> None:
    result = desk("verify", "--deep", "--lake", sound.root)
    assert result.stdout == f"{sound.root}: sound (every byte was read).\n"
    assert result.exit_code == 0
    assert not list(sound.restricted.glob("verify-*"))


@pytest.mark.parametrize("damage", small_lake.DAMAGES.values(), ids=small_lake.DAMAGES)
def test_a_damaged_file_of_every_kind_is_named(desk: Desk, hurt: Lake, damage: Callable[[Path], None]) -> None:
    files = small_lake.files_that_matter(hurt)
    for path in files.values():
        damage(path)
    result = desk("verify", "--deep", "--lake", hurt.root)
    assert result.exit_code == 1
    said = {line.split(" ")[2] for line in result.stdout.splitlines() if line.startswith("wrong  ")}
    assert said == {str(path) for path in files.values()}
    assert all(": " in line and line.endswith(".") for line in result.stdout.splitlines())


@pytest.mark.parametrize("damage", ["removed", "cut", "emptied"])
def test_all_but_a_flipped_byte_is_seen_without_reading_the_files(desk: Desk, hurt: Lake, damage: str) -> None:
    files = small_lake.files_that_matter(hurt)
    for path in files.values():
        small_lake.DAMAGES[damage](path)
    said = desk("verify", "--lake", hurt.root).stdout
    # of a landed file nothing but its name is known; one that is cut shows when it is read
    assert {kind for kind, path in files.items() if str(path) not in said} <= {"landed"}


@pytest.mark.parametrize("damage", ["removed", "cut", "emptied", "head flipped", "table flipped"])
def test_a_damaged_catalog_is_named_with_the_two_ways_back(desk: Desk, hurt: Lake, damage: str) -> None:
    if damage == "head flipped":
        small_lake.flip(hurt.catalog, hurt.catalog.read_bytes().index(b"DUCK") * 8)
    elif damage == "table flipped":
        small_lake.flip(hurt.catalog, _bit_of_a_table(hurt.catalog))
    else:
        small_lake.DAMAGES[damage](hurt.catalog)
    result = desk("verify", "--deep", "--lake", hurt.root)
    assert result.exit_code == 1
    assert f"wrong  {hurt.catalog} is " in result.stdout
    assert "shuyuan restore BACKUP --lake NEW" in result.stdout
    assert "shuyuan backfill --inbox DIR --lake NEW" in result.stdout


def _bit_of_a_table(catalog: Path) -> int:
    """A bit that is not read when the catalog is opened: many blocks of a small one are in no use at all."""
    probe = catalog.with_name("probe.duckdb")
    for bit in range((3 * 4096 + 1000) * 8, catalog.stat().st_size * 8, (1 << 18) * 8):
        shutil.copy(catalog, probe)
        small_lake.flip(probe, bit)
        try:
            connection = duckdb.connect(probe, read_only=True)
        except duckdb.Error:
            continue
        with connection:
            tables = [name for (name,) in connection.execute("select table_name from duckdb_tables()").fetchall()]
            try:
                for table in tables:
                    connection.execute(f'from "{table}"').fetchall()
            except duckdb.Error:
                return bit
    raise AssertionError(catalog)


def test_lost_data_can_be_filled_from_the_landed_bytes_while_it_is_known_what_was_landed(
    desk: Desk, hurt: Lake
) -> None:
    small_lake.files_that_matter(hurt)["data"].unlink()
    assert "backfill --from-lake" in desk("verify", "--lake", hurt.root).stdout
    next(hurt.data.glob("intake/arrival/*.parquet")).unlink()
    assert "backfill --from-lake" not in desk("verify", "--lake", hurt.root).stdout


def test_a_current_release_that_is_gone_is_named(desk: Desk, hurt: Lake) -> None:
    link = hurt.releases / "current"
    link.resolve().rename(hurt.root / "elsewhere")
    said = desk("verify", "--lake", hurt.root).stdout
    assert f"wrong  {link} leads nowhere" in said
    assert "shuyuan verify --mend" in said


def test_what_is_made_anew_by_itself_is_told_and_is_no_failure(desk: Desk, hurt: Lake) -> None:
    databases = [hurt.airflow / "airflow.db", hurt.airflow / "by_hand" / "airflow.db"]
    anew = [*databases, hurt.airflow / "keys.json", hurt.claim]
    for path in anew:
        path.write_bytes(b"\xff garbage")
    (hurt.data / "raw" / "left.parquet").write_text("of a night that was killed")
    workbook = next(hurt.outbox.glob("exams/*.xlsx"))
    workbook.unlink()
    (hurt.restricted / "problem_lists.json").write_text(json.dumps({str(workbook.relative_to(hurt.outbox)): {}}))
    result = desk("verify", "--deep", "--lake", hurt.root)
    assert result.exit_code == 0
    lines = [line for line in result.stdout.splitlines() if line.startswith("note   ")]
    assert {line.split(" ")[3] for line in lines} == {*map(str, anew), str(hurt.data), str(workbook)}


@pytest.mark.parametrize("record", ["null", "[1]", "1"])
def test_a_record_of_the_problem_lists_that_is_no_record_names_none(hurt: Lake, record: str) -> None:
    (hurt.restricted / "problem_lists.json").write_text(record)
    assert list(integrity.check_state(hurt, deep=True)) == []


def test_damaged_state_is_named(desk: Desk, hurt: Lake) -> None:
    outcome = next(hurt.restricted.glob("work/*/outcome.json"))
    state = [hurt.access_log, next(hurt.outbox.glob("exams/*.xlsx")), outcome]
    for path in state:
        path.write_bytes(path.read_bytes()[:-9])
    said = desk("verify", "--lake", hurt.root).stdout
    assert [str(path) for path in state if f"wrong  {path} is damaged" not in said] == []
    for record in ("0123456789abcdef", "?"):  # another secret's, and none
        hurt.secret_fingerprint.write_text(record)
        assert f"wrong  {hurt.secret_fingerprint} is damaged" in desk("verify", "--lake", hurt.root).stdout
    hurt.layout.write_text("?")
    assert f"{hurt.layout} is damaged" in desk("verify", "--lake", hurt.root).output


def test_no_flipped_bit_of_a_workbook_ends_the_check_itself(hurt: Lake) -> None:
    path = next(hurt.outbox.glob("exams/*.xlsx"))
    content, named = path.read_bytes(), 0
    for bit in range(0, len(content) * 8, 509):
        small_lake.flip(path, bit)
        named += any(damage.path == path for damage in integrity.check_state(hurt, deep=True))
        path.write_bytes(content)
    assert named > len(content) * 8 // 509 // 2


def test_the_doctor_looks_at_the_files_too(desk: Desk, hurt: Lake) -> None:
    small_lake.files_that_matter(hurt)["data"].unlink()
    result = desk("doctor", "--lake", hurt.root)
    assert result.exit_code == 1
    assert "is missing: copy it back from a backup" in result.stdout


@pytest.mark.parametrize("option", ["--deep", "--mend"])
def test_where_no_lake_is_there_is_nothing_to_verify(desk: Desk, tmp_path: Path, option: str) -> None:
    result = desk("verify", option, "--lake", tmp_path / "none")
    assert result.exit_code == 1
    assert "There is no lake at" in result.stderr
    assert not (tmp_path / "none").exists()


def test_who_asks_a_damaged_release_is_sent_to_verify(desk: Desk, hurt: Lake) -> None:
    files = small_lake.files_that_matter(hurt)
    small_lake.flip(files["marts"], 9 * 8)  # of its head
    small_lake.cut(files["expired manifest"])
    asked = desk("sql", "select 1 from one_student_one_file", "--lake", hurt.root)
    assert asked.exit_code == 1
    assert "run 'shuyuan verify', which says what is damaged" in asked.stderr
    with pytest.raises(QueryError, match=r"manifest.json is damaged: run 'shuyuan verify'"):
        _ = PublishedRelease(files["expired manifest"].parent, has_files=False).manifest
