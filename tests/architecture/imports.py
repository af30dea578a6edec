"""The modules of the product and what each imports, wherever in a file it does so."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from tests.architecture.conftest import ROOT

ROOMS = (
    "benchmarks", "common", "dags", "dbt_project", "expectations", "ingest", "methods", "pages", "registry",
    "samples", "shuyuan", "warehouse",
)  # fmt: skip
FILES = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def imported(path: Path) -> Iterator[tuple[int, str]]:
    """(line, dotted name) of everything a file below ROOT imports: modules, and names as `module.name`."""
    package = path.relative_to(ROOT).with_suffix("").parts
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = ".".join((*package[: -node.level], *filter(None, [node.module]))) if node.level else node.module
            yield from ((node.lineno, f"{base}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            yield from ((node.lineno, arg.value) for arg in node.args[:1] if isinstance(arg, ast.Constant))


@cache
def modules() -> dict[str, Path]:
    """Dotted name -> file of every module of the product; a package goes by its own name."""
    return {_dotted(path): path for path in FILES}


def imports_of(name: str) -> set[str]:
    """The modules of the product that a module imports."""
    names = {imported_name for _, imported_name in imported(modules()[name])}
    return {n if n in modules() else n.rpartition(".")[0] for n in names} & modules().keys() - {name}


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def circle(graph: dict[str, set[str]]) -> list[str]:
    """The nodes of a circle in a graph, the first again at its end; none where there is no circle."""
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return [str(node) for node in error.args[1]]
    return []
