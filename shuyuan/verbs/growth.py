"""`shuyuan growth`: growth percentiles of a file of scores, without a lake or a register.

Stays out: the method (`methods.growth`), reading and writing the file (`score_files`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shuyuan.progress import clock

_ADDED = ("growth_percentile", "prior_count", "growth_method", "why_none")


def growth(
    scores: Annotated[
        Path,
        typer.Argument(
            metavar="SCORES.csv",
            exists=True,
            dir_okay=False,
            readable=True,
            help="A row per student, year and subject, in UTF-8, with the columns student_id, year, grade, subject, "
            "score; others are kept.",
        ),
    ],
    output: Annotated[
        Path, typer.Option(metavar="OUT.csv", dir_okay=False, help="The file to write; one that is there is replaced.")
    ],
    minima: Annotated[
        str,
        typer.Option(
            metavar="N,N,...",
            help="How many students of a subject, year and grade must have 1, 2, 3 priors for growth from as many.",
        ),
    ] = "300,600,1000",
    alike: Annotated[
        int,
        typer.Option(min=2, help="How many must have begun in the same tenth for a conditional percentile."),
    ] = 10,
) -> None:
    """Write growth percentiles beside the scores of a file: where a student stands, 1 to 99, among those who came
    from the same scores.

    Every row of the file is a row of the output, in its order, with growth_percentile, prior_count (of how many
    earlier scores it is made), growth_method, and, where there is none, why_none.

    Priors are the student's scores of the same subject one grade lower in each year before. A skipped year or grade
    ends them: of a score without one in the year before there is no percentile. Who repeats a grade has none in that
    year, and afterwards those since.

    student_growth_percentile: the score is above so many of the regression quantiles 0.005, 0.015 ... 0.995 of the
    students with as many priors, by cubic B-splines of these; the highest number of priors with enough students
    (--minima) is taken. conditional_percentile: below the first of the minima, the rank among those who stood in the
    same tenth of the exam before, if they are enough (--alike).

    Rows that count nowhere, neither for themselves nor as a prior: several of one student, year and subject; a score
    that is blank or no number; a year or grade that is no whole number. Of an exam in which all scores are equal
    there is none; a prior that is equal for all students is left out, and those before it.

    Equal scores with equal priors, as many, have equal percentiles; with equal priors a higher score never has a
    lower one.
    """
    from methods.growth import percentiles, score_rows
    from shuyuan import score_files

    least = _minima(minima)
    if output.resolve() == scores.resolve():
        raise typer.BadParameter("The output would overwrite the scores: name another file.", param_hint="--output")
    table = score_files.read(scores, score_rows.COLUMNS, _ADDED)
    with clock("Comparing each score with those who began alike"):
        found = percentiles.growth(table, least, alike)
    score_files.write(output, table, found.columns())
    typer.echo(f"{table.num_rows:,} rows are in {output}:")
    for what, count in sorted(found.counts().items()):
        typer.echo(f"{count:>12,}  {what}")


def _minima(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isdecimal() and int(part) >= 2 for part in parts):
        raise typer.BadParameter("Give whole numbers from 2 on, parted by commas.", param_hint="--minima")
    return [int(part) for part in parts]
