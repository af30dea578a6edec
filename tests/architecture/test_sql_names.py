"""A name inside SQL is never one that a bureau may give to a column: DuckDB takes the column, and says nothing."""

import ast
import re
from pathlib import Path

from tests import wheel
from tests.architecture.conftest import ROOT, tree

# parameters of a macro of the database are bound before the columns of a query are looked for
MACRO = re.compile(r"create (?:or replace )?macro.*?(?:;\n|\Z)", re.S)


def parameters(sql: str) -> list[str]:
    """The parameters of the lambdas of some SQL."""
    found = re.findall(r"\blambda (\w+(?:, \w+)*):", MACRO.sub("", sql))
    return [name for names in found for name in names.split(", ")]


def texts(path: Path) -> list[str]:
    """The SQL of a file; of Python, its texts."""
    content = path.read_text(encoding="utf-8")
    if path.suffix == ".sql":
        return [content]
    return [n.value for n in ast.walk(ast.parse(content)) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def test_a_lambda_s_parameter_has_no_name_that_a_column_may_have():
    paths = [path for path in tree(".sql", ".py") if path.relative_to(ROOT).parts[0] in wheel.ROOMS]
    found = [f"{path.relative_to(ROOT)}: {name}" for path in paths for text in texts(path) for name in parameters(text)]
    assert len(found) > 10
    assert [name for name in found if not name.rpartition(" ")[2].startswith("_")] == []


def test_a_parameter_that_a_column_would_shadow_is_seen():
    macro = "create macro f(v) as (list_f(lambda y: y));\n"
    assert parameters(f"select list_filter(a, lambda x, i: x > 1), b\n{macro}") == ["x", "i"]
