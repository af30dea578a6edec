"""Findings, their actions, and when an open one will be closed: the product-limit estimate of Kaplan and Meier (1958).

Lives here: `improvement_cycle`.
Stays out: other marts of what offices govern (`governing`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import partial

from tests.second_computation import cells, register
from tests.second_computation.events import Events, Row
from tests.second_computation.governing import level_of

FEED = "quality/actions"
UNDER_WAY, DONE, OVERDUE, DROPPED = "2", "3", "4", "5"
_QUANTILES = {"forecast_earliest_on": Fraction(1, 10), "forecast_done_on": Fraction(1, 2),
              "forecast_latest_on": Fraction(9, 10)}  # fmt: skip


@dataclass(frozen=True)
class Life:
    """How long a finding was open, in days, and whether it was closed then."""

    days: int
    is_closed: bool


def improvement_cycle(events: Events) -> Iterator[dict[str, object]]:
    """One row per finding."""
    told_on = max((d.night for d in events.current(FEED).values()), default=events.last)
    findings: dict[str, list[Row]] = {}
    for row in events.rows(FEED):
        findings.setdefault(str(cells.identifier(row["finding_id"])), []).append(row)
    rows = [_finding(events, number, actions, told_on) for number, actions in findings.items()]
    lives = [life for row in rows if (life := _life(row, told_on)) and life.days >= 0]
    for row in rows:
        yield row | _forecast(row, lives, told_on)


def _finding(events: Events, number: str, actions: list[Row], told_on: date) -> dict[str, object]:
    actions = sorted(actions, key=_place)
    dropped = [a for a in actions if _is_dropped(a)]
    kept = [a for a in actions if not _is_dropped(a)]
    done = [a for a in kept if _is_done(a)]
    overdue = [a for a in kept if not _is_done(a) and _is_late(a, told_on)]
    is_all_done = bool(kept) and len(done) == len(kept)
    days = [cells.day(a.get("done_on")) for a in kept]
    organisation = str(cells.identifier(actions[0]["organisation_code"]))
    fed_back = _days(actions, "fed_back_on")
    result = _said(cells.text, "next_result", actions[::-1])
    return {
        "finding_id": number,
        "organisation_code": organisation,
        "level": level_of(events, organisation),
        "evaluation": _said(partial(cells.code, "evaluation_kind"), "evaluation", actions),
        "subject": _said(partial(cells.code, "subject"), "subject", actions),
        "finding": _said(cells.text, "finding", actions),
        "found_on": min(_days(actions, "found_on"), default=None),
        "fed_back_on": min(fed_back, default=None),
        "actions": len(kept),
        "actions_done": len(done),
        "actions_dropped": len(dropped),
        "actions_overdue": len(overdue),
        "due_on": max(_days(kept, "due_on"), default=None),
        "done_on": max(d for d in days if d) if is_all_done and all(days) else None,
        "status": _status(kept, done, overdue, result, bool(fed_back)),
        "next_measure": _said(cells.text, "next_measure", actions[::-1]),
        "next_measured_on": max(_days(actions, "next_measured_on"), default=None),
        "next_result": result,
        "as_of_date": told_on,
    }


def _place(action: Row) -> tuple[bool, int, str]:
    """Numbers by what they count, and before all others."""
    number = str(cells.identifier(action["action_number"]))
    return not number.isdecimal(), int(number) if number.isdecimal() else 0, number


def _said(read: Callable[[str | None], str | None], column: str, actions: list[Row]) -> str | None:
    """What the first that says it says."""
    return next((told for a in actions if (told := read(a.get(column)))), None)


def _days(actions: list[Row], column: str) -> list[date]:
    return [d for a in actions if (d := cells.day(a.get(column)))]


def _is_dropped(action: Row) -> bool:
    """An action with a day on which it was done was done."""
    return cells.code("action_status", action.get("status")) == DROPPED and not cells.day(action.get("done_on"))


def _is_done(action: Row) -> bool:
    """'By its day, or by its status.'"""
    return cells.day(action.get("done_on")) is not None or cells.code("action_status", action.get("status")) == DONE


def _is_late(action: Row, night: date) -> bool:
    due = cells.day(action.get("due_on"))
    return cells.code("action_status", action.get("status")) == OVERDUE or (due is not None and due < night)


def _status(kept: list[Row], done: list[Row], overdue: list[Row], result: str | None, is_fed_back: bool) -> str:
    if not kept:
        return "dropped"
    if len(done) == len(kept):
        return "measured" if result else "done"
    if overdue:
        return "overdue"
    begun = [a for a in kept if cells.code("action_status", a.get("status")) == UNDER_WAY]
    return "under_way" if begun or done or is_fed_back else "found"


def _life(row: dict[str, object], night: date) -> Life | None:
    """None of a finding of which nobody knows when it was found or closed, and of one that was dropped."""
    found, done = row["found_on"], row["done_on"]
    if not isinstance(found, date) or row["status"] == "dropped":
        return None
    if row["status"] in ("done", "measured"):
        return Life((done - found).days, is_closed=True) if isinstance(done, date) else None
    return Life((night - found).days, is_closed=False)


def _forecast(row: dict[str, object], lives: list[Life], night: date) -> dict[str, object]:
    """Days on which S(t) has come down to 1 - q of what it is at the age of the finding."""
    found = row["found_on"]
    is_open = row["status"] not in ("done", "measured", "dropped") and isinstance(found, date)
    if not is_open or sum(life.is_closed for life in lives) < register.bureau("forecast_findings"):
        return dict.fromkeys(_QUANTILES)
    age = (night - found).days  # type: ignore[operator]
    return {name: _day(found, _term(lives, age, 1 - q)) for name, q in _QUANTILES.items()}  # type: ignore[arg-type]


def _day(found: date, term: int | None) -> date | None:
    return None if term is None else found + timedelta(days=term)


def _term(lives: list[Life], age: int, share: Fraction) -> int | None:
    """The first day after `age` on which no more than `share` of those open at `age` are open still."""
    surviving = Fraction(1)
    for day in sorted({life.days for life in lives if life.is_closed and life.days > age}):
        at_risk = sum(life.days >= day for life in lives)
        closed = sum(life.days == day and life.is_closed for life in lives)
        surviving *= 1 - Fraction(closed, at_risk)
        if surviving <= share:
            return day
    return None
