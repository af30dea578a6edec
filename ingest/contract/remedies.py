"""The remedy of a problem: the one that its column declares in the register, else that of its rule.

Stays out: the words of rules (`registry/problem_rules.csv`), finding problems (the other modules of `ingest.contract`).
"""

from __future__ import annotations

from registry.model import Feed, Label, Register


def remedy(register: Register, feed: Feed, rule: str, column: str) -> Label:
    """What to do about a value of a column that breaks a rule."""
    declared = next((c.remedy for c in feed.columns if c.name == column and c.remedy), None)
    return declared or register.remedy(rule)
