"""Trend of quality: 'where the pupils of a school or area stand in the city in exams of a series', from year to year.

Lives here: `quality_trend`.
Stays out: a mark's place in its cohort (`growth`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

from tests.second_computation import growth, numbers, register, rosters
from tests.second_computation.events import Events
from tests.second_computation.weak_points import NONE, places

_95_PERCENT = Fraction("1.959964")
_CHANGES = ("z_mean_change", "change_from", "change_to")
_AUTUMN = (9, 10, 11, 12, 1)
_Key = tuple[str, str, str]  # organisation, exam, subject


@dataclass
class Group:
    """The pupils of an organisation in an exam and subject."""

    level: str
    z_scores: list[Decimal | None] = field(default_factory=list)
    marks: list[Decimal] = field(default_factory=list)
    percentiles: list[Decimal] = field(default_factory=list)

    @property
    def reason(self) -> str | None:
        if len(self.marks) < register.bureau("group_students_min"):
            return "few_students"
        return "equal_scores" if None in self.z_scores else None

    @property
    def z_mean(self) -> Fraction | None:
        return None if self.reason else numbers.mean([z for z in self.z_scores if z is not None])

    @property
    def standard_error(self) -> Fraction | None:
        """'The sample deviation (n - 1) of the pupils' z over the root of n.'"""
        mean = self.z_mean
        if mean is None:
            return None
        squares = sum(((Fraction(z) - mean) ** 2 for z in self.z_scores if z is not None), Fraction(0))
        return root(squares / (len(self.marks) - 1) / len(self.marks))


def root(number: Fraction) -> Fraction:
    with localcontext() as context:
        context.prec = 40
        return Fraction((Decimal(number.numerator) / Decimal(number.denominator)).sqrt())


@cache
def _groups(events: Events) -> dict[_Key, Group]:
    """'Rows whose school is told are counted, a school in its district and city of today.'"""
    found: dict[_Key, Group] = {}
    for (exam, subject), standing in growth.standings(events).items():
        if "series" not in register.exams()[exam]:
            continue
        percentiles = growth.growth_percentiles(events, exam, subject)
        for student, score in standing.scores.items():
            school, _ = places(events, "exams/results")[student, exam]
            for code, level in rosters.organisations_above(events, school) if school != NONE else ():
                group = found.setdefault((code, exam, subject), Group(level))
                group.marks.append(score)
                group.z_scores.append(standing.z_score(student))
                group.percentiles += [Decimal(percentiles[student])] if student in percentiles else []
    return found


def _before(exam: str, subject: str) -> str | None:
    """'Exam of the series, grade and season in the school year before, if it has the subject.'"""
    of = register.exams()[exam]
    return next(
        (
            name
            for name, other in register.exams().items()
            if (other.get("series"), other["grade"], _season(other)) == (of["series"], of["grade"], _season(of))
            and _year(other) == _year(of) - 1
            and subject in other["subjects"]
        ),
        None,
    )


def _season(exam: dict[str, date]) -> str:
    return "autumn" if exam["held_on"].month in _AUTUMN else "spring"


def _year(exam: dict[str, date]) -> int:
    return int(register.school_year(exam["held_on"])[:4])


def quality_trend(events: Events) -> list[dict[str, object]]:
    """One row per series, organisation, grade, subject and school year."""
    return [_row(events, key, group) for key, group in _groups(events).items()]


def _row(events: Events, key: _Key, group: Group) -> dict[str, object]:
    organisation, exam, subject = key
    declared, enough = register.exams()[exam], len(group.percentiles) >= register.bureau("group_students_min")
    bands = register.document("bureau.yml")["quality_bands"]
    mean = numbers.half_up(group.z_mean)
    return {
        "organisation_code": organisation,
        "level": group.level,
        "series": declared["series"],
        "grade": str(declared["grade"]),
        "subject": subject,
        "school_year": register.school_year(declared["held_on"]),
        "season": _season(declared),
        "exam_id": exam,
        "students": len(group.marks),
        "z_mean": mean,
        "z_standard_error": numbers.half_up(group.standard_error),
        "band": None if mean is None else next(b["name"] for b in bands if mean >= Decimal(str(b["from"]))),
        "reason": group.reason,
        "mark_mean": numbers.half_up(_mark_mean(exam, group)),
        "growth_students": len(group.percentiles),
        "growth_percentile_median": numbers.median(group.percentiles) if enough else None,
        "growth_methods": "conditional_percentile" if group.percentiles else None,
        **_change(events, key, group),
    }


def _mark_mean(exam: str, group: Group) -> Fraction | None:
    """'Only of an exam that the register calls equated, and of enough pupils.'"""
    is_given = register.exams()[exam].get("equated") and group.reason != "few_students"
    return numbers.mean(group.marks) if is_given else None


def _change(events: Events, key: _Key, group: Group) -> dict[str, object]:
    organisation, exam, subject = key
    previous = _before(exam, subject)
    before = _groups(events).get((organisation, previous, subject)) if previous else None
    told: dict[str, object] = dict.fromkeys((*_CHANGES, "trend", "mark_mean_change"))
    then_reason = before.reason if before else "few_students" if previous else "no_exam_before"
    told["why_no_change"] = group.reason or then_reason
    if before and group.z_mean is not None and before.z_mean is not None:
        change = group.z_mean - before.z_mean
        half = _95_PERCENT * root((group.standard_error or 0) ** 2 + (before.standard_error or Fraction(0)) ** 2)
        low, high = change - half, change + half
        trend = "rising" if low > 0 else "falling" if high < 0 else None
        told |= {name: numbers.half_up(value) for name, value in zip(_CHANGES, (change, low, high), strict=True)}
        told["trend"] = trend
    if before and previous and register.exams()[exam].get("equated") == register.exams()[previous].get("equated"):
        now, then = _mark_mean(exam, group), _mark_mean(previous, before)
        told["mark_mean_change"] = None if now is None or then is None else numbers.half_up(now - then)
    return {"previous_exam_id": previous, **told}
