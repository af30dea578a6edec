"""The modules of the product and what each imports, wherever in a file it does so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = (
    "benchmarks", "common", "dags", "dbt_project", "expectations", "ingest", "methods", "registry", "samples",
    "shuyuan", "warehouse",
)  # fmt: skip


@cache
def modules() -> dict[str, Path]:
    """Dotted name -> file of every module of the product; a package goes by its own name."""
    files = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return {_dotted(path): path for path in files}


def imports_of(name: str) -> set[str]:
    """The modules of the product that a module imports."""
    return {module for module in _imported(modules()[name]) if module in modules()} - {name}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules() else node.module


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The nodes of a circle in a graph, the first again at its end; none where there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(node) for node in error.args[1]]
    return []
