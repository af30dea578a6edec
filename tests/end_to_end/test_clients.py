"""What analysts open a release with: the blocks of docs/clients.md, run as they are written."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sqlite3
import subprocess
from contextlib import chdir, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT
from tests.end_to_end.conftest import LAST, Nights, parquet_of, rows_of

PAGE = (ROOT / "docs" / "clients.md").read_text(encoding="utf-8")
# (title, language, block) of each section, in the order of the page: what a block writes, a later one reads
BLOCKS = [
    (section.splitlines()[0].strip(), language, block)
    for section in PAGE.split("\n## ")[1:]
    for language, block in re.findall(r"```(\w+)\n(.*?)```", section, re.S)
]


@pytest.fixture(scope="module")
def folder(nights: Nights, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which var/lake is the lake."""
    folder = tmp_path_factory.mktemp("analyst")
    (folder / "var").mkdir()
    (folder / "var" / "lake").symlink_to(nights.lake.root)
    return folder


@pytest.fixture(scope="module")
def marts(nights: Nights) -> dict[str, int]:
    """The marts of the release, each with its number of rows."""
    return {name: mart["rows"] for name, mart in rows_of(nights.release(LAST)).items()}


def r_lacks(packages: list[str]) -> bool:
    loaded = "; ".join(f"stopifnot(requireNamespace('{package}', quietly = TRUE))" for package in packages)
    return subprocess.run(["Rscript", "-e", loaded], capture_output=True, check=False).returncode != 0


def missing(language: str, block: str) -> str:
    """What the machine lacks to run a block; empty where it lacks nothing."""
    if language == "bash":
        program = block.split(maxsplit=1)[0]
        return "" if shutil.which(program) else f"the program {program}"
    if language == "r":
        packages = re.findall(r"library\((\w+)\)|(\w+)::", block)
        names = sorted({name for pair in packages for name in pair if name})
        if not shutil.which("Rscript"):
            return "R"
        return f"one of R's packages {', '.join(names)}" if r_lacks(names) else ""
    modules = re.findall(r"^import ([\w, ]+)", block, re.M)[0].split(", ")
    return ", ".join(module for module in modules if not importlib.util.find_spec(module))


def printed(language: str, block: str, folder: Path) -> str:
    """What a block prints that is typed in the folder."""
    if language == "python":  # in this process: pandas is imported once
        with chdir(folder), redirect_stdout(StringIO()) as heard:
            exec(compile(block, "docs/clients.md", "exec"), {})
        return heard.getvalue()
    program = {"r": ["Rscript", "-e"], "bash": ["bash", "-c"]}[language]
    done = subprocess.run([*program, block], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    ("language", "block"), [b[1:] for b in BLOCKS], ids=[f"{title}-{n}" for n, (title, *_) in enumerate(BLOCKS)]
)
def test_a_client_counts_the_rows_of_a_mart(language: str, block: str, folder: Path, marts: dict[str, int]):
    lacking = missing(language, block)
    if lacking:
        pytest.skip(f"this machine lacks {lacking}")
    assert printed(language, block, folder).split()[-1] == str(marts["discrepancy"])


def test_every_mart_is_the_same_in_duckdb_and_in_parquet(nights: Nights, marts: dict[str, int]):
    import duckdb

    release = nights.release(LAST)
    with duckdb.connect(str(release / "marts.duckdb"), read_only=True) as connection:
        for mart, rows in marts.items():
            path = parquet_of(release, mart)
            parquet = f"read_parquet('{path / '*' if path.is_dir() else path}')"
            assert connection.execute(f"select count(*) from marts.{mart}").fetchone() == (rows,)
            assert connection.execute(f"from {mart} except all from {parquet}").fetchall() == [], mart


def test_pandas_and_pyarrow_read_every_mart(nights: Nights, marts: dict[str, int]):
    import pandas as pd
    import pyarrow.parquet

    for mart, rows in marts.items():
        file = parquet_of(nights.release(LAST), mart)
        assert pyarrow.parquet.read_table(file).num_rows == rows
        assert len(pd.read_parquet(file)) == rows


def test_sqlite_takes_the_rows_of_every_mart_as_text_and_numbers(nights: Nights, marts: dict[str, int], tmp_path: Path):
    import duckdb

    with (
        duckdb.connect(str(nights.release(LAST) / "marts.duckdb"), read_only=True) as connection,
        sqlite3.connect(tmp_path / "marts.sqlite") as copy,
    ):
        for mart, rows in marts.items():
            columns = connection.execute(f"describe {mart}").fetchall()
            taken = ", ".join(
                f'"{name}"' if kind in ("DOUBLE", "BIGINT", "INTEGER", "BOOLEAN") else f'cast("{name}" as varchar)'
                for name, kind, *_ in columns
            )
            names = ", ".join(f'"{name}"' for name, *_ in columns)
            copy.execute(f"create table {mart} ({names})")
            found = connection.execute(f"select {taken} from {mart}").fetchall()
            copy.executemany(f"insert into {mart} values ({', '.join('?' * len(columns))})", found)
            assert copy.execute(f"select count(*) from {mart}").fetchone() == (rows,)


def test_the_page_names_what_is_not_tested():
    untested = PAGE.split("## Untested")[1]
    assert "ODBC" in untested
    assert "JDBC" in untested
