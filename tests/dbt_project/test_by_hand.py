"""dbt by hand, on the page that tells of it: what it builds is the night's, and the lake stays as it is."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import duckdb
import pytest

from registry import Register
from tests.dbt_project.conftest import SECOND, objected
from tests.followed import Page, follow
from warehouse.build import build_database, by_hand
from warehouse.build.by_hand import Workspace
from warehouse.errors import LakeBusy
from warehouse.lake import Lake, connect_lake, create_lake, write_lock
from warehouse.release.fingerprint import fingerprint

MODELS = ("conformed.students", "conformed.student_spans", "conformed.discrepancies", "marts.one_student_one_file")
Files = dict[Path, tuple[int, int]]


def files(lake: Lake) -> Files:
    """Size and time of all that stands in the lake, but for the workspaces."""
    found = (path for path in lake.root.rglob("*") if path.is_file())
    work = lake.restricted / "work"
    return {path: (path.stat().st_size, path.stat().st_mtime_ns) for path in found if work not in path.parents}


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Page:
    return follow("changing_a_model.md", tmp_path_factory.mktemp("page"))


@pytest.fixture(scope="module")
def place(built: dict, tmp_path_factory: pytest.TempPathFactory) -> Lake:
    lake: Lake = built[SECOND].place
    return Lake(Path(shutil.copytree(lake.root, tmp_path_factory.mktemp("by-hand") / "lake", symlinks=True)))


@pytest.fixture(scope="module")
def before(place: Lake) -> Files:
    return files(place)


def commands(page: Page) -> list[list[str]]:
    """What the page's lines of `make dbt` hand to dbt."""
    lines = re.findall(r"^make dbt (ARGS=.*)$", page.text, re.M)
    return [shlex.split(shlex.split(line)[0].removeprefix("ARGS=")) for line in lines]


@pytest.fixture(scope="module")
def workspace(place: Lake, before: Files, page: Page, edited: Register) -> Workspace:
    return by_hand.prepare(place, objected(edited), page.root / "dbt_project")


@pytest.fixture(scope="module")
def answers(workspace: Workspace, page: Page) -> list[str]:
    """What dbt says to the commands of the page; its build makes MODELS too, and its unit tests fail."""
    said = []
    for line in commands(page):
        more = [f"--select={name.partition('.')[2]}" for name in MODELS] if line[0] == "build" else []
        with redirect_stdout(StringIO()) as heard:
            assert by_hand.run(workspace, [*line, *more]) == (1 if line[0] == "test" else 0), line
        said.append(heard.getvalue())
    return said


def test_what_is_built_is_what_the_night_has_built(workspace: Workspace, answers: list[str]):
    with connect_lake(workspace.lake, read_only=True) as connection:
        connection.execute(f"attach '{build_database.place(workspace.folder)}' as build (read_only)")
        kinds = dict(connection.execute(
            "select schema_name || '.' || table_name, table_name from duckdb_tables() where database_name = 'build'"
        ).fetchall())  # fmt: skip
        assert set(MODELS) <= set(kinds), "built as tables, where the workspace had views of the lake"
        for name in MODELS:
            # a column of few words is an ENUM during the build, and text in the lake
            connection.execute(f"create or replace temp table built as from lake.{name} limit 0")
            connection.execute(f"insert into built from build.{name}")
            assert fingerprint(connection, "built") == fingerprint(connection, f"lake.{name}"), name
        connection.execute("detach build")


def test_the_page_is_followed_to_the_letter(workspace: Workspace, answers: list[str]):
    shown, built, compared, tested = answers
    assert '"t_score": ' in shown
    assert "Completed successfully" in built
    with duckdb.connect(build_database.place(workspace.folder), read_only=True) as connection:
        mean, results = connection.execute("select avg(t_score), count(*) from marts.student_growth").fetchone()
    assert mean == pytest.approx(500)
    assert re.search(rf"\| +{results} \| +{results} \|", compared), "the change has moved every mark"
    assert "z_score_by_the_deviation_of_a_sample" in tested
    assert "33.55064" in tested, "what the unit test expects of a mark"


def test_the_lake_is_only_read(answers: list[str], place: Lake, before: Files):
    assert files(place) == before


def test_a_night_begins_while_dbt_is_open(workspace: Workspace, place: Lake, tmp_path: Path):
    lake = Lake(Path(shutil.copytree(place.root, tmp_path / "lake", symlinks=True)))
    copy = by_hand.copied_lake(lake, fresh=False)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(lake.root), str(copy.workspace)],
        cwd=Path(__file__).parents[2], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        assert holder.stdout.readline() == "open\n"
        create_lake(lake)
        with write_lock(lake, SECOND), connect_lake(lake) as connection:
            connection.execute("create table lake.raw.a_night (n int)")
        with pytest.raises(LakeBusy, match="still open"):
            by_hand.copied_lake(lake, fresh=True)
    finally:
        holder.communicate("done\n")


# What dbt has open while it shows a model: its database, and the copy of the catalog.
HOLDER = """
import sys
from pathlib import Path
from warehouse.build import build_database
from warehouse.lake import Lake, connect_lake
lake = Lake(Path(sys.argv[1]), Path(sys.argv[2]))
with connect_lake(lake, read_only=True) as connection:
    connection.execute(f"attach '{build_database.place(lake.workspace)}' as build")
    print("open", flush=True)
    sys.stdin.readline()
    connection.execute("detach build")
"""


def test_what_was_built_stays_until_the_lake_changes(workspace: Workspace, place: Lake, tmp_path: Path):
    lake = Lake(Path(shutil.copytree(place.root, tmp_path / "lake", symlinks=True)))
    first = catalog_time(by_hand.copied_lake(lake, fresh=False))
    assert catalog_time(by_hand.copied_lake(lake, fresh=False)) == first
    with connect_lake(lake) as connection:
        connection.execute("create table lake.raw.a_night (n int)")
    assert catalog_time(by_hand.copied_lake(lake, fresh=False)) > first


def catalog_time(copy: Lake) -> int:
    return copy.catalog.stat().st_mtime_ns


def test_plain_dbt_finds_models_profile_and_variables(workspace: Workspace, page: Page):
    plain = Path(workspace.environment["DBT_PROJECT_DIR"])
    project = json.loads((plain / "dbt_project.yml").read_text(encoding="utf-8"))
    assert project["vars"] == workspace.variables
    assert workspace.variables["night"] == SECOND.isoformat()
    assert (plain / "models").resolve() == (page.root / "dbt_project" / "models").resolve()
    assert (Path(workspace.environment["DBT_PROFILES_DIR"]) / "profiles.yml").is_file()
