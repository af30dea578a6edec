"""What to do about a problem, in words for the person who mends it.

Lives here: the choice between what a column of the register says itself and what its rule says.
Stays out: the words (`registry/problem_rules.csv`), finding problems (the other modules of `contract`).
"""

from __future__ import annotations

from registry.model import Feed, Label, Register


def remedy(register: Register, feed: Feed, rule: str, column: str) -> Label:
    """What to do about a value of a column that breaks a rule."""
    declared = next((c.remedy for c in feed.columns if c.name == column and c.remedy), None)
    return declared or register.remedy(rule)
