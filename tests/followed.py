"""A page of docs/ that is followed to the letter: its blocks are written into a copy of the register and the models."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import registry
from ingest.committing import intake_tables
from tests.dbt_project.conftest import FIRST, SCHOOL, number
from tests.dbt_project.quick_dbt import City, Project

ROOT = Path(__file__).parents[1]
# `path` (where in it), an empty line, the block
_BLOCK = re.compile(r"^`([\w/.]+)`(?: \(([^\n]*)\))?\n\n```\w+\n(.*?)^```$", re.M | re.S)
_IGNORED = shutil.ignore_patterns("__pycache__", "examples", "target", "logs")


@dataclass(frozen=True)
class Block:
    """A block of a page: its file, where in the file it goes ('' where the file is new), and its text."""

    path: str
    where: str
    text: str

    def write(self, root: Path) -> None:
        """Write it below `root`: a new file, or at the end of one, below a line, or instead of a line."""
        path = root / self.path
        if not self.where:
            assert not path.exists(), f"{self.path} exists: say where in it the block goes"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.text, encoding="utf-8")
            return
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        if self.where == "at the end":
            lines.append(self.text)
        else:
            place, beginning = re.fullmatch(r"(below|instead of) `(.*)`", self.where).groups()
            (at,) = [n for n, line in enumerate(lines) if line.lstrip().startswith(beginning)]
            lines[at] = self.text if place == "instead of" else lines[at] + self.text
        path.write_text("".join(lines), encoding="utf-8")


@dataclass(frozen=True)
class Page:
    """A page, its blocks, and the copy into which they were written."""

    text: str
    blocks: tuple[Block, ...]
    root: Path

    def city(self, *models: str) -> City:
        """A lake in memory under the page's register, with ten pupils of one class, ready to run `models`."""
        city = City(registry.load(self.root / "registry"), models, Project(self.root / "dbt_project"))
        intake_tables.ensure(city.connection)
        school = {"school_code": SCHOOL, "name": "第一初级中学", "type_code": "初级中学", "area_code": "329901"}
        _insert(city, "school_registry__schools", 1, school)
        _insert(city, "teaching__classes", 1, {"school_code": SCHOOL, "class_code": "2101", "grade": "初一"})
        for n in range(10):
            student = {"student_number": number(n), "school_code": SCHOOL, "name": f"张{'甲乙丙丁戊己庚辛壬癸'[n]}"}
            place = {"grade": "初一", "class_code": "2101"}
            _insert(city, "student_registry__students", n, student | place)
        return city

    def fields(self) -> set[str]:
        """The words in backquotes in the first column of the page's table of fields."""
        table = self.text.split("| field | says |", 1)[1].split("\n\n", 1)[0]
        return {word for cell in re.findall(r"^\| (`.*?`) \|", table, re.M) for word in re.findall(r"`(\w+)", cell)}


def follow(name: str, root: Path) -> Page:
    """Follow docs/<name> in `root`, which is empty, or in which other pages have been followed."""
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    blocks = tuple(Block(*found) for found in _BLOCK.findall(text))
    for room in ("registry", "dbt_project"):
        if not (root / room).exists():
            shutil.copytree(ROOT / room, root / room, ignore=_IGNORED)
    for block in blocks:
        block.write(root)
    return Page(text, blocks, root)


def _insert(city: City, table: str, row: int, values: dict[str, str]) -> None:
    provenance = {"_delivery_id": "d", "_row_number": row, "_slice": SCHOOL, "_row_hash": f"h{row}"}
    city.insert(table, {**values, **provenance, "_known_from": FIRST})
