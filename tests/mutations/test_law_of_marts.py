"""The law of values through to the release: nights of the sample city of which every file was mutated on its way.

Each night begins where the city's first night ended; the marts are compared with those of a lake whose files came as
they were. A part is chosen by its name (`make soak PART=marts-0`).
"""

from __future__ import annotations

import json
import shutil
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

import registry
import samples
from registry import Register
from tests import bureau_secret
from tests.end_to_end.conftest import run
from tests.mutations.law import cells, names
from tests.mutations.law.delivered import Delivered
from tests.mutations.law.lawful import CLASSES, apply_one
from tests.mutations.law.marts import MARTS, Excused, Rows, broken, excused, rows_of
from tests.mutations.law.real_files import delivery_of_file
from warehouse.lake import Lake, connect_lake

pytestmark = pytest.mark.soak

FIRST, SECOND = date(2025, 10, 15), date(2025, 10, 16)
STUDENTS, PARTS, LEAST = 1200, 5, 60  # mutants of a part: nearly every file of the city
_OTHER_VALUES = {cells.merged, cells.thousands, cells.null_words, cells.reasons, names.dotted, names.other_characters,
                 names.spaced, names.of_other_scripts}  # fmt: skip
"""Mutators that write other values than the city had, so that its marts are no measure."""


class City:
    """The sample city after its first night, and what its marts say after an undisturbed second one."""

    def __init__(self, root: Path) -> None:
        self.root, self.register = root, registry.load(registry.HOUSE)
        self.secret = bureau_secret.written_in(root)
        samples.write_city(root / "city", STUDENTS, seed=11, nights=1)
        self.inbox = root / "city" / str(FIRST)
        self.base = root / "base"
        outcome = run(self.base, self.inbox, self.secret, FIRST)
        assert outcome["status"] == "published", outcome
        self.undisturbed = self.night("undisturbed", {})[1]

    def night(self, name: str, changed: dict[str, bytes], gone: frozenset[str] = frozenset()) -> Any:
        """A second night with some files changed: its outcome, its marts, whom it lists, and its deliveries."""
        root, inbox = self.root / name, self.root / f"{name}-inbox"
        shutil.copytree(self.base, root, symlinks=True)
        shutil.copytree(self.inbox, inbox)
        for path in gone:
            (inbox / path).unlink()
        for path, content in changed.items():
            (inbox / path).parent.mkdir(parents=True, exist_ok=True)
            (inbox / path).write_bytes(content)
        outcome = run(root, inbox, self.secret, SECOND)
        with connect_lake(Lake(root), read_only=True) as connection:
            marts, listed = rows_of(connection), excused(connection, self.register, SECOND)
            deliveries = connection.execute(
                f"SELECT file_name, status, values_lost, reason FROM lake.intake.delivery WHERE night = DATE '{SECOND}'"
            ).fetchall()
        released = _released(Path(outcome["path"])) if outcome["status"] == "published" else {}
        shutil.rmtree(root)
        return outcome, marts, listed, deliveries, released


def _released(release: Path) -> dict[str, int]:
    return {name: mart["rows"] for name, mart in json.loads((release / "manifest.json").read_text())["marts"].items()}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> City:
    return City(tmp_path_factory.mktemp("marts"))


def mutated(path: str, content: bytes, register: Register, seed: int) -> Delivered | None:
    """A file of the city changed by a mutator of a class, or None where none applies."""
    draw = Random(f"marts {path} {seed}")
    for _ in range(20):
        d = delivery_of_file(path, content, register)
        if d is None:
            return None
        kind = draw.choice([c for c in CLASSES if c != "headers" or not d.below_header])
        if apply_one(draw, d, [m for m in CLASSES[kind] if m not in _OTHER_VALUES]):
            d.done.insert(0, kind)
            return d
    return None


@pytest.mark.parametrize("part", range(PARTS), ids=lambda part: f"marts-{part}")
def test_the_marts_lose_nothing_that_is_not_listed(city: City, part: int):
    changed: dict[str, bytes] = {}
    drafts: dict[str, Delivered] = {}
    for file in sorted(p for p in city.inbox.rglob("*") if p.is_file()):
        path = str(file.relative_to(city.inbox))
        d = mutated(path, file.read_bytes(), city.register, part)
        if d is not None:
            drafts[path] = d
            changed |= d.files()
    outcome, marts, listed, deliveries, released = city.night(f"night{part}", changed, frozenset(drafts))
    kinds, fates = Counter(d.done[0] for d in drafts.values()), Counter(status for _, status, _, _ in deliveries)
    sys.stdout.write(
        f"\nmarts {part}: {len(drafts)} mutants; {kinds}; {fates}; {len(listed.students)} students are listed\n"
    )
    told = [f"{path}: {', '.join(d.done)}" for path, d in drafts.items()]
    assert outcome["status"] == "published", (outcome["status"], outcome.get("reason"), told)
    assert [d for d in deliveries if d[2]] == []
    assert {f for d in drafts.values() for f in d.files()} <= {name for name, *_ in deliveries}
    found = broken(city.undisturbed, marts, listed)
    assert found == [], "\n".join([*found[:40], f"{len(found)} in all", *told])
    assert {m.name: released[m.name] for m in MARTS} == {m.name: len(marts[m.name]) for m in MARTS}
    assert len(drafts) >= LEAST


def test_a_value_that_a_mart_loses_is_found_out(city: City):
    lost: dict[str, Rows] = {name: dict(rows) for name, rows in city.undisturbed.items()}
    key = next(iter(lost["student_growth"]))
    del lost["student_growth"][key]
    assert broken(city.undisturbed, lost, Excused()) == [
        f"student_growth {key}: {city.undisturbed['student_growth'][key]} became None"
    ]
