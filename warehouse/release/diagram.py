"""The marts as a page with an entity diagram: `python -m warehouse.release.diagram` draws docs/marts.md.

Lives here: the keys of the marts, which mart holds the key of which, and the page.
Stays out: the columns in full (dbt's own documentation), what may leave the lake (`disclosure`).
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.documents import read_yaml
from warehouse.build import PROJECT

PAGE = PROJECT.parent / "docs" / "marts.md"
PERIOD = "valid_from"  # parts the periods of one entity: no other mart names it
SAME_AS = {"adviser_key": "teacher_key", "latest_exam_id": "exam_id"}  # columns that hold a key under another name
PARENTS = {"one_school_one_file": "organisation"}  # school_code is the organisation_code of a school
_INTRODUCTION = """# The marts

Tables of a release, by subject. Drawn by `make diagram` from their descriptions and keys; a test holds it against them.
A line leads from a mart to those that hold its key, and is labelled with the columns by which they are joined; a mart
with `valid_from` in its key is joined by day too.
"""


@dataclass(frozen=True)
class Mart:
    """A mart as analysts see it: its subject, description in both languages, the columns of its key, and all others."""

    name: str
    subject: str
    description: str
    key: tuple[tuple[str, str], ...]
    columns: frozenset[str]

    @property
    def identity(self) -> frozenset[str]:
        """The columns by which another mart names one of its entities."""
        return frozenset(name for name, _ in self.key if name != PERIOD)


def read(project: Path = PROJECT) -> tuple[Mart, ...]:
    """The marts of a dbt project, by subject and name."""
    files = sorted((project / "models" / "marts").rglob("*.yml"))
    described = ((path.parent.name, read_yaml(path, path.name)) for path in files)
    marts = (_mart(subject, model) for subject, file in described for model in file.get("models", ()))
    return tuple(sorted(marts, key=lambda mart: (mart.subject, mart.name)))


def _mart(subject: str, model: Mapping[str, Any]) -> Mart:
    names = {c["name"]: c.get("config", {}).get("meta", {}).get("released_as", c["name"]) for c in model["columns"]}
    kinds = {c["name"]: c["data_type"] for c in model["columns"]}
    (grain,) = [test["grain"] for test in model["data_tests"] if isinstance(test, dict) and "grain" in test]
    key = tuple((names[column], kinds[column]) for column in grain["arguments"]["columns"])
    columns = frozenset(SAME_AS.get(name, name) for name in names.values())
    return Mart(model["name"], subject, model["description"].strip(), key, columns)


def references(marts: Sequence[Mart]) -> list[tuple[Mart, Mart]]:
    """Pairs (mart, one whose key it holds); where it holds a longer key too, the part of that is left out."""
    held = [(mart, [other for other in marts if _holds(mart, other)]) for mart in marts]
    return [
        (mart, other)
        for mart, others in held
        for other in others
        if not any(other.identity < between.identity for between in others)
    ]


def _holds(mart: Mart, other: Mart) -> bool:
    if mart.identity <= other.identity:  # itself, or one whose key is a part of the other's
        return False
    return PARENTS.get(mart.name) == other.name or other.identity <= mart.columns


def page(marts: Sequence[Mart]) -> str:
    """The page: a diagram of all marts, then what each is, by subject."""
    return "\n".join([_INTRODUCTION, "```mermaid", *_diagram(marts), "```", *_lists(marts)]) + "\n"


def _diagram(marts: Sequence[Mart]) -> Iterator[str]:
    yield "erDiagram"
    for mart in marts:
        yield f'    "{mart.name}" {{'  # quoted, for `class` is a word of Mermaid's own
        yield from (f"        {kind} {name} PK" for name, kind in mart.key)
        yield "    }"
    for mart, other in references(marts):
        yield f'    "{other.name}" ||--o{{ "{mart.name}" : "{", ".join(sorted(other.identity))}"'


def _lists(marts: Sequence[Mart]) -> Iterator[str]:
    for subject in dict.fromkeys(mart.subject for mart in marts):
        yield from ("", f"## {subject.capitalize()}", "", "| mart | what | key |", "|---|---|---|")
        for mart in (mart for mart in marts if mart.subject == subject):
            key = ", ".join(f"`{name}`" for name, _ in mart.key)
            yield f"| `{mart.name}` | {' '.join(mart.description.split())} | {key} |"


def main() -> int:
    """Draw the page anew."""
    PAGE.write_text(page(read()), encoding="utf-8")
    sys.stdout.write(f"Drawn: {PAGE}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
