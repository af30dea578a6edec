"""Weak points of a class: knowledge points in which it has less than the city.

Lives here: the reports of which item scores tell, and the columns of `class_learning_report` that are made of them.
Stays out: the other columns (`class_reports`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cache

from tests.second_computation import cells, items, numbers, register
from tests.second_computation.events import Events
from tests.second_computation.items import ItemScore

NONE = "-"
Class = tuple[str, str]  # school and class
Report = tuple[str, str, str, str]  # school, class, subject, term


def students_min() -> int:
    return int(register.document("bureau.yml")["class_report"]["students_min"])


def term_of(day: date) -> str:
    """'A term lasts until the next begins.'"""
    begun = [t for t in register.document("calendar.yml")["terms"] if t["first_day"] <= day]
    return str(max(begun, key=lambda t: t["first_day"])["id"]) if begun else NONE


@cache
def places(events: Events, feed: str) -> dict[tuple[str, str], Class]:
    """By student and exam (of items, exam and subject) the class 'as the exam system has it', `-` of several."""
    told: dict[tuple[str, str], set[tuple[str, str | None]]] = defaultdict(set)
    for part, delivery in events.current(feed).items():
        of, _, school = part.rpartition("/")
        for row in delivery.rows:
            told[str(cells.identifier(row["student_number"])), of].add(
                (school, cells.identifier(row.get("class_code")))
            )
    return {key: (_one(s for s, _ in some), _one(k for _, k in some)) for key, some in told.items()}


def _one(values: Iterable[str | None]) -> str:
    several = set(values)
    return (several.pop() if len(several) == 1 else None) or NONE


@cache
def reports(events: Events) -> dict[Report, list[ItemScore]]:
    found: dict[Report, list[ItemScore]] = defaultdict(list)
    for score in items.item_scores(events):
        place = places(events, items.ITEMS)[score.student, f"{score.exam}/{score.subject}"]
        found[(*place, score.subject, term_of(register.exams()[score.exam]["held_on"]))].append(score)
    return found


@cache
def _city(events: Events) -> dict[tuple[str, str, str], tuple[Fraction, set[Class]]]:
    """The share of all classes in a point of an exam and subject, and the classes."""
    found: dict[tuple[str, str, str], list[tuple[Decimal, Decimal, Class]]] = defaultdict(list)
    for key, scores in reports(events).items():
        for s in scores:
            if s.point and s.full_mark:
                found[s.exam, s.subject, s.point].append((s.score, s.full_mark, key[:2]))
    return {
        key: (Fraction(sum(x for x, _, _ in some)) / Fraction(sum(f for _, f, _ in some)), {k for _, _, k in some})
        for key, some in found.items()
    }


def cells_of(events: Events, key: Report) -> dict[str, object]:
    scores = reports(events).get(key, [])
    points: dict[str, list[ItemScore]] = defaultdict(list)
    for score in scores:
        if score.point and score.full_mark:
            points[score.point].append(score)
    enough = {p: some for p, some in points.items() if _students(some) >= students_min()}
    judged = {p: some for p, some in enough.items() if _has_others(events, key, some)}
    exams = sorted({s.exam for s in scores})
    weak = _weak(events, judged)
    reason = None if judged else _reason(scores, points, enough)
    return {
        "item_exam_ids": ",".join(exams) or None,
        "item_students": max(map(_students, points.values()), default=0),
        "knowledge_points": len(judged),
        "weak_points": ",".join(point for point, _, _ in weak) or None,
        "weak_point_shares": ",".join(str(numbers.half_up(own)) for _, own, _ in weak) or None,
        "weak_point_city_shares": ",".join(str(numbers.half_up(city)) for _, _, city in weak) or None,
        "weak_points_reason": reason,
        "items_source": items.ITEMS if scores else None,
        "items_as_of": max((register.exams()[exam]["held_on"] for exam in exams), default=None),
    }


def _reason(scores: object, points: object, enough: object) -> str:
    if not scores:
        return "not_delivered"
    return "no_blueprint" if not points else "no_comparison" if enough else "few_students"


def _students(scores: list[ItemScore]) -> int:
    """'Of several exams the largest number.'"""
    return max(len({s.student for s in scores if s.exam == exam}) for exam in {s.exam for s in scores})


def _has_others(events: Events, key: Report, scores: list[ItemScore]) -> bool:
    return any(_city(events)[s.exam, s.subject, s.point or ""][1] - {key[:2]} for s in scores)


def _weak(events: Events, judged: dict[str, list[ItemScore]]) -> list[tuple[str, Fraction, Fraction]]:
    """Point, share of the class and of the city 'weighted by the full marks of the class', the largest gap first."""
    found = []
    for point, scores in judged.items():
        full = Fraction(sum(s.full_mark or 0 for s in scores))
        own = Fraction(sum(s.score for s in scores)) / full
        city = sum(_city(events)[s.exam, s.subject, point][0] * Fraction(s.full_mark or 0) for s in scores) / full
        if city - own >= Fraction(str(register.document("bureau.yml")["class_report"]["weak_point_gap"])):
            found.append((point, own, city))
    return sorted(found, key=lambda w: (w[1] - w[2], w[0]))
