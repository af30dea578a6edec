"""A file that is put in place is whole, on the disk before its name shows it, and its name on the disk after."""

import json
import os
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from common import files
from tests import disk


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder"


def placed(path: Path) -> None:
    with files.placing(path) as temporary:
        temporary.write_text("whole")


def a_tree(path: Path) -> None:
    below = path.with_name("candidate") / "below"
    below.mkdir(parents=True)
    (below / "file").write_text("whole")
    (below / "link").symlink_to("nothing")
    files.put(below.parent, path)


WRITERS = {
    "placing": placed,
    "text": lambda path: files.write_text(path, "whole"),
    "json": lambda path: files.write_json(path, {"day": date(2025, 10, 15)}),
    "bytes": lambda path: files.write_bytes(path, b"whole", 0o600),
    "new": lambda path: files.write_new(path, "whole", 0o600),
    "link": lambda path: files.write_link(path, "elsewhere"),
    "tree": a_tree,
}


@pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS)
def test_a_name_that_a_power_cut_leaves_without_its_bytes(folder: Path, write):
    with disk.watched() as seen:
        write(folder / "name")
    assert os.path.lexists(folder / "name")
    assert seen.early == []
    assert seen.unsynced == {}
    assert [path.name for path in folder.iterdir()] == ["name"], "a temporary file stayed"


def test_an_unsynced_name_would_be_seen(folder: Path):
    with disk.watched() as seen:
        (folder / "temporary").write_text("whole")
        (folder / "temporary").replace(folder / "name")
    assert [name.rpartition("/")[2] for name in seen.early] == ["name"]
    assert list(seen.unsynced.values()) == [[str(folder / "name")]]


def test_a_writer_that_fails_leaves_what_stood_there(folder: Path):
    files.write_text(folder / "name", "before", 0o400)
    with suppress(ZeroDivisionError), files.placing(folder / "name") as temporary:
        temporary.write_text("half")
        raise ZeroDivisionError
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("name", "before")]


def test_a_private_file_is_open_to_others_at_no_moment(folder: Path):
    with files.placing(folder / "name", 0o400) as temporary:
        assert temporary.stat().st_mode & 0o777 == 0o600
        temporary.write_text("private")
    assert (folder / "name").stat().st_mode & 0o777 == 0o400


def test_the_second_of_two_new_files_does_not_replace_the_first(folder: Path):
    files.write_new(folder / "name", "first", 0o600)
    with pytest.raises(FileExistsError):
        files.write_new(folder / "name", "second", 0o600)
    assert [(path.name, path.read_text()) for path in folder.iterdir()] == [("name", "first")]


def test_a_created_folder_is_synced_with_its_parent(tmp_path: Path):
    with disk.watched() as seen:
        files.make_folder(tmp_path / "a" / "b", 0o700)
        files.make_folder(tmp_path / "a" / "b", 0o700)
    assert (tmp_path / "a").stat().st_mode & 0o777 == 0o700
    assert seen.holds(tmp_path)
    assert seen.holds(tmp_path / "a")


def test_what_is_appended_stays(folder: Path):
    with disk.watched() as seen:
        files.append_text(folder / "log", "one\n", 0o600)
        files.append_text(folder / "log", "two\n", 0o600)
    assert (folder / "log").read_text() == "one\ntwo\n"
    assert seen.holds(folder / "log")
    assert seen.holds(folder)


def test_a_sync_that_fails_is_no_success(folder: Path):
    with pytest.raises(FileNotFoundError):
        files.sync_all([folder, folder / "nothing"])


def test_json_is_readable_as_written(folder: Path):
    files.write_json(folder / "name", {"学校": [1], "day": date(2025, 10, 15)})
    assert json.loads((folder / "name").read_text()) == {"学校": [1], "day": "2025-10-15"}
    assert "学校" in (folder / "name").read_text()


@pytest.mark.parametrize("content", [b"", b'{"a": 1', b"null", b"[1]", b"\xff", None])
def test_a_record_that_is_missing_or_damaged_is_none(folder: Path, content: bytes | None):
    files.write_json(folder / "name", {"a": 1})
    assert files.read_record(folder / "name") == {"a": 1}
    (folder / "name").unlink()
    if content is not None:
        (folder / "name").write_bytes(content)
    assert files.read_record(folder / "name") is None
