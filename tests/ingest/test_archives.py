"""Zip files as archivers really write them: separators of Windows, names in GBK, folders, archives inside archives."""

import io
import zipfile
from collections.abc import Callable

import pytest

from ingest.archives import zip_files
from registry import Register
from tests.ingest.makers import SCHOOL, STUDENTS, Desk, csv_of, students, zip_of


def zip_with_names(*names: bytes, utf8: bool = False) -> bytes:
    """A zip whose entries have these very bytes as names, which `zipfile` itself would not write."""
    places = {f"{'x' * (len(name) - 3)}{n:03d}": name for n, name in enumerate(names)}
    content = zip_of({place: b"" if name.endswith((b"\\", b"/")) else csv_of(students(1, n))
                      for n, (place, name) in enumerate(places.items())})  # fmt: skip
    for place, name in places.items():
        content = content.replace(place.encode(), name)
    return content


@pytest.mark.parametrize(("name", "read_as"), [
    (b"export\\users.csv", "export/users.csv"), (b"a\\b\\c.csv", "a/b/c.csv"), (b"a/b\\c.csv", "a/b/c.csv"),
    ("成绩\\一班.csv".encode("gbk"), "成绩/一班.csv"), ("昞\\x.csv".encode("gbk"), "昞/x.csv"),
    ("乗.csv".encode("gbk"), "乗.csv"), (b"plain.csv", "plain.csv"),
])  # fmt: skip
def test_a_name_has_its_folders_whatever_separator_the_archiver_wrote(name: bytes, read_as: str):
    with zipfile.ZipFile(io.BytesIO(zip_with_names(name))) as archive:
        assert [member.name for member in zip_files.members(archive)] == [read_as]


def test_an_entry_for_a_folder_is_no_file():
    with zipfile.ZipFile(io.BytesIO(zip_with_names(b"exports\\", b"exports\\a.csv"))) as archive:
        assert [member.name for member in zip_files.members(archive)] == ["exports/a.csv"]


def test_members_behind_backslashes_reach_their_feeds(oneroster: Register, desk_of: Callable[[Register], Desk]):
    desk = desk_of(oneroster)
    orgs = b"sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId\r\no1,,,School,school,,\r\n"
    inner = zip_of({"export/orgs.csv": orgs}).replace(b"export/", b"export\\")
    source = next(source.id for source in oneroster.sources if any("orgs.csv" in f.members for f in source.feeds))
    desk.put(f"{source}/roster.zip", inner)
    (found,) = desk.read().values()
    assert found[:2] == ("loaded", 1)


@pytest.mark.parametrize("inner", ["inner.zip", "成绩\\inner.zip"])
def test_a_zip_inside_a_zip_says_what_to_do(desk: Desk, inner: str):
    desk.put("student_registry/students/a.zip", zip_of({inner: zip_of({"a.csv": csv_of(students(2))})}))
    (found,) = desk.read().values()
    assert found[0] == "refused"
    assert "is a zip inside a zip: pack its files themselves" in found[-1]


def test_a_school_folder_behind_a_backslash_names_its_slice(desk: Desk):
    desk.put("student_registry/students/a.zip", zip_of({f"x/{SCHOOL}.csv": csv_of(students(3))}).replace(b"x/", b"x\\"))
    (found,) = desk.read().values()
    assert found[:3] == ("loaded", 3, 3)


@pytest.mark.parametrize("folder", ["", "成绩/", "2025年\\秋\\"])
def test_the_folders_that_name_a_slice_may_lie_below_others_in_a_zip(desk: Desk, folder: str):
    rows = csv_of([{"学籍号": row["学籍号"], "姓名": row["姓名"], "语文": "90"} for row in students(2)])
    desk.put("exams/results/各校上报.zip", zip_of({f"{folder}2025-2026-1-m1-g4\\{SCHOOL}.csv": rows}))
    assert [row[0] for row in desk.read().values()] == ["loaded"]
    assert set(desk.left("exams/results", "_slice")) == {(f"2025-2026-1-m1-g4/{SCHOOL}",)}


def test_the_lock_file_of_an_open_workbook_is_passed_over(desk: Desk):
    members = {f"{SCHOOL}.csv": csv_of(students(3)), f"~${SCHOOL}.xlsx": b"x", "__MACOSX/._x": b"x"}
    desk.put(f"{STUDENTS}/名单.zip", zip_of(members))
    assert [row[0] for row in desk.read().values()] == ["loaded"]
