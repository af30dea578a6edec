"""Finding what has arrived: which feed a file is of, and what is not to be read."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import ingest
from common.night_files import FeedFiles
from ingest.deliveries import Arrival, IntakeHistory, arrival_id
from ingest.finding import inbox
from ingest.finding.slice_of_path import scope_of
from ingest.reading.read_feed import read_deliveries
from registry import Register
from registry.model import Column, Feed, Label
from tests.ingest.makers import (
    DAY,
    OTHER,
    SCHOOL,
    STUDENTS,
    Desk,
    csv_of,
    csv_text,
    grid,
    json_lines,
    record,
    student,
    students,
    with_feed,
    xlsx_of,
    zip_of,
)  # fmt: skip


@pytest.fixture
def box(tmp_path: Path) -> Path:
    return tmp_path / "inbox"


def put(box: Path, path: str, content: bytes = b"x") -> Path:
    target = box / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def find(box: Path, register: Register, day: date = DAY) -> dict[str, Arrival]:
    return {a.path + (f"#{a.member}" if a.member else ""): a for a in ingest.find_arrivals(box, register, day, set())}


def two_feeds(house: Register) -> Register:
    """A source whose files may be of two feeds: 学籍 students, and 学籍异动."""
    label = Label(zh="异动", en="changes")
    names = {"number": "学籍号", "kind": "异动类别", "day": "异动日期"}
    columns = tuple(Column(name=n, headers=(h,), required=True) for n, h in names.items())
    changes = Feed(
        id="student_registry/changes", label=label, grain=label, batch="additive", key=("number",), columns=columns
    )
    return with_feed(house, changes, "student_registry")


CHANGES = csv_text([["学籍号", "异动类别", "异动日期"], ["G1", "转学", "20251001"]])


def test_the_folder_below_the_source_names_the_feed(box: Path, house: Register):
    put(box, f"{STUDENTS}/{SCHOOL}/a/b.csv")
    (found,) = find(box, house).values()
    assert (found.source, found.feed, found.path) == ("student_registry", STUDENTS, f"{STUDENTS}/{SCHOOL}/a/b.csv")
    assert found.arrival_id == arrival_id(DAY, STUDENTS, found.path, found.sha256)
    assert Arrival(**found.as_dict()) == found


def test_where_no_folder_names_the_feed_the_header_tells(box: Path, house: Register):
    register = two_feeds(house)
    put(box, "student_registry/a.csv", CHANGES.encode("gb18030"))
    put(box, "student_registry/b.xlsx", xlsx_of(("说明", [["请看下一页"]]), ("名册", [["名册"], *grid(students(2))])))
    put(box, "student_registry/c.json", json_lines([dict(zip(*grid(students(1)), strict=True))]))
    put(box, "student_registry/d.csv", b"name,age\nx,1\n")
    found = find(box, register)
    assert [found[f"student_registry/{n}"].feed for n in ("a.csv", "b.xlsx", "c.json", "d.csv")] == [
        "student_registry/changes", STUDENTS, STUDENTS, "",
    ]  # fmt: skip
    assert "is no file of student_registry/changes, student_registry/students" in str(
        found["student_registry/d.csv"].refusal
    )


def test_a_zip_is_an_arrival_for_each_feed_of_its_files(box: Path, house: Register):
    members = {"a.csv": CHANGES, "名册/b.csv": csv_of(students(2)), "readme.txt": "hello\n", "__MACOSX/a.csv": "x"}
    put(box, "student_registry/all.zip", zip_of(members))
    found = ingest.find_arrivals(box, two_feeds(house), DAY, set())
    assert {(a.feed, a.members or a.member) for a in found} == {
        ("student_registry/changes", ("a.csv",)),
        (STUDENTS, ("名册/b.csv",)),
        ("", "readme.txt"),
    }


def test_a_oneroster_zip_or_its_files_alone_are_known_by_their_names(box: Path, oneroster: Register):
    put(box, "oneroster/x.zip", zip_of({"Users.csv": "a", "sub/orgs.csv": "a", "manifest.csv": "propertyName,value\n"}))
    put(box, "oneroster/classes.csv", b"a")
    found = {(a.path, a.feed or a.member) for a in ingest.find_arrivals(box, oneroster, DAY, set())}
    assert found == {
        ("oneroster/x.zip", "oneroster/users"),
        ("oneroster/x.zip", "oneroster/orgs"),
        ("oneroster/x.zip", "manifest.csv"),
        ("oneroster/classes.csv", "oneroster/classes"),
    }


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("loose.csv", "is in the folder of no source of the register"),
        ("unknown/a.csv", "is in the folder of no source of the register"),
        (f"{STUDENTS}/a.csv.part", "only half written"),
        (f"{STUDENTS}/a.xlsx.tmp", "only half written"),
        (f"{STUDENTS}/~$a.xlsx", "is the lock file of a workbook that is open"),
        (f"{STUDENTS}/a\nb.csv", "has a name with damaged characters"),
    ],
)
def test_a_file_that_is_not_to_be_read_is_refused_in_a_sentence(box: Path, house: Register, path: str, reason: str):
    put(box, path)
    (found,) = find(box, house).values()
    assert reason in str(found.refusal)
    assert found.feed == (STUDENTS if path.startswith(STUDENTS) else "")


@pytest.mark.parametrize("path", [".DS_Store", "student_registry/.hidden/a.csv", f"{STUDENTS}/Thumbs.db"])
def test_hidden_files_are_passed_over(box: Path, house: Register, path: str):
    put(box, path)
    assert find(box, house) == {}


def test_links_and_pipes_are_refused_and_never_opened(box: Path, house: Register, tmp_path: Path):
    outside = put(tmp_path, "secret.csv", csv_of(students(2)))
    (box / STUDENTS).mkdir(parents=True)
    (box / STUDENTS / "a.csv").symlink_to(outside)
    (box / STUDENTS / "b").symlink_to(tmp_path)
    os.mkfifo(box / STUDENTS / "c.csv")
    found = find(box, house)
    assert [found[f"{STUDENTS}/{n}"].refusal for n in ("a.csv", "b", "c.csv")] == [
        "is a symbolic link: put the file itself there.", "is a symbolic link: put the file itself there.",
        "is no plain file: put the exported file there.",
    ]  # fmt: skip
    assert {a.sha256 for a in found.values()} == {""}


def test_a_file_that_grows_while_it_is_looked_at_is_left_for_the_next_night(
    box: Path, house: Register, monkeypatch: pytest.MonkeyPatch
):
    path = put(box, f"{STUDENTS}/a.csv", csv_of(students(2)))
    place = inbox.feed_of_file.feeds_of_file

    def slowly(*arguments: object) -> object:
        path.write_bytes(path.read_bytes() + b"\r\n")
        return place(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(inbox.feed_of_file, "feeds_of_file", slowly)
    (found,) = find(box, house).values()
    assert found.refusal == "is still being written: let the export finish, and the next night loads it."


def test_a_file_that_changes_before_it_is_read_is_refused(desk: Desk):
    path = desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of(students(2)))
    arrivals = desk.find()
    path.write_bytes(csv_of(students(3)))
    ingest.read_feed(desk.register, STUDENTS, arrivals, desk.lake.landing, desk.work())
    (delivery,) = read_deliveries(FeedFiles(desk.work() / "student_registry__students"))
    assert delivery.status == "refused"
    assert "changed while it was read" in str(delivery.reason)
    assert not list(desk.lake.landing.rglob("*.zst"))


def test_what_was_committed_is_not_found_again_but_comes_along_with_a_new_file_of_its_slice(box: Path, house: Register):
    for n in range(2):
        put(box, f"{STUDENTS}/{SCHOOL}/{n}.csv", csv_of(students(2, start=2 * n)))
    put(box, f"{STUDENTS}/2132990002/0.csv", csv_of(students(2, start=8)))
    first = ingest.find_arrivals(box, house, DAY, IntakeHistory())
    ids = frozenset(a.arrival_id for a in first)
    assert ingest.find_arrivals(box, house, DAY, ids) == []
    put(box, f"{STUDENTS}/{SCHOOL}/1.csv", csv_of(students(3, start=2)))
    found = ingest.find_arrivals(box, house, DAY, ids)
    assert [(a.path, a.reread) for a in found] == [
        (f"{STUDENTS}/{SCHOOL}/0.csv", True), (f"{STUDENTS}/{SCHOOL}/1.csv", False),
    ]  # fmt: skip


def test_refused_and_unplaced_files_are_deliveries_of_the_night_once(desk: Desk):
    desk.put("unknown/a.csv", b"x")
    desk.put(f"{STUDENTS}/a.csv.part", b"x")
    desk.put(f"{STUDENTS}/{SCHOOL}.csv", csv_of(students(2)))
    desk.night()
    desk.night()
    assert [(path, d[0]) for path, d in desk.deliveries().items()] == [
        (f"{STUDENTS}/{SCHOOL}.csv", "loaded"), (f"{STUDENTS}/a.csv.part", "refused"), ("unknown/a.csv", "refused"),
    ]  # fmt: skip
    assert desk.ask("SELECT count(*) FROM lake.intake.arrival") == [(3,)]


def test_a_slice_that_only_the_path_can_tell_must_be_told(desk: Desk):
    desk.put("homework_a/records/today.csv", csv_of([record(1)]))
    desk.put("homework_a/records/zipped_20251014.zip", zip_of({"a.csv": csv_of([record(2)])}))
    desk.night()
    found = desk.deliveries()
    assert found["homework_a/records/today.csv"][0] == "refused"
    assert "is in a place that names no slice" in found["homework_a/records/today.csv"][-1]
    assert found["homework_a/records/zipped_20251014.zip#a.csv"][0] == "loaded"
    assert desk.current("homework_a/records", "_slice") == [("20251014",)]


def test_a_folder_inside_a_zip_is_no_exam(house: Register):
    exams, zipped = house.feed("exams/results"), "exams/results/2025-2026-1-m1-g4/2132990001.zip"
    assert scope_of(exams, zipped, "导出文件/2132990001.xlsx") == "2025-2026-1-m1-g4/2132990001"
    assert scope_of(exams, "exams/results/all.zip", "2025-2026-1-m1-g4/2132990001.xlsx") == (
        "2025-2026-1-m1-g4/2132990001"
    )


def test_files_of_a_zip_name_their_slice_by_their_own_path(desk: Desk):
    other = "2132990002"
    desk.put(f"{STUDENTS}/all.zip", zip_of({
        f"{SCHOOL}.csv": csv_of(students(2)), f"{other}/a.xlsx": xlsx_of(("s", grid(students(2, 4, 学校标识码=other)))),
    }))  # fmt: skip
    desk.night()
    assert desk.by_slice(STUDENTS) == [(SCHOOL, 2), (other, 2)]
    assert sorted(desk.deliveries()) == [f"{STUDENTS}/all.zip#{SCHOOL}.csv", f"{STUDENTS}/all.zip#{other}/a.xlsx/s"]


def test_a_workbook_serves_the_feed_whose_sheet_stands_beside(desk: Desk):
    scores = ("小题分", [["学籍号", "姓名", "第1题"], [student(0)["学籍号"], "李梅", "3"]])
    plan = ("双向细目表", [["题号", "知识点", "分值"], ["1", "分数", "5"], ["2", "小数", "5"]])
    desk.put(f"exams/items/2025-2026-1-m1-g4/14/{SCHOOL}.xlsx", xlsx_of(scores, plan))
    desk.put(f"exams/items/2025-2026-1-m1-g4/14/{OTHER}.xlsx", xlsx_of(scores))
    desk.read()
    folder = desk.work()
    found = {(d.file_name[-15:-5], d.member): (d.status, d.rows_loaded, d.skipped)
             for d in read_deliveries(FeedFiles(folder / "exams__blueprint"))}  # fmt: skip
    assert found == {
        (SCHOOL, "小题分"): ("loaded", 0, {"other_sheet": 2}), (SCHOOL, "双向细目表"): ("loaded", 2, {}),
        (OTHER, "小题分"): ("loaded", 0, {"other_sheet": 2}),
    }  # fmt: skip
    assert desk.left("exams/blueprint", "item, _slice") == [
        ("1", f"2025-2026-1-m1-g4/14/{SCHOOL}"), ("2", f"2025-2026-1-m1-g4/14/{SCHOOL}"),
    ]  # fmt: skip
    assert [d.status for d in read_deliveries(FeedFiles(folder / "exams__items"))] == ["loaded"] * 3


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 no table", b"PK\x03\x04 no archive"])
def test_a_broken_workbook_is_refused_by_the_feed_in_whose_folder_it_lies(desk: Desk, content: bytes):
    desk.put(f"exams/items/2025-2026-1-m1-g4/14/{SCHOOL}.xlsx", content)
    (found,) = desk.find()
    assert (found.feed, found.refusal) == ("exams/items", None)


def test_folders_inside_a_zip_do_not_hide_the_school_of_a_file(desk: Desk):
    """Nor do they pass for another exam: the zip lies in the folder of its own."""
    desk.put(f"{STUDENTS}/all.zip", zip_of({f"导出/本学期/{SCHOOL}.csv": csv_of(students(2))}))
    marks = [["学籍号", "姓名", "语文_得分"], [students(1)[0]["学籍号"], "李梅", "90"]]
    desk.put(f"exams/results/2025-2026-1-m1/{SCHOOL}.zip", zip_of({f"导出/{SCHOOL}.csv": csv_text(marks)}))
    desk.night()
    assert desk.by_slice(STUDENTS) == [(SCHOOL, 2)]
    assert desk.ask("SELECT feed, slice FROM lake.intake.slice_state ORDER BY ALL") == [
        ("exams/results", f"2025-2026-1-m1/{SCHOOL}"), (STUDENTS, SCHOOL),
    ]  # fmt: skip


GOOD = f"{STUDENTS}/{SCHOOL}.csv"


def test_folders_without_end_are_listed_and_the_rest_is_found(box: Path, house: Register):
    put(box, GOOD, csv_of(students(2)))
    folder = box / STUDENTS
    for _ in range(500):
        folder /= "d"
    folder.mkdir(parents=True)
    put(folder, f"{OTHER}.csv")
    found = find(box, house)
    assert found.pop(GOOD).refusal is None
    ((path, arrival),) = found.items()
    assert path.count("/") == inbox.MAX_DEPTH
    assert arrival.refusal == "is a folder that lies in 32 others: put its files higher up."


def test_links_that_lead_in_circles_or_out_of_the_inbox_are_listed_and_not_followed(box: Path, house: Register):
    put(box, GOOD, csv_of(students(2)))
    outside = put(box.parent, "outside/secret.csv").parent
    for name, target in {"circle": box, "itself": box / STUDENTS / "itself", "out": outside, "up": ".."}.items():
        (box / STUDENTS / name).symlink_to(target)
    (box / "homework_a").symlink_to(outside)
    found = find(box, house)
    assert found.pop(GOOD).refusal is None
    assert sorted(found) == ["homework_a", *(f"{STUDENTS}/{n}" for n in ("circle", "itself", "out", "up"))]
    assert {arrival.refusal for arrival in found.values()} == {"is a symbolic link: put the file itself there."}


AS_NOBODY = """
import json, os, sys
from datetime import date
from pathlib import Path
import ingest, registry
from ingest.errors import IngestError
register = registry.load(registry.HOUSE)
if os.getuid() == 0:
    os.setgroups([]); os.setgid(65534); os.setuid(65534)
