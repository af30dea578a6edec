"""Texts in which anything may be written and which a release shows as they are, so that somebody's name or number may
stand there.

Lives here: which elements are such texts, and which delivered columns hold them.
Stays out: looking for names (`warehouse.disclosure`, dbt_project) and for numbers (`ingest.contract`) in them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import get_args

from registry.model import Column, Element, Entity, Register

TYPES = ("text", "identifier")


@dataclass(frozen=True)
class FreeText:
    """A delivered column of free text. `is_public`: it is of an element that is for everybody, such as a school's name;
    `of_event`: its rows tell of events, and there are many of them.
    """

    column: str
    is_public: bool
    of_event: bool


def is_free_text(element: Element) -> bool:
    """Whether an element is shown as it is, whatever is written there."""
    return element.release == "keep" and element.type in TYPES


def is_public(element: Element) -> bool:
    """Whether an element is for everybody: what is called after a person there says nothing of that person."""
    return element.sharing == "unconditional"


def shown_as_written(register: Register, column: Column) -> tuple[Element, ...]:
    """The elements as which a release may show the free text of a delivered column; none where it shows none of it."""
    if column.type not in TYPES:
        return ()
    return tuple(e for e in register.elements if e.id in column.elements and e.release == "keep")


def free_texts(register: Register) -> dict[str, tuple[FreeText, ...]]:
    """The columns of free text of each feed that has any."""
    found = {
        feed.id: tuple(
            FreeText(
                column.name,
                is_public=all(map(is_public, elements)),
                of_event=feed.batch == "additive" or any(e.entity not in get_args(Entity) for e in elements),
            )
            for column in feed.loaded_columns
            if (elements := shown_as_written(register, column))
        )
        for feed in register.feeds
    }
    return {feed: columns for feed, columns in found.items() if columns}
