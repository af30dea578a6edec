"""Smart-campus model schools: 'application, the district's review, the city's sample and the result', by parts.

Lives here: `smart_campus_assessment`.
Stays out: declared facts that a clause asks for (`indicators`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from tests.second_computation import cells, numbers, register
from tests.second_computation.events import Events, Row

FEED = "declarations/facts"
APPLICATION, RESULT, PART, SAMPLE = "smart_campus", "smart_campus_result", "smart_campus_part_", "smart_campus_sample_"
OUTSIDE = "-"
T = TypeVar("T")


@dataclass(frozen=True)
class Word:
    """What the last day within a round says of a fact; what it says in two ways it does not say."""

    said_on: date
    holds: bool | None
    accepted: bool | None
    reviewed_on: date | None


def _settings() -> dict[str, Any]:
    told: dict[str, Any] = register.document("bureau.yml")["smart_campus"]
    return told


def round_of(day: date) -> str:
    return next((str(r["id"]) for r in _settings()["rounds"] if r["first_day"] <= day <= r["last_day"]), OUTSIDE)


def _facts() -> set[str]:
    parts = [str(part) for part in _settings()["parts"]]
    return {APPLICATION, RESULT, *(PART + p for p in parts), *(SAMPLE + p for p in parts)}


def _words(events: Events) -> dict[tuple[str, str], dict[str, Word]]:
    """By organisation and round the word on each fact."""
    told: dict[tuple[str, str], dict[str, list[tuple[date, Row]]]] = defaultdict(lambda: defaultdict(list))
    for row in events.rows(FEED):
        fact, day = str(cells.code("declared_fact", row["fact"])), cells.day(row["declared_on"])
        if day and day <= events.last and fact in _facts():
            told[str(cells.identifier(row["organisation_code"])), round_of(day)][fact].append((day, row))
    return {key: {fact: _word(rows) for fact, rows in facts.items()} for key, facts in told.items()}


def _word(rows: list[tuple[date, Row]]) -> Word:
    last = max(day for day, _ in rows)
    said = [row for day, row in rows if day == last]
    return Word(
        last,
        _agreed(cells.yes(row.get("holds")) for row in said),
        _agreed(cells.yes(row.get("accepted")) for row in said),
        max((day for row in said if (day := cells.day(row.get("reviewed_on")))), default=None),
    )


def _agreed(answers: Iterator[T | None]) -> T | None:
    told = {answer for answer in answers if answer is not None}
    return told.pop() if len(told) == 1 else None


def smart_campus_assessment(events: Events) -> list[dict[str, object]]:
    """One row per school and round."""
    rows = [_row(school, of_round, facts) for (school, of_round), facts in _words(events).items()]
    for row in rows:
        better = [r for r in rows if r["round"] == row["round"] and _score(r) > _score(row)]
        row["rank_in_round"] = None if row["weighted_score"] is None else len(better) + 1
    return rows


def _score(row: dict[str, object]) -> Decimal:
    return Decimal(str(row["weighted_score"] or 0))


def _row(school: str, of_round: str, facts: dict[str, Word]) -> dict[str, object]:
    names = [str(part) for part in _settings()["parts"]]
    parts = {p: facts[PART + p] for p in names if PART + p in facts}
    samples = {p: facts[SAMPLE + p] for p in names if SAMPLE + p in facts}
    applied, result = facts.get(APPLICATION), facts.get(RESULT)
    told: dict[str, object] = {
        "school_code": school,
        "round": of_round,
        "is_applied": applied.holds if applied else None,
        "applied_on": applied.said_on if applied and applied.holds else None,
        "parts_declared": len(parts),
        "parts_met": _those(parts, "holds", said=True),
        "parts_not_met": _those(parts, "holds", said=False),
        "is_accepted": applied.accepted if applied else None,
        "reviewed_on": applied.reviewed_on if applied and applied.accepted is not None else None,
        "parts_reviewed": sum(w.accepted is not None for w in parts.values()),
        "parts_accepted": _those(parts, "accepted", said=True),
        "parts_refused": _those(parts, "accepted", said=False),
        "parts_sampled": len(samples),
        "sampled_on": max((w.said_on for w in samples.values()), default=None),
        "parts_sampled_met": _those(samples, "holds", said=True),
        "parts_sampled_not_met": _those(samples, "holds", said=False),
        "is_recognised": result.holds if result else None,
        "result_on": result.said_on if result and result.holds is not None else None,
    }
    return {
        **told,
        "step": _step(told),
        "weighted_score": _weighted(samples, names),
        "as_of_date": max(w.said_on for w in facts.values()),
    }


def _those(words: dict[str, Word], what: str, *, said: bool) -> str | None:
    """The parts of which it is said; a release shows a list as text, an empty one as null."""
    return ",".join(part for part, word in words.items() if getattr(word, what) is said) or None


def _step(told: dict[str, object]) -> str:
    """'How far it has come, the last of'."""
    steps = {
        "decided": told["is_recognised"] is not None,
        "sampled": told["parts_sampled"],
        "reviewed": told["is_accepted"] is not None,
        "applied": told["is_applied"],
        "part_declared": told["is_applied"] is None and told["parts_declared"],
    }
    return next((step for step, reached in steps.items() if reached), "not_applied")


def _weighted(samples: dict[str, Word], names: list[str]) -> Decimal | None:
    """'Weights of the parts sampled as met ÷ all weights'; null 'where a part was not sampled, or without weights'."""
    weights = {str(part): Fraction(str(w)) for part, w in _settings()["weights"].items()}
    if set(weights) != set(names) or any(p not in samples or samples[p].holds is None for p in names):
        return None
    met = sum(w for part, w in weights.items() if samples[part].holds)
    return numbers.half_up(100 * Fraction(met) / sum(weights.values()), Decimal("0.01"))
