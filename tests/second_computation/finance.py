"""Money for information technology by organisation and year: 'what was spent'.

Lives here: `finance`.
Stays out: other marts of organisations.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from tests.second_computation import cells, numbers
from tests.second_computation.events import Events, Row

THREE_FEES = ("it_teaching", "av_resources", "network_operation")  # '三费'
PUBLIC = "1"


def finance(events: Events) -> list[dict[str, object]]:
    """One row per organisation and year."""
    groups: dict[tuple[str, int], list[Row]] = defaultdict(list)
    for row in events.rows("finance/records"):
        groups[str(cells.identifier(row["organisation_code"])), cells.integer(row["year"]) or 0].append(row)
    return [_row(events, *key, rows) for key, rows in groups.items()]


def _row(events: Events, organisation: str, year: int, rows: list[Row]) -> dict[str, object]:
    spent = [cells.decimal(row["spent"]) for row in rows]
    budgets = [cells.decimal(row.get("budgeted")) for row in rows]
    total = numbers.known_sum(spent)
    purposes = [cells.code("finance_purpose", row["purpose"]) for row in rows]
    funds = [cells.code("finance_source", row["fund_source"]) for row in rows]
    public = {p for row in rows if (p := cells.decimal(row.get("public_budget"))) is not None}
    return {
        "organisation_code": organisation,
        "year": year,
        "lines": len(rows),
        "lines_budgeted": sum(b is not None for b in budgets),
        "budgeted": numbers.known_sum(budgets),
        "spent": total,
        "spent_on_three_fees": _part(spent, [p in THREE_FEES for p in purposes], total),
        "spent_of_public_budget": _part(spent, [f == PUBLIC for f in funds], total),
        "public_budget": public.pop() if len(public) == 1 else None,
        "known_from": events.nights[0],
    }


def _part(spent: list[Decimal | None], chosen: list[bool], total: Decimal | None) -> Decimal | None:
    """Of a whole that is known."""
    if total is None:
        return None
    return sum((s for s, is_chosen in zip(spent, chosen, strict=True) if is_chosen and s is not None), Decimal(0))
