"""Cells that are not plain text: each becomes its value or a listed problem with its place, none is blank in silence."""

import pytest

from ingest.readers import delimited
from ingest.reading import read_files
from tests.ingest.makers import STUDENTS, Desk, csv_text, grid, id_number, students

EXPORT = "student_registry/students/2132990001.csv"


def as_formula(rows: list[list[str]], columns: slice, *, quoted: bool) -> str:
    """Csv with cells written as formulas of a text, in both forms that exports have: ="007" and \"=\"\"007\"\"\"."""
    if quoted:
        return csv_text([[f'="{c}"' if n in range(*columns.indices(99)) else c for n, c in enumerate(r)] for r in rows])
    return "".join(
        ",".join(f'="{c}"' if n in range(*columns.indices(99)) else c for n, c in enumerate(r)) + "\r\n" for r in rows
    )


@pytest.fixture(params=["small", "large"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Every text twice: as a small file, and in the way that large ones are read."""
    if request.param == "large":
        monkeypatch.setattr(read_files, "LARGE_FROM_BYTES", {"text": 0, "json": 0})
    return str(request.param)


@pytest.mark.parametrize("quoted", [True, False])
@pytest.mark.parametrize("columns", [slice(9, 10), slice(0, 99), slice(4, 6)])
@pytest.mark.usefixtures("size")
def test_a_formula_of_a_text_is_its_text(desk: Desk, columns: slice, quoted: bool):
    desk.put(EXPORT, as_formula(grid(students(3)), columns, quoted=quoted).encode())
    (found,) = desk.read().values()
    assert found[:4] == ("loaded", 3, 3, 0)
    assert desk.left(STUDENTS, "student_number") == sorted((f"G{id_number(n)}",) for n in range(3))


@pytest.mark.parametrize(("cell", "text"), [
    ('="007"', "007"), ('=""', ""), ('="a""b"', 'a"b'), ('="007" ', "007"), ('="a"&"b"', '="a"&"b"'), ("=1+1", "=1+1"),
    ('="', '="'), ('="a', '="a'),
])  # fmt: skip
def test_only_a_formula_of_one_text_is_taken_for_it(cell: str, text: str):
    assert delimited.text_of_cell(cell) == text
