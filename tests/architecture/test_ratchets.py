"""Figures of the house that may fall and not rise. Whoever lowers one writes the lower figure here."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.conftest import ROOT, tree
from tests.architecture.imports import ROOMS, circle, imports_of, modules

NAMES_THAT_POINT_AT_NOTHING = 0  # in the doorplates of modules
FILES_A_FOLDER = 25  # of code; folders of data (registry/codes, registry/elements) are passed over
LINES_A_MACRO = 60
MACRO_SHARE = 0.25  # lines of macros among all lines of SQL outside staging
PARTICIPLE_CTES = 0
RENAMED_IMPORTS = 0  # of our own modules: a module that its callers rename has the wrong name

CODE = (".py", ".sql", ".yml")
DATA_FOLDERS = ("registry/codes", "registry/elements", "registry/sources", "registry/objections")
MACROS = sorted((ROOT / "dbt_project" / "macros").rglob("*.sql"))
MODELS = sorted((ROOT / "dbt_project" / "models").rglob("*.sql"))
PARTICIPLES = frozenset(
    """
    again alone asked before begun believed beside bound bounded brought called carried changed chosen closed
    compared corrected counted created decided declared delivered described differing done drawn ended entered
    fallen filled flagged found given gone grouped heard held here joined judged kept known listed made matched
    measured meant moved named numbered opened ordered paired past placed presented put ranked read referring
    reached refused released renewed repeated resolved said seen sent settled shown sorted split spoken spread
    standing stated taken there told tonight turned twice typed united unnested used wanted weighed written
    """.split()  # noqa: SIM905
)


def test_no_modules_import_each_other_in_a_circle():
    assert circle({name: imports_of(name) for name in modules()}) == []


def test_no_rooms_import_each_other_in_a_circle():
    graph: dict[str, set[str]] = {room: set() for room in ROOMS}
    for name in modules():
        room = name.partition(".")[0]
        graph[room] |= {other.partition(".")[0] for other in imports_of(name)} - {room}
    assert circle(graph) == []


def test_a_circle_would_be_seen():
    assert sorted(circle({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}})[1:]) == ["b", "c"]


def renamed_imports() -> Iterator[str]:
    for name, path in modules().items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import | ast.ImportFrom):
                base = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
                renamed = [a for a in node.names if a.asname and base + a.name in modules()]
                yield from (f"{name}: {base}{a.name} as {a.asname}" for a in renamed)


def test_no_caller_has_to_rename_a_module():
    assert len(found := list(renamed_imports())) <= RENAMED_IMPORTS, found


# ---------------------------------------------------------------- doorplates


def pointers(docstring: str) -> set[str]:
    """The names that a doorplate points at: what stands in backticks between parentheses."""
    enclosed = re.findall(r"\(([^()]*)\)", docstring)
    return {name for text in enclosed for name in re.findall(r"`([A-Za-z_][\w./]*)`", text)}


def leads_somewhere(name: str, module: str) -> bool:
    """Whether a name is a file or folder, a module (from the root, its room, or its own folder), or defined there."""
    path = modules()[module]
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    bases = ["", module.partition(".")[0], package, package.rpartition(".")[0]]
    if any((ROOT / base.replace(".", "/") / name).exists() for base in bases):
        return True
    for base in bases:
        whole = f"{base}.{name}".strip(".")
        owner, _, leaf = whole.rpartition(".")
        if whole in modules() or (owner in modules() and leaf in defined(owner)):
            return True
    return name in defined(module)


def defined(module: str) -> set[str]:
    tree = ast.parse(modules()[module].read_text(encoding="utf-8"))
    names = {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.ClassDef)}
    names |= {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    names |= {n.arg for n in ast.walk(tree) if isinstance(n, ast.arg)}
    return names | {a.asname or a.name for n in ast.walk(tree) if isinstance(n, ast.ImportFrom) for a in n.names}


def test_a_doorplate_points_at_what_is_there():
    found = [
        f"{module}: `{name}`"
        for module, path in modules().items()
        for name in sorted(pointers(ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""))
        if not leads_somewhere(name, module)
    ]
    assert len(found) <= NAMES_THAT_POINT_AT_NOTHING, found


def test_a_name_that_points_at_nothing_would_be_seen():
    assert pointers("Stays out: opening (`warehouse.nonesuch`), `this` is no pointer.") == {"warehouse.nonesuch"}
    assert not leads_somewhere("warehouse.nonesuch", "warehouse.errors")
    assert leads_somewhere("lake", "warehouse.errors")


# ---------------------------------------------------------------- size


def code_folders() -> Counter[Path]:
    """The folders of the product that hold code, each with its number of files."""
    paths = (path for path in tree(*CODE) if path.relative_to(ROOT).parts[0] in ROOMS)
    return Counter(p.parent for p in paths if not p.relative_to(ROOT).as_posix().startswith(DATA_FOLDERS))


def test_no_folder_grows_beyond_what_one_can_oversee():
    found = {f.relative_to(ROOT).as_posix(): n for f, n in code_folders().items() if n > FILES_A_FOLDER}
    assert not found


@pytest.mark.parametrize("path", MACROS, ids=lambda path: path.stem)
def test_a_macro_stays_short(path: Path):
    macros = re.findall(r"\{%-? macro (\w+).*?\{%-? endmacro", path.read_text(encoding="utf-8"), re.S)
    bodies = re.findall(r"\{%-? macro \w+.*?\{%-? endmacro", path.read_text(encoding="utf-8"), re.S)
    found = {name: body.count("\n") + 1 for name, body in zip(macros, bodies, strict=True)}
    assert {name: lines for name, lines in found.items() if lines > LINES_A_MACRO} == {}


def lines_of(paths: list[Path]) -> int:
    return sum(path.read_text(encoding="utf-8").count("\n") for path in paths)


def test_sql_is_models_rather_than_macros():
    models = [path for path in MODELS if "staging" not in path.parts]
    share = lines_of(MACROS) / (lines_of(MACROS) + lines_of(models))
    assert share <= MACRO_SHARE, f"{share:.1%} of the SQL outside staging are macros"


# ---------------------------------------------------------------- names


def test_a_step_of_a_query_is_named_by_its_rows():
    pattern = re.compile(r"^\s*(?:with |, ?)?([a-z_]+) as (?:materialized |not materialized )?\($", re.M)
    found = [
        f"{path.relative_to(ROOT).as_posix()}: {name}"
        for path in (*MACROS, *MODELS)
        for name in pattern.findall(path.read_text(encoding="utf-8"))
        if name in PARTICIPLES
    ]
    assert len(found) <= PARTICIPLE_CTES, found
