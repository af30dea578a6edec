"""Under whose code a school sends the rows of a feed, and in which columns they name schools.

Lives here: what the register says of the feeds that schools send.
Add here: another place in which a sender's code stands.
Stays out: reading the code from a row (dbt_project).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from registry.model import Feed, Register

Sent = Literal["column", "slice"]


@dataclass(frozen=True)
class SchoolName:
    """A column that names in words the school whose code stands in another."""

    column: str
    code_column: str


@dataclass(frozen=True)
class Sender:
    """A connected feed, as schools send it.

    `model` is its staging model; `sent` says where the sender's code stands, if anywhere. `slice_is_school_code`:
    each slice is called by one. `lists_schools`: its rows make schools.
    """

    feed: str
    model: str
    sent: Sent | None
    slice_is_school_code: bool
    lists_schools: bool
    school_names: tuple[SchoolName, ...]


def senders(register: Register) -> tuple[Sender, ...]:
    """Every feed that the register connects, in its order."""
    return tuple(
        Sender(
            feed=feed.id,
            model=f"stg_{feed.table}",
            sent=school_sent(feed),
            slice_is_school_code=feed.slice.is_school_code,
            lists_schools=any(person.entity == "school" for person in feed.creates),
            school_names=tuple(_school_names(feed)),
        )
        for feed in register.feeds
    )


def school_sent(feed: Feed) -> Sent | None:
    """Where the code of the school that sends a row stands: in school_code, else in the slice, or nowhere."""
    if any(column.name == "school_code" for column in feed.loaded_columns):
        return "column"
    return "slice" if feed.slice.ends_with_school else None


def _school_names(feed: Feed) -> Iterator[SchoolName]:
    for column in feed.columns:
        if column.names_school_of:
            yield SchoolName(column.name, column.names_school_of)
