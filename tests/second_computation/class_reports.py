"""The learning report of a class (学情报告): 'level, spread, growth, weak points, homework' of a subject in a term.

Lives here: `class_learning_report`.
Stays out: a mark, a growth percentile (`growth`), a day of homework (`homework`), items (`weak_points`).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from functools import cache

from tests.second_computation import growth, homework, numbers, register, rosters, weak_points, weeks
from tests.second_computation.events import Events
from tests.second_computation.weak_points import NONE, Class, Report, places, students_min, term_of


@dataclass(frozen=True)
class Mark:
    """A mark that counts, with its place in the cohort."""

    exam: str
    student: str
    score: Decimal
    z_score: Decimal | None
    band: str
    growth: int | None


@dataclass
class Homework:
    """The days of a class in a term, and its written minutes on those that are measured."""

    days: int = 0
    measured: list[date] = field(default_factory=list)
    student_days: int = 0
    minutes: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    platforms: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))


@cache
def _marks(events: Events) -> dict[Report, list[Mark]]:
    found: dict[Report, list[Mark]] = defaultdict(list)
    for (exam, subject), standing in growth.standings(events).items():
        term = term_of(register.exams()[exam]["held_on"])
        percentiles = growth.growth_percentiles(events, exam, subject)
        for student, score in standing.scores.items():
            band = register.band(numbers.half_up(standing.ranks[student]) or Decimal(0))
            mark = Mark(exam, student, score, standing.z_score(student), band, percentiles.get(student))
            found[(*places(events, "exams/results")[student, exam], subject, term)].append(mark)
    return found


def _exams_of(events: Events, subject: str, term: str, grade: str | None) -> list[str]:
    """'Exams of the term, grade and subject of which anybody in the city has a mark', the last at the end."""
    told = {exam: register.exams()[exam] for exam, of in growth.standings(events) if of == subject}
    of_grade = [e for e, d in told.items() if str(d["grade"]) == grade and term_of(d["held_on"]) == term]
    return sorted(of_grade, key=lambda e: (told[e]["held_on"], e))


@cache
def _expected(events: Events) -> dict[Report, str]:
    """The grade of each class that is expected: one of the exam's grade on its day, in the school year of the first
    night or later.
    """
    found: dict[Report, str] = {}
    for exam, subject in growth.standings(events):
        declared = register.exams()[exam]
        day, grade = declared["held_on"], str(declared["grade"])
        if register.school_year(day) < register.school_year(events.nights[0]):
            continue
        for school, klass in _classes_on(events, day):
            if klass != NONE and _grade_on(events, (school, klass), day) == grade:
                found[school, klass, subject, term_of(day)] = grade
    return found


def _classes_on(events: Events, day: date) -> set[Class]:
    return set(weeks.at_school(events, day)) | set(rosters.classes(events))


def _grade_on(events: Events, klass: Class, day: date) -> str | None:
    """That of the list, else the lowest of its students."""
    listed = rosters.classes(events).get(klass)
    if listed and listed.grade:
        return listed.grade
    _, _, grade = weeks.at_school(events, day).get(klass, (set(), set(), None))
    return grade


@cache
def _homework(events: Events) -> tuple[dict[tuple[Class, str], Homework], dict[Report, str | None]]:
    """By class and term, and the reports of which homework was told, with the grade of the class."""
    of_term: dict[tuple[Class, str], Homework] = defaultdict(Homework)
    told: dict[Report, str | None] = {}
    for day in homework.class_days(events):
        klass, term = (day.klass.school_code, day.klass.class_code), term_of(day.day)
        if register.day_type(day.day) != "school_day":
            continue
        for record in (r for s in day.students for r in s.records if r.written):
            told[(*klass, record.subject or NONE, term)] = day.klass.grade
        some = of_term[klass, term]
        some.days += 1
        if not day.platforms_missing and _is_observed(len(day.measured), day.enrolled):
            some.measured.append(day.day)
            some.student_days += len(day.measured)
            for student in day.measured:
                _add(some, student)
    return of_term, told


def _add(some: Homework, student: homework.StudentDay) -> None:
    for record in student.records:
        if record.written:
            subject = record.subject or NONE
            some.minutes[subject] += record.minutes or 0
            some.platforms[subject] |= set(homework.PLATFORMS) if record in student.shared else {record.platform}


def _is_observed(seen: int, enrolled: int) -> bool:
    return bool(seen) and seen >= register.bureau("observed_share_min") * enrolled


def class_learning_report(events: Events) -> list[dict[str, object]]:
    """One row per class, subject and term."""
    _, told = _homework(events)
    keys = {*_expected(events), *_marks(events), *weak_points.reports(events), *told}
    return [_row(events, key) for key in keys]


def _row(events: Events, key: Report) -> dict[str, object]:
    school, klass, subject, term = key
    marks = _marks(events).get(key, [])
    grade = _grade(events, key)
    held = _exams_of(events, subject, term, grade) if key in _expected(events) else []
    enrolled = _enrolled(events, (school, klass), held)
    return {
        "school_code": school,
        "grade": grade,
        "class_code": klass,
        "subject": subject,
        "term": term,
        "students_enrolled": enrolled,
        "exams_expected": len(held),
        **_level(marks, subject, enrolled),
        **_growth(marks),
        **weak_points.cells_of(events, key),
        **_load(events, key),
    }


def _grade(events: Events, key: Report) -> str | None:
    """'Grade of the class expected in the exam, else of the exam, else of the class that has the homework.'"""
    if key in _expected(events):
        return _expected(events)[key]
    exams = {m.exam for m in _marks(events).get(key, [])} | {s.exam for s in weak_points.reports(events).get(key, [])}
    grades = {str(register.exams()[exam]["grade"]) for exam in exams}
    return min(grades) if grades else _homework(events)[1].get(key)


def _enrolled(events: Events, klass: Class, held: list[str]) -> int | None:
    if not held:
        return None
    here, _, _ = weeks.at_school(events, register.exams()[held[-1]]["held_on"]).get(klass, (set(), set(), None))
    return len(here)


def _level(marks: list[Mark], subject: str, enrolled: int | None) -> dict[str, object]:
    """Level and spread, 'of too few nothing'."""
    students = {m.student for m in marks}
    reason = None
    if not marks:
        reason = "no_marks"
    elif len(students) < students_min():
        reason = "few_students"
    elif enrolled and not _is_observed(len(students), enrolled):
        reason = "few_of_class"
    judged = [] if reason else marks
    z_scores = [m.z_score for m in judged if m.z_score is not None]
    full_marks = [(register.exams()[m.exam].get("full_marks") or {}).get(subject) for m in judged]
    full = None if None in full_marks else sum((Fraction(str(f)) for f in full_marks), Fraction(0))
    words = [band["name"] for band in register.document("business_words.yml")["bands"]]
    counts = [(word, sum(m.band == word for m in judged)) for word in words]
    exams = sorted({m.exam for m in marks})
    return {
        "exam_ids": ",".join(exams) or None,
        "students_marked": len(students),
        "marks": len(marks),
        "z_mean": numbers.half_up(numbers.mean(z_scores)),
        "z_deviation": numbers.half_up(_deviation(z_scores)),
        "score_rate": numbers.share(sum((m.score for m in judged), Decimal(0)), full) if full else None,
        "band_counts": ",".join(f"{word} {count}" for word, count in counts) if judged else None,
        "level_reason": reason,
        "exam_sources": "exams/results" if marks else None,
        "exams_as_of": max((register.exams()[exam]["held_on"] for exam in exams), default=None),
    }


def _deviation(z_scores: list[Decimal]) -> Fraction | None:
    """Of a population."""
    mean = numbers.mean(z_scores)
    if mean is None:
        return None
    variance = sum(((Fraction(z) - mean) ** 2 for z in z_scores), Fraction(0)) / len(z_scores)
    with localcontext() as context:
        context.prec = 40
        return Fraction((Decimal(variance.numerator) / Decimal(variance.denominator)).sqrt())


def _growth(marks: list[Mark]) -> dict[str, object]:
    """Of 'the last exam of the term in which anybody of the class has a growth percentile'."""
    told = [m for m in marks if m.growth is not None]
    last = max((m.exam for m in told), key=lambda exam: (register.exams()[exam]["held_on"], exam), default=None)
    here = [Decimal(m.growth) for m in told if m.exam == last and m.growth is not None]
    reason = "no_growth" if not here else "few_students" if len(here) < students_min() else None
    return {
        "growth_exam_id": last,
        "growth_students": len(here),
        "growth_median": None if reason else numbers.half_up(numbers.median(here), Decimal("0.1")),
        "growth_methods": "conditional_percentile" if here and not reason else None,
        "growth_reason": reason,
    }


def _load(events: Events, key: Report) -> dict[str, object]:
    school, klass, subject, term = key
    some = _homework(events)[0].get(((school, klass), term), Homework())
    mean = Fraction(some.minutes[subject]) / some.student_days if some.student_days else None
    return {
        "homework_days_expected": some.days,
        "homework_days": len(some.measured),
        "homework_student_days": some.student_days or None,
        "homework_minutes": numbers.half_up(mean, Decimal("0.01")),
        "homework_reason": "not_delivered" if not some.days else None if some.measured else "not_measured",
        "homework_sources": ",".join(sorted(some.platforms[subject])) or None,
        "homework_as_of": max(some.measured, default=None),
    }
