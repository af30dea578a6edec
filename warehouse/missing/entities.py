"""Entities that a bureau's register makes, and of which a build has nobody.

Add here: the mart in which the records of another entity can be counted.
Stays out: a roster of which too many have gone (`ingest.guarding`).
"""

from __future__ import annotations

from collections import defaultdict
from typing import Final

import duckdb

from registry.model import Entity, Register
from warehouse import release
from warehouse.lake import Lake
from warehouse.release import differences

PLURAL: Final[dict[Entity, str]] = {
    "student": "students", "teacher": "teachers", "school": "schools", "class": "classes",
}  # fmt: skip
_PEOPLE: Final[tuple[Entity, ...]] = ("student", "teacher")
_MARTS: Final[dict[Entity, str]] = {
    "student": "one_student_one_file",
    "teacher": "one_teacher_one_file",
    "school": "one_school_one_file",
    "class": "class",
}


def feeds_that_create(register: Register) -> dict[Entity, list[str]]:
    """The entities that the register makes, each with the feeds by whose rows."""
    found: dict[Entity, list[str]] = defaultdict(list)
    for feed in register.feeds:
        for person in feed.creates:
            found[person.entity].append(feed.id)
    return dict(found)


def emptied(connection: duckdb.DuckDBPyConnection, lake: Lake, register: Register) -> str | None:
    """The sentence of a build without a student, or without anybody of another entity that the current release has.

    None for any other. Only entities count that the register makes. The lake is only read.
    """
    before = _last_rows(lake)
    for entity, feeds in feeds_that_create(register).items():
        rows = connection.execute(f'SELECT count(*) FROM lake.marts."{_MARTS[entity]}"').fetchone()
        if rows and rows[0]:
            continue
        name, listed, had = PLURAL[entity], ", ".join(feeds), before.get(_MARTS[entity], 0)
        if had:
            pronoun = "whom" if entity in _PEOPLE else "which"
            return (
                f"There would be no {name} any more, of {pronoun} the current release has {had:,}, so there is no new "
                f"release: see what became of {listed} and of its owners in the register, bring the lists, and start "
                "the night again."
            )
        if entity == "student":
            return (
                f"The lake holds no roster of {name}, so there is no release: bring the files of {listed}, see in the "
                "problem lists why those that came do not count, and start the night again."
            )
    return None


def _last_rows(lake: Lake) -> dict[str, int]:
    """The rows of each mart of the last release whose manifest can be read: a night goes on over a damaged one."""
    last = release.last_release(lake)
    manifest = (differences.manifest(last) if last else None) or {}
    return {name: mart.get("rows", 0) for name, mart in manifest.get("marts", {}).items()}
