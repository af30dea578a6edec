"""How far the register is carried out.

Lives here: `register_coverage`.
Stays out: differences (`ledger`), records (`records`).
"""

from __future__ import annotations

from collections import Counter, defaultdict

from tests.second_computation import contracts, ledger, records, register
from tests.second_computation.events import Events


def register_coverage(events: Events) -> list[dict[str, object]]:
    """One row per element and organisation: 'owned, delivered, missing, borrowed', of students, teachers, schools and
    classes. No element of this register is lent by a system that does not own it.
    """
    counts: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    differing = ledger.open_records(events)
    for element, declared in register.elements().items():
        owner = contracts.owner_of(declared, events.last)
        delivered = records.owned_values(events, element, events.last)
        for record, school in records.records(events, register.entity_of(element)):
            for code, level in records.organisations(events, school):
                count = counts[element, code, level]
                count["records"] += 1
                count["owned"] += bool(owner)
                count["delivered"] += record in delivered
                count["missing"] += bool(owner) and record not in delivered
                count["differing"] += (element, record) in differing
    return [
        {
            "element_id": element,
            "organisation_code": code,
            "level": level,
            **{name: count[name] for name in ("records", "owned", "delivered", "borrowed", "missing", "differing")},
        }
        for (element, code, level), count in counts.items()
    ]
