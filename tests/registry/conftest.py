"""A register that a test may spoil: a copy of the default one, edited file by file."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

import registry
from registry import types


class Draft:
    """A copy of the default register in a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        for path in registry.files(registry.HOUSE):
            target = directory / path.relative_to(registry.HOUSE)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)

    def change(self, file: str, old: str, new: str) -> None:
        """Replace the first occurrence of `old`, which must be there."""
        path = self.directory / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} does not hold {old!r}"
        path.write_text(text.replace(old, new, 1), encoding="utf-8")

    def append(self, file: str, text: str) -> None:
        with (self.directory / file).open("a", encoding="utf-8") as handle:
            handle.write(text)

    def own(self, element: str, *spells: str) -> None:
        """Give a student element these spells, each in YAML flow style."""
        file = f"elements/{element.partition('.')[0]}.yml"
        head, tail = (self.directory / file).read_text(encoding="utf-8").split(f"- id: {element}\n")
        old = "  authority:\n    - {source: student_registry/students, from: 2020-09-01}\n"
        assert old in tail
        new = "  authority:\n" + "".join(f"    - {{{spell}}}\n" for spell in spells)
        text = f"{head}- id: {element}\n{tail.replace(old, new, 1)}"
        (self.directory / file).write_text(text, encoding="utf-8")

    def load(self) -> registry.Register:
        return registry.load(self.directory)

    def refusal(self) -> str:
        """The one sentence with which the register is refused."""
        with pytest.raises(registry.RegisterError) as caught:
            self.load()
        sentence = str(caught.value)
        assert "\n" not in sentence
        assert sentence.endswith(".")
        return sentence


@pytest.fixture
def draft(tmp_path: Path) -> Draft:
    return Draft(tmp_path / "register")


@pytest.fixture(scope="session")
def house() -> registry.Register:
    return registry.load(registry.HOUSE)


@pytest.fixture(scope="session")
def oneroster() -> registry.Register:
    return registry.load(registry.HOUSE / "examples" / "oneroster")


@pytest.fixture(scope="session")
def school_data_sync() -> registry.Register:
    return registry.load(registry.HOUSE / "examples" / "school_data_sync")


@pytest.fixture(scope="session")
def typed() -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    types.install(connection)
    return connection
