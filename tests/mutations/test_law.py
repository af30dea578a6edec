"""The law of values on mutants: nothing that was delivered disappears unlisted, and no good slice is emptied.

The long parts mangle headers, sheets, cells, encodings, names and members of every feed of the default register and of
each example, on the second night of a lake, through reading, guards and commit; a part is chosen by its name
(`make soak PART=law-house-0`).
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import registry
from ingest.contract import unknown_columns, wrong_values
from registry import Register
from tests.mutations.law import cells, headers, members, names
from tests.mutations.law.bundles import ALL as DIALECTS
from tests.mutations.law.bundles import bundle
from tests.mutations.law.delivered import LawMutator
from tests.mutations.law.lawful import CLASSES, LawMutant, law_mutant
from tests.mutations.law.nights import Judged, LawTown
from warehouse.lake import Lake, connect_lake, create_lake
from warehouse.tables import raw_tables, register_tables

EXAMPLES = ("oneroster", "school_data_sync")
FILES, NIGHTS = 7, 3  # files of each feed of several slices; nights of a part
HOUSE_PARTS, EXAMPLE_PARTS = 4, 2
LEAST_A_PART = {"house": 500, "oneroster": 50, "school_data_sync": 75}


def town_of(root: Path, register: Register, files: int) -> LawTown:
    """A lake of a register that took good exports of all its feeds."""
    empty = Lake(root / "empty")
    create_lake(empty)
    with connect_lake(empty) as connection:
        register_tables.write(connection, register)
        raw_tables.ensure_raw(connection, registry.known_feeds(register))
    town = LawTown(root, register, empty, files)
    assert town.unfaithful() == []
    return town


def report(judged: Sequence[Judged], folder: Path) -> str:
    """The mutants whose fate breaks the law, with their files kept in `folder`; '' where there is none."""
    bad = [j for j in judged if j.complaints]
    for n, found in enumerate(bad):
        for path, content in found.mutant.files.items():
            kept = folder / f"{n}-{path.replace('/', '_')}"
            folder.mkdir(exist_ok=True)
            kept.write_bytes(content)
            found.complaints.append(f"the file: {kept}")
    return "\n".join(map(str, bad)) + (f"\n{len(bad)} of {len(judged)} broke the law" if bad else "")


def tell(judged: Sequence[Judged], part: str) -> None:
    """The mutants by class and fate, for whoever runs the part."""
    counts = Counter((j.mutant.kind, j.fate) for j in judged)
    said = ", ".join(f"{kind} {fate} {n}" for (kind, fate), n in sorted(counts.items()))
    sys.stdout.write(f"\n{part}: {len(judged)} mutants; {said}\n")


@pytest.mark.soak
@pytest.mark.parametrize(
    ("which", "part"),
    [
        pytest.param(which, part, id=f"law-{which}-{part}")
        for which in ("house", *EXAMPLES)
        for part in range(HOUSE_PARTS if which == "house" else EXAMPLE_PARTS)
    ],
)
def test_no_mutant_breaks_the_law_of_values(tmp_path: Path, which: str, part: int):
    is_house = which == "house"
    register = registry.load(registry.HOUSE if is_house else registry.HOUSE / "examples" / which)
    town = town_of(tmp_path, register, FILES if is_house else 1)
    nights = NIGHTS if is_house else 2 * NIGHTS
    judged: list[Judged] = []
    for seed in range(part * nights, (part + 1) * nights):
        mutants = [law_mutant(good, register, seed) for found in town.goods.values() for good in found]
        judged += town.law_night(mutants, f"night{seed}")
    tell(judged, f"{which} {part}")
    assert report(judged, tmp_path / "kept") == ""
    assert len(judged) >= LEAST_A_PART[which]
    assert {j.mutant.draft.feed.id for j in judged} == {f.id for f in register.feeds}
    assert {j.mutant.kind for j in judged} >= ({*CLASSES} if is_house else {*CLASSES} - {"names"})
    assert {j.fate for j in judged} == {"loaded", "held", "refused"}


@pytest.mark.soak
@pytest.mark.parametrize("which", EXAMPLES, ids=lambda which: f"law-bundles-{which}")
def test_no_bundle_breaks_the_law_of_values(tmp_path: Path, which: str):
    register = registry.load(registry.HOUSE / "examples" / which)
    town = town_of(tmp_path, register, 1)
    judged: list[Judged] = []
    for seed in range(2 * len(DIALECTS)):
        judged += town.law_night(bundle(town, seed), f"night{seed}")
    tell(judged, f"bundles of {which}")
    assert report(judged, tmp_path / "kept") == ""
    assert len(judged) >= 2 * len(DIALECTS) * 9


def _small(house: Register) -> Register:
    """Two feeds: a roster of single slices, and score sheets."""
    wanted = {"teaching/classes", "exams/results"}
    sources = [s.model_copy(update={"feeds": tuple(f for f in s.feeds if f.id in wanted)}) for s in house.sources]
    return house.model_copy(update={"sources": tuple(s for s in sources if s.feeds)})


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory, house: Register) -> LawTown:
    return town_of(tmp_path_factory.mktemp("law"), _small(house), 6)


def test_a_dozen_mutants_of_all_classes_keep_the_law(small: LawTown, tmp_path: Path):
    kinds = {"exams/results": [*CLASSES], "teaching/classes": [k for k in CLASSES if k != "names"]}
    mutants = [
        law_mutant(good, small.register, 20251016, kind)
        for feed, found in small.goods.items()
        for good, kind in zip(found, kinds[feed], strict=False)
    ]
    judged = small.law_night(mutants, "night")
    assert report(judged, tmp_path / "kept") == ""
    assert len(judged) == 11
    assert {j.mutant.kind for j in judged} == {*CLASSES}


@pytest.mark.parametrize(
    ("owner", "name", "mutator", "told"),
    [
        (wrong_values, "_unread", cells.error_cells, "must be listed, and became"),
        (unknown_columns, "unknown_columns", headers.unknown_column, "is neither read nor listed"),
    ],
)
def test_a_reader_that_breaks_the_law_is_found_out(
    small: LawTown, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, mutator: Any, told: str
):
    monkeypatch.setattr(owner, name, lambda *_: iter(()))
    feed = "exams/results" if mutator is cells.error_cells else "teaching/classes"
    mutants: list[LawMutant] = [_made(good, small.register, mutator) for good in small.goods[feed]]
    assert told in report(small.law_night(mutants, f"wrong-{name}"), tmp_path / "kept")


def _made(good: Any, register: Register, mutator: LawMutator) -> LawMutant:
    kind = next(kind for kind, mutators in CLASSES.items() if mutator in mutators)
    return law_mutant(good, register, 7, kind, mutator)


def test_every_class_has_mutators_of_its_own():
    found = [mutator for mutators in CLASSES.values() for mutator in {*mutators}]
    assert len(found) == len({*found}) >= 50
    assert {*members.ALL} & {*names.ALL} == set()
