"""The tables of the fitness standard, read from CSV.

Lives here: the columns of each file, and how the wide table of scores becomes one record a cell.
Add here: another table.
Stays out: whether the tables contradict each other (`registry.rules.fitness`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from registry.documents import parse, read_csv
from registry.model import FitnessBmi, FitnessBonus, FitnessScore, FitnessWeight, Record

GRADES = tuple(str(grade) for grade in range(1, 13))
_SCORES = ("item", "sex", "score", *GRADES)
_OTHERS: Mapping[str, tuple[type[Record], tuple[str, ...]]] = {
    "bonus": (FitnessBonus, ("item", "sex", "grade_from", "grade_to", "bonus", "beyond")),
    "bmi": (FitnessBmi, ("sex", "grade", "normal_from", "normal_to", "obese_from")),
    "weights": (FitnessWeight, ("grade_from", "grade_to", "sex", "item", "percent")),
}
FILES = ("scores.csv", *(f"{name}.csv" for name in _OTHERS))


def read(own: Path, house: Path) -> dict[str, Any]:
    """The records of each table by its name: from the folder `own`, and where that lacks it from `house`.

    Raises RegisterError.
    """
    paths = {name: own / name if (own / name).is_file() else house / name for name in FILES}
    tables: dict[str, Any] = {"scores": tuple(_scores(paths["scores.csv"]))}
    for name, (kind, columns) in _OTHERS.items():
        shown = f"fitness/{name}.csv"
        rows = read_csv(paths[f"{name}.csv"], shown, columns)
        tables[name] = tuple(parse(kind, row, shown, f"line {n}") for n, row in enumerate(rows, start=2))
    return tables


def _scores(path: Path) -> Iterator[FitnessScore]:
    """A blank cell is a score that the grade does not have."""
    shown = "fitness/scores.csv"
    for row in read_csv(path, shown, _SCORES):
        for grade in (grade for grade in GRADES if row[grade]):
            raw = {name: row[name] for name in ("item", "sex", "score")} | {"grade": grade, "threshold": row[grade]}
            yield parse(FitnessScore, raw, shown, f"`{row['item']}`, score {row['score']}, grade {grade}")
