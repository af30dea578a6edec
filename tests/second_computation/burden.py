"""Homework and marks of a school in a term, before and after the date of a policy ('side by side, never an effect').

Lives here: `burden_and_quality`, from the days of students and the standard marks.
Stays out: which of two platforms' records count (`homework`), what a standard mark is (`growth`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.second_computation import growth, numbers, register, rosters
from tests.second_computation.events import Events
from tests.second_computation.homework import homework_days, student_days
from tests.second_computation.homework_weeks import is_measured, place_on

_Key = tuple[str, str]  # school and subject


@dataclass(frozen=True)
class Sides:
    """A term, and which days are before and after the policy that its figures are told of."""

    term: str
    first: date
    last: date
    policy: str | None
    since: date | None
    base: Mapping[str, Any] | None

    def is_before(self, day: date) -> bool:
        """A day of the base that the policy has not reached."""
        if self.base is None or self.since is None or day >= self.since:
            return False
        return bool(self.base["first_day"] <= day <= self.base["last_day"])

    def is_after(self, day: date) -> bool:
        return self.base is not None and self.is_of_term(day) and not self.is_before(day)

    def is_of_term(self, day: date) -> bool:
        return self.first <= day <= self.last

    @property
    def comparison(self) -> str | None:
        if self.base is None:
            return None
        return "within_term" if self.base["id"] == self.term else "same_season"

    @property
    def why_none(self) -> str | None:
        if self.since is None:
            return "no_policy_date"
        if self.since > self.last:
            return "policy_to_come"
        return None if self.base else "no_term_before"


@dataclass
class Load:
    """What a grade of a school has of a subject: minutes of the student-days measured, in all, before, after."""

    expected: list[int] = field(default_factory=lambda: [0, 0, 0])
    measured: list[int] = field(default_factory=lambda: [0, 0, 0])
    minutes: list[Decimal] = field(default_factory=lambda: [Decimal(0)] * 3)


def _season(term: Mapping[str, Any]) -> int:
    """The how manieth term of its school year it is."""
    of_year = [t for t in register.document("calendar.yml")["terms"] if t["school_year"] == term["school_year"]]
    return sorted(t["first_day"] for t in of_year).index(term["first_day"])


def sides() -> Iterator[Sides]:
    """Each term, with 'the latest policy in force by its end', or the first to come."""
    calendar = register.document("calendar.yml")
    policies = sorted(calendar.get("policies", []), key=lambda p: p["since"])
    for term in calendar["terms"]:
        in_force = [p for p in policies if p["since"] <= term["last_day"]]
        policy = (in_force[-1:] or policies[:1] or [None])[0]
        since = policy and policy["since"]
        earlier = [t for t in calendar["terms"] if _season(t) == _season(term) and t["first_day"] <= term["first_day"]]
        bases = [t for t in earlier if in_force and t["first_day"] < since]
        base = max(bases, key=lambda t: t["first_day"], default=None)
        yield Sides(term["id"], term["first_day"], term["last_day"], policy and policy["id"], since, base)


def _on_sides(some: Sides, day: date) -> list[bool]:
    return [some.is_of_term(day), some.is_before(day), some.is_after(day)]


def _loads(events: Events, some: Sides) -> tuple[dict[_Key, dict[str, Load]], set[str]]:
    """By school and subject, and by grade, where there is homework in it on a school day of the term or its base; and
    the schools that have students on a day of the term.
    """
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    measured: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    loads: dict[_Key, dict[str, Load]] = defaultdict(lambda: defaultdict(Load))
    days = {day: _on_sides(some, day) for day in homework_days(events) if any(_on_sides(some, day))}
    for day, on_sides in days.items():
        for seat in rosters.seats_on(events, day).values():
            if place := place_on(events, seat, day):
                expected[place] = [n + on for n, on in zip(expected[place], on_sides, strict=True)]
    for (student, day), load in student_days(events).items():
        place = place_on(events, rosters.seats_on(events, day).get(student), day)
        if place is None or day not in days:
            continue
        counts = is_measured(events, load, day)
        if counts:
            measured[place] = [n + on for n, on in zip(measured[place], days[day], strict=True)]
        for record in load.records:
            of_subject = loads[place[0], record.subject or "unknown"][place[1]]
            minutes = record.minutes or Decimal(0) if counts and record.written else Decimal(0)
            of_subject.minutes = [m + minutes * on for m, on in zip(of_subject.minutes, days[day], strict=True)]
    for (school, _), grades in loads.items():
        for grade, of_grade in grades.items():
            of_grade.expected, of_grade.measured = expected[school, grade], measured[school, grade]
    return loads, {school for (school, _), counts in expected.items() if counts[0]}


def _marks(events: Events, some: Sides) -> dict[_Key, dict[str, dict[str, list[list[Decimal]]]]]:
    """By school and subject, grade and student: the standard marks in all, before and after."""
    marks: dict[_Key, dict[str, dict[str, list[list[Decimal]]]]] = defaultdict(lambda: defaultdict(dict))
    for row in growth.student_growth(events):
        on_sides = _on_sides(some, row["held_on"])  # type: ignore[arg-type]
        if row["t_score"] is None or row["school_code"] is None or not any(on_sides):
            continue
        students = marks[str(row["school_code"]), str(row["subject"])][str(row["grade"])]
        told = students.setdefault(str(row["student_key"]), [[], [], []])
        for marks_there, on in zip(told, on_sides, strict=True):
            marks_there.extend([Decimal(str(row["t_score"]))] * on)
    return marks


def _compared(some: Sides, students: Mapping[str, list[list[Decimal]]]) -> list[list[Fraction]]:
    """The mean of each student before and after; 'within a term of the same students, who have marks at both ends'."""
    told = [s for s in students.values() if some.comparison == "same_season" or (s[1] and s[2])]
    return [[Fraction(sum(s[side])) / len(s[side]) for s in told if s[side]] for side in (1, 2)]


def _weighed(means: Mapping[str, Fraction], weights: Mapping[str, int]) -> Decimal | None:
    whole = sum(weights.values())
    return numbers.half_up(sum((means[g] * weights[g] for g in weights), Fraction(0)) / whole) if whole else None


def _why(some: Sides, told: list[bool], words: tuple[str, str, str], is_compared: bool) -> str | None:
    if some.why_none or is_compared:
        return some.why_none
    return next((word for word, is_told in zip(words, told, strict=True) if not is_told), "nothing_in_common")


def burden_and_quality(events: Events) -> Iterator[dict[str, object]]:
    """One row per school that has told of a term, and subject with homework or a mark in it or its base."""
    for some in sides():
        (loads, schools), marks = _loads(events, some), _marks(events, some)
        schools |= {key[0] for key, s in marks.items() if any(t[0] for told in s.values() for t in told.values())}
        for key in sorted(key for key in loads.keys() | marks.keys() if key[0] in schools):
            yield {
                "school_code": key[0],
                "subject": key[1],
                "term": some.term,
                "policy": some.policy,
                "policy_date": some.since,
                "comparison": some.comparison,
                "base_term": some.base["id"] if some.base else None,
                **_of_loads(some, loads.get(key, {})),
                **_of_marks(some, marks.get(key, {})),
            }


def _change(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    return None if before is None or after is None else after - before


def _listed(grades: Mapping[str, object]) -> str | None:
    return ",".join(sorted(grades, key=int)) or None


def _of_loads(some: Sides, loads: Mapping[str, Load]) -> dict[str, object]:
    total: Callable[[str, int], Any] = lambda what, side: sum(getattr(load, what)[side] for load in loads.values())  # noqa: E731
    both = {g: load for g, load in loads.items() if load.measured[1] and load.measured[2]}
    weights = {g: load.measured[2] for g, load in both.items()}
    means = [{g: Fraction(load.minutes[side]) / load.measured[side] for g, load in both.items()} for side in (1, 2)]
    before, after = _weighed(means[0], weights), _weighed(means[1], weights)
    told = [bool(loads), total("measured", 1) > 0, total("measured", 2) > 0]
    return {
        "student_days_expected": total("expected", 0),
        "student_days": total("measured", 0),
        "completeness": numbers.share(total("measured", 0), total("expected", 0)),
        "written_minutes_mean": numbers.share(total("minutes", 0), total("measured", 0)),
        "load_grades": _listed(both),
        "student_days_before": sum(load.measured[1] for load in both.values()),
        "student_days_after": sum(weights.values()),
        "completeness_before": numbers.share(
            sum(load.measured[1] for load in both.values()), sum(load.expected[1] for load in both.values())
        ),
        "completeness_after": numbers.share(sum(weights.values()), sum(load.expected[2] for load in both.values())),
        "minutes_before": before,
        "minutes_after": after,
        "minutes_change": _change(before, after),
        "load_reason": _why(some, told, ("no_homework", "not_measured_before", "not_measured_after"), bool(both)),
    }


def _of_marks(some: Sides, marks: Mapping[str, Mapping[str, list[list[Decimal]]]]) -> dict[str, object]:
    everyone = [told for students in marks.values() for told in students.values()]
    in_term = [mark for told in everyone for mark in told[0]]
    both = {g: means for g, s in marks.items() if all(means := _compared(some, s))}
    weights = {g: len(means[1]) for g, means in both.items()}
    before = _weighed({g: sum(means[0], Fraction(0)) / len(means[0]) for g, means in both.items()}, weights)
    after = _weighed({g: sum(means[1], Fraction(0)) / len(means[1]) for g, means in both.items()}, weights)
    told = [bool(everyone), any(t[1] for t in everyone), any(t[2] for t in everyone)]
    return {
        "students_marked": sum(bool(t[0]) for t in everyone),
        "marks": len(in_term),
        "t_score_mean": numbers.half_up(numbers.mean(in_term)),
        "mark_grades": _listed(both),
        "students_before": sum(len(means[0]) for means in both.values()),
        "students_after": sum(weights.values()),
        "t_score_before": before,
        "t_score_after": after,
        "t_score_change": _change(before, after),
        "mark_reason": _why(some, told, ("no_marks", "no_marks_before", "no_marks_after"), bool(both)),
    }