print("nobody", flush=True)
try:
    found = ingest.find_arrivals(Path(sys.argv[1]), register, date(2025, 10, 15), set())
    print(json.dumps({a.path: a.refusal for a in found}))
except IngestError as error:
    print(json.dumps({"": str(error)}))
"""


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that every user of the machine may enter; as root, permissions are looked at by a process of nobody."""
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)
        for path in Path(folder).rglob("*"):
            path.chmod(0o755)


def found_by_nobody(box: Path) -> dict[str, str | None]:
    done = subprocess.run([sys.executable, "-c", AS_NOBODY, box], capture_output=True, text=True, check=False)
    ready, _, found = done.stdout.partition("\n")
    if not ready:
        pytest.skip(f"nobody cannot run this: {done.stderr[-200:]}")
    assert found, done.stderr
    return json.loads(found)


def test_what_may_not_be_read_is_the_fault_of_its_source_alone(open_folder: Path):
    box = open_folder / "inbox"
    put(box, GOOD, csv_of(students(2)))
    put(box, "homework_a/records/a.csv")
    put(box, f"{STUDENTS}/locked.csv").chmod(0)
    put(box, "reading/records/a.csv").parent.chmod(0o600)  # its names may be seen, and not what they name
    (box / "homework_a").chmod(0)
    found = found_by_nobody(box)
    right = "cannot be read (Permission denied): let the user who runs the night read it."
    assert found == {
        GOOD: None,
        "homework_a": f"is a folder that {right}",
        f"{STUDENTS}/locked.csv": right,
        "reading/records": f"is a folder that {right}",
    }


def test_an_inbox_that_may_not_be_read_is_said_in_a_sentence(open_folder: Path):
    box = open_folder / "inbox"
    box.mkdir(mode=0)
    assert found_by_nobody(box) == {
        "": f"The inbox {box} cannot be read (Permission denied): let the user who runs the night read it."
    }
