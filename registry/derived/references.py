"""What the rows of a feed refer to: the references that its contract declares, and the school that sends each row.

Lives here: the references of a feed, and who can know what they name.
Add here: another thing that can be referred to.
Stays out: whether a value is known (dbt_project), contradictions between contracts (`rules.references`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from registry.derived.senders import school_sent
from registry.model import Feed, Reference, Register

REGISTERED: Final = ("exam", "term", "school_year")  # the register's own lists
DELIVERED: Final = ("school", "class", "student")  # what a feed creates
SCHOOL_COLUMN: Final = "school_code"
WHEN: Final = {"exam_id": "exam", "term_id": "term", "school_year": "school_year"}  # what a part of a slice is called
MARK: Final = "exam_result.score"


@dataclass(frozen=True)
class Target:
    """A column of a feed that something refers to."""

    feed: str
    model: str  # its staging model
    column: str


def references_of(feed: Feed) -> tuple[Reference, ...]:
    """What a feed's rows refer to, a class or student with the column of its school, if that stands in one.

    The school that sends a row must be known, unless the feed lists schools, and so must the exam, term or school year
    of a row, unless the contract declares something else of it.
    """
    declared = tuple(_with_school(reference, feed) for reference in feed.references)
    sender = None if any(person.entity == "school" for person in feed.creates) else _sender(feed)
    places = {_place(reference) for reference in declared}
    implied = [reference for reference in (sender, *_when(feed)) if reference and _place(reference) not in places]
    return (*implied, *declared)


def target_of(reference: Reference) -> Target | None:
    """The column of a feed that a reference names; None where it names a thing of the register, a school or a class."""
    if reference.to in (*REGISTERED, *DELIVERED):
        return None
    feed, _, column = reference.to.rpartition(".")
    return Target(feed, f"stg_{feed.replace('/', '__')}", column)


def feeds_referred_to(register: Register, reference: Reference) -> tuple[str, ...]:
    """Ids of the feeds whose rows say whether a value is known."""
    target = target_of(reference)
    if target is not None:
        return (target.feed,)
    return tuple(feed.id for feed in register.feeds if any(p.entity == reference.to for p in feed.creates))


def _sender(feed: Feed) -> Reference | None:
    sent = school_sent(feed)
    if sent == "column":
        return Reference(to="school", column=SCHOOL_COLUMN)
    return Reference(to="school", slice_part=-1) if sent == "slice" else None


def _when(feed: Feed) -> list[Reference]:
    """The exam, term or school year that a part of the slice names, or a column of an event. A mark is of an exam:
    where nothing is called so, the first part of the slice names it.
    """
    elements = {*feed.rest_elements, *(element for column in feed.columns for element in column.elements)}
    of_exam = MARK in elements
    parts = [Reference(to=WHEN[p], slice_part=n) for n, p in enumerate(feed.slice.parts, start=1) if p in WHEN]
    if of_exam or any(element.startswith("membership.") for element in elements):
        parts += [Reference(to=WHEN[c.name], column=c.name) for c in feed.loaded_columns if c.name in WHEN]
    if of_exam and feed.slice.path and all(reference.to != "exam" for reference in (*parts, *feed.references)):
        parts.append(Reference(to="exam", slice_part=1))
    return parts


def _with_school(reference: Reference, feed: Feed) -> Reference:
    if reference.to not in ("class", "student") or reference.within or school_sent(feed) != "column":
        return reference
    return reference.model_copy(update={"within": SCHOOL_COLUMN})


def _place(reference: Reference) -> tuple[str | None, int | None]:
    return reference.column, reference.slice_part
