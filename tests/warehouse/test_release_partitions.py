"""A release writes the partitions that have changed and links the others, and nobody who reads it sees a difference."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

import registry
from dags import steps
from expectations import NOTHING_BEFORE, PassedBefore
from tests.small_lake import cut, flip
from tests.warehouse.by_hand import HOUSE, NIGHT, REPORTS, SECRET, Hand, column, model
from warehouse import checksums, release, unchanged
from warehouse.disclosure.mart_docs import ColumnDoc, MartDoc
from warehouse.errors import ReleaseError
from warehouse.lake import Lake, connect_lake
from warehouse.release import differences, gate_report, partition_files, query, same_marts
from warehouse.release.partitioning import Partitioning, partitioning_of

GROWTH = "lake.marts.student_growth"
COUNTED = "select exam_id, count(*), sum(score) from student_growth group by all order by all"
ROWS = """
    select 'student_number:' || i as student_uid, 'exam-' || e as exam_id, '班' || i % 3 as class_code,
           date '2025-09-30' + (40 * e)::int as held_on, 60 + (i * e) % 40 as score
    from range(50) as s(i), range(4) as x(e)"""


@dataclass
class Growing:
    """A lake by hand with one large mart, in which nights change rows."""

    hand: Hand
    number: int = 0

    @property
    def lake(self) -> Lake:
        return self.hand.lake

    def change(self, *statements: str) -> None:
        with connect_lake(self.lake) as connection:
            for statement in statements:
                connection.execute(statement)

    def assemble(self, secret: bytes = SECRET, code: str = "0.1.0") -> release.Candidate:
        night = NIGHT + timedelta(self.number)
        return release.assemble(self.lake, self.hand.register, night, secret, self.manifest, code, HOUSE)

    def publish(self, keep: int = 30, code: str = "0.1.0") -> Path:
        path = release.publish(self.lake, self.assemble(code=code), REPORTS, keep)
        self.number += 1
        return path

    def whole(self) -> release.Candidate:
        """What would be published now, with nothing linked."""
        record = self.lake.release_partitions
        record.rename(record.with_suffix(".aside"))
        made = self.assemble()
        record.with_suffix(".aside").rename(record)
        return made

    @property
    def manifest(self) -> Path:
        return self.hand.folder / "manifest.json"


@pytest.fixture
def growing(empty_lake: Lake, register: registry.Register, tmp_path: Path) -> Growing:
    hand = Hand(Lake(Path(shutil.copytree(empty_lake.root, tmp_path / "lake"))), register, tmp_path)
    hand.sql["student_growth"] = ROWS
    grown = model(
        "student_growth",
        column("student_uid", release="pseudonym", released_as="student_key"),
        column("exam_id"),
        column("class_code", element="exam_result.class"),
        column("held_on"),
        column("score"),
    )
    grown["config"]["meta"] = {"release_partition": "exam_id"}
    grown["checksum"] = {"checksum": "the code"}
    grain = {
        "resource_type": "test",
        "attached_node": "student_growth",
        "test_metadata": {"name": "grain", "kwargs": {"columns": ["student_uid", "exam_id"]}},
    }
    hand.nodes.extend([grown, grain | {"name": "grain"}])
    _build(hand)
    return Growing(hand)


def _build(hand: Hand) -> None:
    path = hand.build()
    nodes = json.loads(path.read_text())["nodes"]
    for node in nodes.values():
        node.setdefault("schema", "")
    path.write_text(json.dumps({"nodes": nodes}))


def _files(path: Path) -> dict[str, int]:
    """By exam, the inode of its file."""
    return {file.name[: len("exam-0")]: file.stat().st_ino for file in (path / "parquet" / "student_growth").iterdir()}


def _ask(path: Path, sql: str = COUNTED) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path / "marts.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def _content(directory: Path) -> dict[str, bytes]:
    return {str(p.relative_to(directory)): p.read_bytes() for p in directory.glob("parquet/student_growth/*")}


def test_a_night_writes_the_partitions_that_have_changed(growing: Growing) -> None:
    first = growing.publish()
    growing.change(
        f"update {GROWTH} set score = 1 where exam_id = 'exam-1' and score = 60",
        f"insert into {GROWTH} from (from {GROWTH} where exam_id = 'exam-0') select * replace ('exam-7' as exam_id)",
    )
    second = growing.publish()
    before, after = _files(first), _files(second)
    assert after.keys() == {*before, "exam-7"}
    assert {exam for exam in before if before[exam] != after[exam]} == {"exam-1"}
    assert _ask(second)[1][2] < _ask(first)[1][2]


@pytest.mark.parametrize(
    "change",
    [
        f"delete from {GROWTH} where exam_id = 'exam-2'",
        f"update {GROWTH} set class_code = '张三' where exam_id = 'exam-3'",
        f"insert into {GROWTH} from (from {GROWTH} where exam_id = 'exam-0' limit 3)",
        f"create or replace table {GROWTH} as {ROWS}",
        f"alter table {GROWTH} add column note varchar",
        f"update {GROWTH} set exam_id = 'exam-5' where exam_id = 'exam-0'",
        f"delete from {GROWTH}",
    ],
)
def test_what_is_linked_is_what_would_be_written(growing: Growing, change: str) -> None:
    first = growing.publish()
    if "note" in change:
        manifest = json.loads(growing.manifest.read_text())
        manifest["nodes"]["student_growth"]["columns"]["note"] = column("note")
        growing.manifest.write_text(json.dumps(manifest))
    growing.change(change)
    whole = growing.whole()
    written, whole_manifest = _content(whole.directory), whole.manifest
    linked = growing.assemble()
    assert linked.release_id == whole.release_id != first.name
    assert _content(linked.directory) == written
    assert linked.manifest["marts"] == whole_manifest["marts"]


def test_the_content_of_the_whole_is_that_of_one_table(growing: Growing) -> None:
    parted = growing.assemble().manifest["marts"]
    manifest = json.loads(growing.manifest.read_text())
    del manifest["nodes"]["student_growth"]["config"]["meta"]
    growing.manifest.write_text(json.dumps(manifest))
    assert growing.assemble().manifest["marts"] == parted
    growing.change(f"delete from {GROWTH}")
    empty = growing.assemble().manifest["marts"]
    manifest["nodes"]["student_growth"]["config"]["meta"] = {"release_partition": "exam_id"}
    growing.manifest.write_text(json.dumps(manifest))
    assert growing.assemble().manifest["marts"] == empty


def test_the_same_rows_in_another_order_are_the_same_release(growing: Growing) -> None:
    first = growing.assemble()
    content = _content(first.directory)
    growing.change(f"create or replace table {GROWTH} as from ({ROWS}) order by score, student_uid desc")
    second = growing.assemble()
    assert (second.release_id, _content(second.directory)) == (first.release_id, content)


def _recoded(growing: Growing) -> release.Candidate:
    manifest = json.loads(growing.manifest.read_text())
    manifest["nodes"]["student_growth"]["checksum"] = {"checksum": "other code"}
    growing.manifest.write_text(json.dumps(manifest))
    return growing.assemble()


def _masked(growing: Growing) -> release.Candidate:
    manifest = json.loads(growing.manifest.read_text())
    manifest["nodes"]["student_growth"]["columns"]["class_code"]["config"]["meta"] = {"release": "mask"}
    growing.manifest.write_text(json.dumps(manifest))
    return growing.assemble()


def _retyped(growing: Growing) -> release.Candidate:
    growing.change(
        f"create or replace table {GROWTH} as select * replace (score::decimal(9, 2) as score) from ({ROWS})"
    )
    return growing.assemble()


def _named(growing: Growing) -> release.Candidate:
    """A pupil comes who is called as a class is."""
    growing.change("update lake.conformed.students set name = '班1班1'", f"update {GROWTH} set class_code = '班1班1'")
    first = release.publish(growing.lake, growing.assemble(), REPORTS)
    growing.change("update lake.conformed.students set name = '张三'")
    made = growing.assemble()
    assert not set(_files(first).values()) & set(_files(made.directory).values())
    return made


@pytest.mark.parametrize(
    "change",
    [lambda growing: growing.assemble(code="0.2.0"), _recoded, _masked, _retyped, _named],
    ids=["program", "code of the mart", "policy", "type", "names of people"],
)
def test_what_makes_the_files_in_another_way_links_nothing(
    growing: Growing, change: Callable[[Growing], release.Candidate]
) -> None:
    first = growing.publish()
    assert set(_files(first).values()) == set(_files(growing.assemble().directory).values())
    assert not set(_files(first).values()) & set(_files(change(growing).directory).values())


def test_another_secret_links_nothing(growing: Growing, monkeypatch: pytest.MonkeyPatch) -> None:
    first = growing.publish()
    monkeypatch.setattr("warehouse.release.candidate.require_same", lambda *_: None)
    other = growing.assemble(secret=bytes(reversed(SECRET)))
    assert not set(_files(first).values()) & set(_files(other.directory).values())
    assert _ask(first, "select max(student_key) from student_growth") != _ask(
        other.directory, "select max(student_key) from student_growth"
    )


def test_a_snapshot_that_is_gone_costs_a_comparison_and_no_file(growing: Growing) -> None:
    first = growing.publish()
    growing.change(f"update {GROWTH} set score = 1 where exam_id = 'exam-1'")
    growing.change("call ducklake_expire_snapshots('lake', older_than => now() + interval 1 day)")
    after = _files(growing.publish())
    assert {exam for exam, inode in _files(first).items() if inode != after[exam]} == {"exam-1"}


@pytest.mark.parametrize("record", ["", "{}", '{"release": "another"}'])
def test_a_damaged_record_links_nothing(growing: Growing, record: str) -> None:
    first = growing.publish()
    growing.lake.release_partitions.write_text(record)
    made = growing.assemble()
    assert not set(_files(first).values()) & set(_files(made.directory).values())


def test_a_catalog_that_was_put_back_counts_other_snapshots(growing: Growing, tmp_path: Path) -> None:
    catalog = growing.lake.catalog
    shutil.copy(catalog, tmp_path / "catalog")
    growing.change(f"update {GROWTH} set score = 1 where exam_id = 'exam-1'")
    published = growing.publish()
    shutil.copy(tmp_path / "catalog", catalog)
    for _ in range(20):
        growing.change("create or replace table lake.raw.other as select 1 as one")
    made = growing.assemble()
    assert _ask(made.directory) != _ask(published)
    assert _content(made.directory) == _content(growing.whole().directory)


def test_a_file_that_is_lost_or_does_not_open_is_written_again(growing: Growing) -> None:
    first = growing.publish()
    lost, half, garbled, sound = sorted((first / "parquet" / "student_growth").iterdir())
    content = _content(first)
    lost.unlink()
    cut(half)
    flip(garbled, bit=8 * (garbled.stat().st_size - 1))  # of the mark at the end of every file of Parquet
    made = growing.assemble()
    assert _content(made.directory) == content
    before, after = _files(first), _files(made.directory)
    assert set(before.values()) & set(after.values()) == {sound.stat().st_ino}
    assert [path for path, _ in differences.differences(first, deep=True)] == [lost, half, garbled]


def test_a_lost_file_is_an_error_that_names_it(growing: Growing) -> None:
    path = growing.publish()
    lost = sorted((path / "parquet" / "student_growth").iterdir())[1]
    lost.unlink()
    with pytest.raises(duckdb.IOException, match=lost.name):
        _ask(path)
    assert list(differences.differences(path, deep=False)) == [(lost, "is missing")]


def test_a_release_that_has_expired_leaves_the_others_whole(growing: Growing) -> None:
    growing.publish()
    growing.change(f"update {GROWTH} set score = 1 where exam_id = 'exam-1'")
    second = growing.publish(keep=1)
    assert release.stored_releases(growing.lake) == [second]
    assert not list(differences.differences(second, deep=True))
    assert len(_ask(second)) == 4


def test_a_linked_file_has_the_checksum_with_which_it_was_published(growing: Growing) -> None:
    first = growing.publish()
    hurt = sorted((first / "parquet" / "student_growth").iterdir())[0]
    flip(hurt, bit=8 * 100)
    second = growing.publish()
    name = f"parquet/student_growth/{hurt.name}"
    assert checksums.read(second)[name] == checksums.read(first)[name]
    assert [path.name for path, _ in differences.differences(second, deep=True)] == [hurt.name]


def test_the_same_night_again_mends_a_partition_that_has_rotted(growing: Growing) -> None:
    path = growing.publish()
    hurt = sorted((path / "parquet" / "student_growth").iterdir())[0]
    flip(hurt, bit=8 * 100)
    growing.number -= 1
    assert growing.publish() == path
    assert not list(differences.differences(path, deep=True))


def test_where_files_cannot_be_linked_they_are_copied(growing: Growing, monkeypatch: pytest.MonkeyPatch) -> None:
    first = growing.publish()

    def refused(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(Path, "hardlink_to", refused)
    second = growing.publish()
    assert not set(_files(first).values()) & set(_files(second).values())
    assert _content(first) == _content(second)
    assert not list(differences.differences(second, deep=True))


def test_a_release_that_was_copied_elsewhere_opens_from_anywhere(
    growing: Growing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = growing.publish()
    expected = _ask(path)
    copy = Path(shutil.copytree(path, tmp_path / "o'er=there" / "copied [1]"))
    shutil.rmtree(growing.lake.root)
    assert _ask(copy) == expected
    monkeypatch.chdir(copy)
    assert _ask(Path()) == expected
    monkeypatch.chdir("/")
    with duckdb.connect(str(copy / "marts.duckdb"), read_only=True) as connection:
        assert connection.execute(COUNTED).fetchall() == expected
        names = [name for name, *_ in connection.execute("describe student_growth").fetchall()]
    assert names == ["student_key", "exam_id", "class_code", "held_on", "score"]


def test_an_open_release_goes_on_being_the_one_that_was_opened(growing: Growing) -> None:
    growing.publish()
    link = growing.lake.releases / "current"
    with duckdb.connect(str(link / "marts.duckdb"), read_only=True) as reader:
        before = reader.execute(COUNTED).fetchall()
        growing.change(f"update {GROWTH} set score = 1")
        growing.publish()
        assert reader.execute(COUNTED).fetchall() == before != _ask(link)


def test_an_attached_release_asks_where_it_lies(growing: Growing) -> None:
    path = growing.publish()
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}/marts.duckdb' as shuyuan (read_only)")
        assert connection.execute("select count(*) from shuyuan.completeness").fetchone() == (3,)
        with pytest.raises(duckdb.Error, match="say first in which folder it lies, SET VARIABLE release"):
            connection.execute("from shuyuan.student_growth")
        connection.execute(f"set variable release = '{path}'")
        assert connection.execute(COUNTED.replace("student_growth", "shuyuan.student_growth")).fetchall() == _ask(path)


def test_a_release_whose_place_for_temporary_files_was_set_asks_too(growing: Growing, tmp_path: Path) -> None:
    path = growing.publish()
    expected = _ask(path)
    with duckdb.connect(str(path / "marts.duckdb"), read_only=True, config={"temp_directory": str(tmp_path)}) as reader:
        with pytest.raises(duckdb.Error, match="its place for temporary files was set"):
            reader.execute(COUNTED)
        reader.execute(f"set variable {partition_files.VARIABLE} = '{path}'")
        assert reader.execute(COUNTED).fetchall() == expected


def test_shuyuan_sql_reads_the_partitions_and_nothing_else(growing: Growing, tmp_path: Path) -> None:
    path = growing.publish()
    answer = query.run(growing.lake, COUNTED.replace("student_growth", "marts.student_growth"))
    assert list(answer.rows) == _ask(path)
    (tmp_path / "other.csv").write_text("a\n1\n")
    with pytest.raises(Exception, match="disabled by configuration"):
        query.run(growing.lake, f"from '{tmp_path}/other.csv'")
    with pytest.raises(Exception, match="disabled by configuration"):
        query.run(growing.lake, f"from '{path}/parquet/../../../other.csv'")


def test_the_manifest_lists_the_partitions(growing: Growing) -> None:
    path = growing.publish()
    manifest = json.loads((path / "manifest.json").read_text())
    listed = manifest["partitions"]["student_growth"]
    assert {key: part["rows"] for key, part in listed.items()} == {f"exam-{n}": 50 for n in range(4)}
    assert {part["file"] for part in listed.values()} == {
        name for name in checksums.read(path) if name.startswith("parquet/student_growth/")
    }
    assert manifest["marts"]["student_growth"]["rows"] == 200


def test_rows_of_no_partition_are_released_too(growing: Growing) -> None:
    growing.publish()
    growing.change(f"update {GROWTH} set exam_id = null where exam_id = 'exam-1' and score < 80")
    path = growing.publish()
    counted = _ask(path, "select count(*), count(exam_id) from student_growth")
    assert counted[0][0] == 200 > counted[0][1]
    growing.change(f"delete from {GROWTH} where exam_id is null")
    assert _ask(growing.publish(), "select count(*) - count(exam_id) from student_growth") == [(0,)]


@pytest.mark.parametrize(
    ("by", "keys", "kept"),
    [
        ("month", ["2024-12", "2025-02"], [date(2024, 12, 1), date(2024, 12, 31), date(2025, 2, 28)]),
        ("year", ["2024"], [date(2024, 1, 1), date(2024, 2, 29), date(2024, 12, 1), date(2024, 12, 31)]),
        (None, ["2025-02-28", ""], [None, date(2025, 2, 28)]),
        ("month", [""], [None]),
        ("month", [], []),
    ],
)
def test_the_condition_on_a_partition_is_true_for_its_rows_alone(
    by: str | None, keys: list[str], kept: list[date | None]
) -> None:
    days = [None, date(2024, 1, 1), date(2024, 2, 29), date(2024, 12, 1), date(2024, 12, 31), date(2025, 1, 1),
            date(2025, 2, 28), date(2025, 3, 1)]  # fmt: skip
    partitioning = Partitioning("day", by)
    with duckdb.connect() as connection:
        connection.execute("create table days as select unnest($1::date[]) as day", [days])
        found = connection.execute(f"select day from days as mart where {partitioning.is_of(keys)}").fetchall()
        same = connection.execute(
            f"select day from days as mart where {partitioning.key} in (select unnest($1))", [keys]
        )
        assert found == same.fetchall() == [(day,) for day in kept]


@pytest.mark.parametrize(
    ("declared", "column_", "says"),
    [
        ("week(held_on)", ColumnDoc("held_on", ""), "is none of"),
        ("score", ColumnDoc("score", ""), "is of no column of its grain"),
        ("nothing", ColumnDoc("held_on", ""), "is of no column of its grain"),
        ("held_on", ColumnDoc("held_on", "", release="pseudonym"), "does not leave the lake as it is"),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(
    register: registry.Register, declared: str, column_: ColumnDoc, says: str
) -> None:
    mart = MartDoc("m", "", {column_.name: column_}, ("held_on",), declared)
    with pytest.raises(ReleaseError, match=says):
        partitioning_of(mart, register)


def test_the_files_that_are_not_those_of_the_release_before_are_told(growing: Growing) -> None:
    first = growing.publish()
    assert partition_files.changed_files(growing.assemble().directory, first) == {"student_growth": ()}
    growing.change(f"update {GROWTH} set score = 1 where exam_id = 'exam-1'")
    made = growing.assemble()
    (file,) = partition_files.changed_files(made.directory, first)["student_growth"]
    assert file.name.startswith("exam-1-")
    assert partition_files.changed_files(growing.whole().directory, first) == {}


def test_door_2_is_told_what_the_current_release_has_passed_by_the_same_rules(growing: Growing) -> None:
    path, lake = growing.publish(), growing.lake
    assert gate_report.passed(path, "release") == {"grain"}
    assert gate_report.passed(path, "raw") == frozenset()
    made = growing.assemble()
    rules = {"the program": "1", "the rules of the gates": "2"}

    def told(of_basis: dict[str, str], tonight: dict[str, str] = rules, name: str = path.name) -> Any:
        unchanged.keep(lake, unchanged.Basis(of_basis, ""), name, NIGHT)
        night = SimpleNamespace(
            lake=lake, read=lambda *_: {"made_of": tonight}, files=SimpleNamespace(basis=lake.basis)
        )
        return steps._passed_before(night, made)  # type: ignore[arg-type]

    same = frozenset(made.manifest["marts"])
    assert "student_growth" in same
    expected = PassedBefore({"student_growth": ()}, frozenset({"grain"}), same)
    assert told(rules | {"the register": "3"}) == expected
    assert told(rules | {"the rules of the gates": "other"}) == NOTHING_BEFORE
    assert told(rules | {"the program": "other"}) == NOTHING_BEFORE
    assert told({}, {}) == NOTHING_BEFORE
    assert told(rules, name="2025-10-01-another") == NOTHING_BEFORE


def test_a_mart_is_the_same_that_has_the_same_rows_and_tells_of_the_same_people(growing: Growing) -> None:
    said = [{"id": f"release/{mart}/grain", "suite": mart, "passed": True} for mart in ("student_growth", "gone")]
    first = release.publish(growing.lake, growing.assemble(), [{"door": "release", "passed": True, "checks": said}])
    growing.number += 1
    made = growing.assemble()
    assert same_marts.same_marts(made, first) == set(made.manifest["marts"]), "of another night"
    told = same_marts.results(first, "release", same_marts.same_marts(made, first))
    assert told == {"release/student_growth/grain": said[0]}
    growing.change(f"update {GROWTH} set score = 1 where exam_id = 'exam-1'")
    changed = growing.assemble()
    assert same_marts.same_marts(changed, first) == set(made.manifest["marts"]) - {"student_growth"}
    manifest = changed.manifest
    manifest["personal_data"]["k"] += 1
    (changed.directory / "manifest.json").write_text(json.dumps(manifest))
    assert same_marts.same_marts(changed, first) == frozenset()


def test_a_file_has_a_filter_of_the_keys_of_its_pupils(tmp_path: Path) -> None:
    file = tmp_path / "exam.parquet"
    keys = "select sha256(cast(number as varchar)) as student_key from range(90000) as r(number) order by all"
    filters = "select count(bloom_filter_offset) from parquet_metadata($1)"
    with duckdb.connect() as connection:
        connection.execute(f"copy ({keys}) to '{file}' (format parquet)")
        assert connection.execute(filters, [str(file)]).fetchone() == (0,)
        connection.execute(f"copy ({keys}) to '{file}' ({partition_files._WRITER})")
        assert connection.execute(filters, [str(file)]).fetchone() == (1,)


def test_other_readers_take_the_files_too(growing: Growing) -> None:
    import pandas as pd

    path = growing.publish()
    read = pd.read_parquet(path / "parquet" / "student_growth")
    assert (len(read), set(read["exam_id"])) == (200, {f"exam-{n}" for n in range(4)})
