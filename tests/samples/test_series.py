"""The exam series of the sample city: three years of the same pupils, with those of whom growth must tell nothing."""

from __future__ import annotations

import statistics
from collections import Counter

from registry import Register
from registry.derived.growth_priors import growth_priors
from tests.samples.reading import City


def scores(city: City) -> dict[tuple[str, str, str], float]:
    """Marks by exam, subject and student."""
    told = city.truth("exam_scores")
    return {(s["exam_id"], s["subject_code"], s["student_number"]): float(s["score"]) for s in told if s["score"]}


def test_the_histories_are_those_of_the_marks_by_the_register_s_priors(usual: City, register: Register):
    marks = scores(usual)
    prior_of = {(p.exam, p.ordinal): p.prior for p in growth_priors(register.exams, 3)}
    told = usual.truth("exam_series")
    assert told
    for row in told:
        exam, subject, student = row["exam_id"], row["subject_code"], row["student_number"]
        assert (exam, subject, student) in marks
        priors = 0
        while (prior_of.get((exam, priors + 1)), subject, student) in marks:
            priors += 1
        repeats = (prior_of.get((exam, 0)), subject, student) in marks
        assert (priors, str(repeats).lower()) == (int(row["priors"]), row["repeats"])


def test_there_are_cohorts_of_every_size_of_history_and_pupils_without_one(usual: City):
    of = Counter((r["exam_id"], r["subject_code"], int(r["priors"])) for r in usual.truth("exam_series"))
    assert of["2025-2026-1-jc-g9", "14", 2] > 3 * of["2025-2026-1-jc-g9", "14", 0] > 0
    assert 0 < of["2025-2026-1-jc-g6", "14", 2] < of["2025-2026-1-jc-g6", "14", 1]
    assert 0 < of["2025-2026-1-jc-g8", "41", 1] < of["2025-2026-1-jc-g8", "14", 1] / 3
    assert not of["2025-2026-1-jc-g7", "14", 1]
    repeaters = [r for r in usual.truth("exam_series") if r["repeats"] == "true"]
    assert repeaters
    assert {r["priors"] for r in repeaters} == {"0"}


def test_everybody_fails_one_exam_and_no_other(usual: City):
    passed: dict[tuple[str, str], bool] = {}
    for (exam, subject, _), score in scores(usual).items():
        passed[exam, subject] = passed.get((exam, subject), False) or score >= 60
    assert [key for key, someone in passed.items() if not someone] == [("2025-2026-1-jc-g8", "41")]


def test_marks_last_from_year_to_year(usual: City):
    marks = scores(usual)
    now = {student: score for (exam, subject, student), score in marks.items() if (exam, subject) == LAST}
    then = {student: score for (exam, subject, student), score in marks.items() if (exam, subject) == FIRST}
    both = sorted(now.keys() & then.keys())
    assert statistics.correlation([now[p] for p in both], [then[p] for p in both]) > 0.5


LAST, FIRST = ("2025-2026-1-jc-g9", "14"), ("2024-2025-1-jc-g8", "14")
