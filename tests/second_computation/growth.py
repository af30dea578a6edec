"""Growth measures of marks (F§7).

Lives here: `student_growth`.
Add here: another measure of a cohort.
Stays out: which cell is a mark and which an absence, but that only a number is one.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

from tests.second_computation import cells, numbers, pseudonyms, register, rosters
from tests.second_computation.events import Events

Cohort = dict[str, Decimal]  # score by student


@cache
def classes_at(events: Events) -> dict[tuple[str, str], str | None]:
    """By exam and student: 'the class under which the exam system has the pupil' (exam_result.class)."""
    return {
        (part.split("/")[0], str(cells.identifier(row["student_number"]))): cells.identifier(row["class_code"])
        for part, delivery in events.current("exams/results").items()
        for row in delivery.rows
    }


@cache
def cohorts(events: Events) -> dict[tuple[str, str], Cohort]:
    """By exam and subject: 'a growth cohort is exam, grade and subject'; '缺考, `-`, blank must not become 0'."""
    marks: dict[tuple[str, str], Cohort] = defaultdict(dict)
    known = rosters.seats(events, events.last)
    for part, delivery in events.current("exams/results").items():
        exam = part.split("/")[0]
        for row in delivery.rows:
            student = str(cells.identifier(row["student_number"]))
            for name, cell in row.items():
                subject = cells.code("subject", name.removesuffix("_得分")) if name.endswith("_得分") else None
                score = cells.decimal(cell)
                if subject in register.exams()[exam]["subjects"] and score is not None and student in known:
                    marks[exam, str(subject)][student] = score
    return dict(marks)


def percentile_rank(score: Decimal, scores: list[Decimal]) -> Fraction:
    """'百分等级: 100 (n_below + 0.5 n_equal)/n'."""
    below, equal = sum(s < score for s in scores), sum(s == score for s in scores)
    return 100 * (below + Fraction(equal, 2)) / len(scores)


@dataclass(frozen=True)
class Standing:
    """Mean and spread of a cohort, and the percentile rank of each student."""

    scores: Cohort
    ranks: dict[str, Fraction]
    mean: Fraction
    variance: Fraction

    def z_score(self, student: str) -> Decimal | None:
        """'(x−μ)/σ, population σ of the cohort; σ=0 → null'."""
        if not self.variance:
            return None
        with localcontext() as context:
            context.prec = 50
            distance = Fraction(self.scores[student]) - self.mean
            spread = (Decimal(self.variance.numerator) / Decimal(self.variance.denominator)).sqrt()
            z = Decimal(distance.numerator) / Decimal(distance.denominator) / spread
        return numbers.half_up(z)


@cache
def standings(events: Events) -> dict[tuple[str, str], Standing]:
    result = {}
    for key, cohort in cohorts(events).items():
        scores = list(cohort.values())
        rank_of = {score: percentile_rank(score, scores) for score in set(scores)}
        mean = Fraction(sum(scores)) / len(scores)
        variance = sum((Fraction(s) - mean) ** 2 for s in scores) / len(scores)
        result[key] = Standing(cohort, {s: rank_of[x] for s, x in cohort.items()}, mean, Fraction(variance))
    return result


def series_exam(exam: str, years: int, grades: int) -> str | None:
    """The exam of the same series so many years before and grades below."""
    of = register.exams()[exam]
    return next(
        (
            name
            for name, other in register.exams().items()
            if "series" in of and other.get("series") == of["series"] and other["grade"] == of["grade"] - grades
            and int(register.school_year(other["held_on"])[:4]) == int(register.school_year(of["held_on"])[:4]) - years
        ),
        None,
    )  # fmt: skip


def ranks_of(events: Events, exam: str | None, subject: str) -> dict[str, Fraction]:
    """The ranks of an exam by student; none where there is no such exam or subject."""
    standing = standings(events).get((exam, subject)) if exam else None
    return standing.ranks if standing else {}


def previous_ranks(events: Events, exam: str, subject: str) -> dict[str, Fraction]:
    """'Priors are exams of one declared series': the ranks in the exam before, by student."""
    return ranks_of(events, register.exams()[exam].get("previous"), subject)


def prior_ranks(events: Events, exam: str, subject: str) -> dict[str, Fraction]:
    """Those of the exam of its series a year before and a grade below; of no series, of the exam before."""
    prior = series_exam(exam, 1, 1)
    return ranks_of(events, prior, subject) if prior else previous_ranks(events, exam, subject)


def why_none(events: Events, exam: str, subject: str, student: str) -> str | None:
    """Why an exam of a series gives a student no growth: no prior, a repeated grade, too few of one start."""
    if series_exam(exam, 1, 1) is None:
        return None
    if student in prior_ranks(events, exam, subject):
        return "few_students"
    repeats = student in ranks_of(events, series_exam(exam, 1, 0), subject)
    return "repeated_grade" if repeats else "no_prior"


def growth_percentiles(events: Events, exam: str, subject: str) -> dict[str, int]:
    """'Decile of the prior's mid-rank, then mid-rank within it'; 'of fewer than `growth_students_min` students of one
    start there is no growth percentile'; held to 1…99 like an SGP.
    """
    scores, priors = standings(events)[exam, subject].scores, prior_ranks(events, exam, subject)
    # a series gives regressions from so many students on: no cohort of this city has them
    assert len(scores) < register.document("bureau.yml")["growth_minima"][0] or series_exam(exam, 1, 1) is None
    tenths: dict[int, Cohort] = defaultdict(dict)
    for student, score in scores.items():
        if student in priors:
            tenths[min(int(priors[student] // 10), 9)][student] = score
    percentiles = {}
    for peers in tenths.values():
        if len(peers) >= register.bureau("growth_students_min"):
            for student, score in peers.items():
                rank = numbers.half_up(percentile_rank(score, list(peers.values())), Decimal(1))
                percentiles[student] = min(max(int(rank or 0), 1), 99)
    return percentiles


def student_growth(events: Events) -> list[dict[str, object]]:
    """One row per student, exam and subject."""
    rows: list[dict[str, object]] = []
    for (exam, subject), standing in standings(events).items():
        priors, growth = previous_ranks(events, exam, subject), growth_percentiles(events, exam, subject)
        held_on: date = register.exams()[exam]["held_on"]
        seats = rosters.seats_on(events, held_on)
        for student, score in standing.scores.items():
            z, rank = standing.z_score(student), numbers.half_up(standing.ranks[student])
            previous, seat = numbers.half_up(priors.get(student)), seats.get(student)
            rows.append(
                {
                    "student_key": pseudonyms.student_key(events, student),
                    "exam_id": exam,
                    "subject": subject,
                    "school_code": seat.school_code if seat else None,
                    "class_code": classes_at(events)[exam, student],
                    "grade": str(register.exams()[exam]["grade"]),
                    "held_on": held_on,
                    "cohort_size": len(standing.scores),
                    "score": score,
                    "z_score": z,
                    "t_score": None if z is None else 50 + 10 * z,
                    "percentile_rank": rank,
                    "previous_percentile_rank": previous,
                    "percentile_change": None if previous is None or rank is None else rank - previous,
                    "growth_percentile": growth.get(student),
                    "prior_count": 1 if student in growth else None,
                    "growth_method": "conditional_percentile" if student in growth else None,
                    "why_no_growth": None if student in growth else why_none(events, exam, subject, student),
                    "band": register.band(rank or Decimal(0)),
                }
            )
    return rows
