"""A long table of scores as text -> figures, and of each row that cannot count the reason.

Lives here: what is a score, a year and a grade, and which rows are of one student, year and subject.
Stays out: which scores came before (`methods.growth.histories`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

COLUMNS = ("student_id", "year", "grade", "subject", "score")

NO_KEY = "no student or no subject"
NO_YEAR = "year is no whole number"
NO_GRADE = "grade is no whole number"
NO_SCORE = "no score"
TEXT_SCORE = "score is no number"
SEVERAL = "several rows of this student, year and subject"

_WHOLE = r"^-?\d{1,6}$"
_NUMBER = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?$"


@dataclass(frozen=True)
class ScoreRows:
    """The rows in their order; `why` is empty where a row counts, and only there the figures mean anything."""

    student: NDArray[np.int64]
    year: NDArray[np.int64]
    grade: NDArray[np.int64]
    subject: NDArray[np.int64]
    score: NDArray[np.float64]
    why: NDArray[np.object_]


def read(scores: pa.Table) -> ScoreRows:
    """Read a table of COLUMNS, each of any type that has a text.

    Of several rows of one student, year and subject none counts: nobody knows which is right.
    """
    texts = {name: pc.utf8_trim_whitespace(scores[name].cast(pa.string())).combine_chunks() for name in COLUMNS}
    is_blank = {name: _flags(pc.equal(pc.fill_null(text, ""), "")) for name, text in texts.items()}
    is_whole = {name: _matches(texts[name], _WHOLE) for name in ("year", "grade")}
    is_number = _matches(texts["score"], _NUMBER)
    student, subject = _codes(texts["student_id"]), _codes(texts["subject"])
    year, grade = (_figures(texts[n], is_whole[n]).astype(np.int64) for n in ("year", "grade"))
    reasons = (
        (is_blank["student_id"] | is_blank["subject"], NO_KEY),
        (~is_whole["year"], NO_YEAR),
        (_stand_several_times(student, subject, year), SEVERAL),
        (~is_whole["grade"], NO_GRADE),
        (is_blank["score"], NO_SCORE),
        (~is_number, TEXT_SCORE),
    )
    why = np.full(len(student), "", object)
    for applies, reason in reversed(reasons):
        why[applies] = reason
    return ScoreRows(student, year, grade, subject, _figures(texts["score"], is_number), why)


def _flags(values: pa.Array) -> NDArray[np.bool_]:
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=bool)


def _matches(texts: pa.Array, pattern: str) -> NDArray[np.bool_]:
    return _flags(pc.fill_null(pc.match_substring_regex(texts, pattern), fill_value=False))


def _figures(texts: pa.Array, is_figure: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.asarray(pc.if_else(pa.array(is_figure), texts, "0").cast(pa.float64()).to_numpy(zero_copy_only=False))


def _codes(texts: pa.Array) -> NDArray[np.int64]:
    """A number for each text, the same for equal ones."""
    return np.asarray(
        pc.fill_null(texts, "").dictionary_encode().indices.to_numpy(zero_copy_only=False), dtype=np.int64
    )


def _stand_several_times(*keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    _, row, times = np.unique(np.column_stack(keys), axis=0, return_inverse=True, return_counts=True)
    return np.asarray(times[row.reshape(-1)] > 1)
