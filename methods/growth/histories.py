"""Which scores came before a score: of the same student and subject, each a year and a grade below the next.

Stays out: what a row needs to count (`methods.growth.score_rows`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from methods.growth.score_rows import ScoreRows

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Cohort:
    """The rows of one subject, year and grade that count, and their `priors`: rows x orders, newest first.

    A prior is NaN where there is none; after the first that lacks none is asked for.
    """

    subject: int
    year: int
    grade: int
    rows: Rows
    scores: Floats
    priors: Floats

    @property
    def orders(self) -> NDArray[np.int64]:
        """How many priors each row has."""
        return np.asarray(np.sum(~np.isnan(self.priors), axis=1))


class Histories:
    """The rows that count, by subject, year and grade."""

    def __init__(self, rows: ScoreRows) -> None:
        self._rows = rows
        counts = np.flatnonzero(rows.why == "")
        keys = np.column_stack([rows.subject, rows.year, rows.grade])[counts]
        order = np.lexsort(np.column_stack([rows.student[counts], keys[:, ::-1]]).T)
        counts, keys = counts[order], keys[order]
        starts = np.flatnonzero(np.any(np.diff(keys, axis=0, prepend=keys[:1] - 1) != 0, axis=1))
        self._exams = {
            tuple(int(part) for part in keys[start]): rows_of
            for start, rows_of in zip(starts, np.split(counts, starts[1:]), strict=False)  # of no row, no start
        }

    def cohorts(self, most_orders: int) -> Iterator[Cohort]:
        """Every subject, year and grade, in their order."""
        for (subject, year, grade), rows in sorted(self._exams.items()):
            scores = self._rows.score[rows]
            yield Cohort(subject, year, grade, rows, scores, self._priors(subject, year, grade, rows, most_orders))

    def scores(self, subject: int, year: int, grade: int) -> Floats:
        """All scores of one exam that count."""
        rows = self._exams.get((subject, year, grade))
        return np.empty(0) if rows is None else self._rows.score[rows]

    def is_repeated(self, cohort: Cohort) -> NDArray[np.bool_]:
        """Of each row of a cohort, whether the student has a score of the same grade in the year before."""
        before = self._exams.get((cohort.subject, cohort.year - 1, cohort.grade), np.empty(0, np.intp))
        return np.isin(self._rows.student[cohort.rows], self._rows.student[before])

    def _priors(self, subject: int, year: int, grade: int, rows: Rows, most_orders: int) -> Floats:
        students = self._rows.student[rows]
        priors = np.full((len(rows), most_orders), np.nan)
        has_all = np.ones(len(rows), bool)
        for order in range(1, most_orders + 1):
            before = self._exams.get((subject, year - order, grade - order))
            if before is None:
                break
            known = self._rows.student[before]
            places = np.minimum(np.searchsorted(known, students), len(known) - 1)
            has_all &= known[places] == students
            priors[has_all, order - 1] = self._rows.score[before][places[has_all]]
        return priors
