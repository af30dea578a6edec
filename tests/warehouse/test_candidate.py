"""A candidate holds what the marts hold, disclosed, described, and the same whenever it is made."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

import registry
from tests.warehouse.by_hand import HOUSE, NIGHT, SECRET, Hand
from warehouse.disclosure.mart_docs import MartDoc
from warehouse.disclosure.policy import ReleasedColumn
from warehouse.disclosure.pseudonyms import hmac_sm3, key_for
from warehouse.disclosure.secret import fingerprint
from warehouse.errors import ReleaseError, SecretError
from warehouse.lake import Lake
from warehouse.release import Candidate, candidate_of, mart_files

OTHER = bytes(reversed(range(32)))


@pytest.fixture(scope="module")
def made(
    empty_lake: Lake, register: registry.Register, tmp_path_factory: pytest.TempPathFactory
) -> Candidate:
    """One candidate for all tests that only look at it."""
    folder = tmp_path_factory.mktemp("candidate")
    lake = Lake(Path(shutil.copytree(empty_lake.root, folder / "lake")))
    return Hand(lake, register, folder).assemble()


def _ask(file: Path, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(":memory:") as connection:
        connection.execute(f"attach '{file}' as r (read_only); use r")
        return connection.execute(sql).fetchall()


def test_a_mart_leaves_the_lake_disclosed(made: Candidate) -> None:
    key = hmac_sm3(SECRET)("student_number:G32011")
    assert _ask(made.marts, f"select * from one_student_one_file where student_key = '{key}'") == [
        (key, 2015, "2", pytest.approx(80 + 1 / 7))
    ]
    assert _ask(made.marts, "select * exclude (owner_value, copy_value) from discrepancy") == [
        ("school.name", None),
        ("student.name", key),
    ]
    pseudonym = hmac_sm3(key_for(SECRET, "student.name"))
    assert _ask(made.marts, "select owner_value, copy_value from discrepancy order by element_id") == [
        ("第一小学", "一小"),
        (pseudonym("张三"), pseudonym("张叁")),
    ]


def test_no_direct_identifier_is_in_any_file_of_a_release(made: Candidate) -> None:
    content = b"".join(p.read_bytes() for p in made.directory.rglob("*") if p.is_file())
    for identifier in ("G32011", "学生1", "张三", "张叁"):
        assert identifier.encode() not in content
    for mart in made.manifest["marts"]:
        text = str(_ask(made.marts, f"from {mart}")) + str(
            duckdb.sql(f"from '{made.directory}/parquet/{mart}.parquet'").fetchall()
        )
        assert not [i for i in ("G3201", "学生", "张三", "张叁", "2015-09-0") if i in text]


def test_the_parquet_files_hold_what_the_tables_hold_in_one_order(made: Candidate) -> None:
    for mart in made.manifest["marts"]:
        rows = _ask(made.marts, f"from {mart}")
        assert duckdb.sql(f"from '{made.directory}/parquet/{mart}.parquet'").fetchall() == rows
        assert _ask(made.marts, f"from {mart} order by all") == rows


def test_tables_and_columns_carry_their_descriptions(made: Candidate) -> None:
    assert ("One row per discrepancy 的说明, it's so.",) in _ask(
        made.marts, "select comment from duckdb_tables()"
    )
    assert _ask(made.marts, "select comment from duckdb_columns() where column_name = 'birth_year'") == [
        ("birth_date 说明",)
    ]


def test_a_table_says_its_key_and_labels_are_read_without_a_join(tmp_path: Path) -> None:
    doc = MartDoc("code_label", "Codes.", {}, ("code_set", "code"))
    names = ("code_set", "code", "label_zh", "label_en")
    released = tuple(ReleasedColumn(name, f"mart.{name}", name) for name in names)
    (tmp_path / "parquet").mkdir()
    with duckdb.connect() as connection:
        connection.execute("attach ':memory:' as lake; create schema lake.marts")
        connection.execute(
            "create table lake.marts.code_label as from (values ('sex', '1', '男性', 'male')) "
            "as label(code_set, code, label_zh, label_en)"
        )
        mart_files.write(connection, [doc], {"code_label": released}, tmp_path)
        assert connection.execute("select current_database()").fetchone() == ("memory",)
    ask = "select label('sex', code), label('sex', code, lang := 'en'), label('sex', '7') from code_label"
    with duckdb.connect(str(tmp_path / "marts.duckdb"), read_only=True) as connection:
        assert connection.execute(ask).fetchall() == [("男性", "male", None)]
        assert connection.execute("select comment from duckdb_tables()").fetchall() == [
            ("Codes. 主键 / key: code_set, code.",)
        ]
    with duckdb.connect() as connection:
        connection.execute(f"attach '{tmp_path / 'marts.duckdb'}' as other (read_only); use other")
        assert connection.execute(ask).fetchall() == [("男性", "male", None)]


def test_a_release_opens_with_no_extension(made: Candidate) -> None:
    assert not list(made.directory.glob("*.wal"))
    with duckdb.connect(str(made.marts), read_only=True) as connection:
        loaded = connection.execute("select extension_name from duckdb_extensions() where loaded").fetchall()
        assert connection.execute("select count(*) from marts.completeness").fetchone() == (3,)
    assert ("ducklake",) not in loaded


def test_the_manifest_says_what_made_the_release(made: Candidate, register: registry.Register) -> None:
    manifest = made.manifest
    assert manifest["night"] == "2025-10-15"
    assert manifest["code_version"] == "0.1.0"
    assert manifest["register_version"] == register.version
    assert manifest["secret_fingerprint"] == fingerprint(SECRET)
    assert SECRET.hex() not in json.dumps(manifest)
    assert {name: mart["rows"] for name, mart in manifest["marts"].items()} == {
        "completeness": 3,
        "discrepancy": 2,
        "one_student_one_file": 20,
    }
    assert manifest["completeness"] == [{"feed": "student_registry/students", "expected": 3, "arrived": 2}]


def test_the_register_that_made_it_can_be_loaded_from_a_release(
    made: Candidate, register: registry.Register
) -> None:
    copied = registry.load(made.directory / "register")
    assert copied == register == registry.load(HOUSE)


def test_the_same_content_has_the_same_id_and_other_content_another(hand: Hand) -> None:
    first = hand.assemble()
    assert first.release_id[:11] == "2025-10-15-"
    hand.sql["one_student_one_file"] += " order by i desc"
    assert hand.assemble(code="0.2.0").release_id == first.release_id
    hand.sql["one_student_one_file"] = hand.sql["one_student_one_file"].replace("80 + i / 7", "81 + i / 7")
    assert hand.assemble().release_id[-12:] != first.release_id[-12:]


def test_a_description_or_a_register_that_changed_is_another_release(hand: Hand) -> None:
    first = hand.assemble().release_id
    hand.nodes[0]["description"] = "One row per student."
    described = hand.assemble().release_id
    hand.register = hand.register.model_copy(update={"version": "feedfacecafe"})
    assert len({first, described, hand.assemble().release_id}) == 3


def test_a_column_that_is_dropped_does_not_move_the_id(hand: Hand) -> None:
    """What is not released cannot show: a name that changed makes no new release."""
    first = hand.assemble().release_id
    hand.sql["one_student_one_file"] = hand.sql["one_student_one_file"].replace("'学生'", "'生'")
    assert hand.assemble().release_id == first


def test_a_table_that_no_model_describes_is_not_released(hand: Hand) -> None:
    hand.sql["left_over"] = "select '张三' as name"
    assert "left_over" not in hand.assemble().manifest["marts"]


def test_a_mart_that_was_not_built_is_named(hand: Hand) -> None:
    del hand.sql["completeness"]
    with pytest.raises(ReleaseError, match="The mart completeness is not in the lake"):
        hand.assemble()


def test_a_manifest_that_cannot_be_read_is_named(hand: Hand) -> None:
    from warehouse.disclosure import mart_docs

    with pytest.raises(ReleaseError, match="cannot be read"):
        mart_docs.read_mart_docs(hand.folder / "nonesuch.json")


def test_another_secret_is_refused_before_anything_is_written(hand: Hand) -> None:
    hand.publish()
    with pytest.raises(SecretError, match=f"fingerprint {fingerprint(OTHER)}"):
        hand.assemble(secret=OTHER)
    assert not (hand.lake.work(NIGHT) / "candidate").exists()


def test_a_candidate_is_found_again_by_its_night(hand: Hand) -> None:
    made = hand.assemble()
    assert candidate_of(hand.lake, NIGHT) == made
    with pytest.raises(ReleaseError, match="The night 2025-10-16 has no release candidate"):
        candidate_of(hand.lake, date(2025, 10, 16))


def test_a_candidate_half_made_is_made_anew(hand: Hand) -> None:
    first = hand.assemble()
    (first.directory / "parquet" / "stray.parquet").write_text("")
    first.marts.write_bytes(b"torn")
    again = hand.assemble()
    assert again.release_id == first.release_id
    assert sorted(p.name for p in (again.directory / "parquet").iterdir()) == [
        "completeness.parquet",
        "discrepancy.parquet",
        "one_student_one_file.parquet",
    ]


def test_a_moved_lake_makes_the_same_release(hand: Hand, tmp_path: Path) -> None:
    first = hand.assemble()
    hand.lake = Lake(hand.lake.root.rename(tmp_path / "moved"))
    assert hand.assemble().release_id == first.release_id
