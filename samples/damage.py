"""Records whose identifiers are damaged, and whose they are in truth: what matching is measured by.

Lives here: a registry with twins, siblings, namesakes and reused ID numbers, records of a platform about its students,
and the damage done to them, each at a rate of its own.
Add here: another way in which an identifier or a piece of evidence goes wrong.
Stays out: the files of a night (`feeds`); finding the people again (dbt_project).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from samples.world import pools
from samples.world.identifiers import days_as_text, id_numbers, student_numbers
from samples.world.people import Students, make_students
from samples.world.randomness import stream
from samples.world.schools import make_classes, make_schools
from samples.world.strings import Bools, Ints, Strings, digits, join, same, take, where


@dataclass(frozen=True)
class Rates:
    """Shares of 1. First of the registry's students, then of the platform's records, last of the damaged records."""

    twins: float = 0.01          # in pairs: one class, birth date and telephone, names one edit apart
    siblings: float = 0.1        # in pairs: one telephone
    namesakes: float = 0.01      # in pairs: one name in one class
    reused_ids: float = 0.005    # in pairs: one ID number in two places
    damaged: float = 0.02        # the number fails its check
    missing: float = 0.02
    mistaken: float = 0.002      # a sound number that nobody has
    swapped: float = 0.008       # two children have each other's number
    strangers: float = 0.002     # of children whom no registry knows, without a number
    name_misspelt: float = 0.06
    name_blank: float = 0.03
    birth_misread: float = 0.04
    birth_blank: float = 0.25
    moved: float = 0.05          # another class
    place_blank: float = 0.05
    phone_changed: float = 0.05
    phone_blank: float = 0.3

    def __str__(self) -> str:
        return ", ".join(f"{field.name} {getattr(self, field.name):g}" for field in fields(self))


@dataclass(frozen=True)
class Damaged:
    """`registry` and `records` as their systems export them (all text), and the `truth` about each record.

    `platform` numbers the system that a record is of, from 0; each has one record a student.

    The truth names the student's number (null for a stranger), what was done to the identifier ('' for nothing) and
    which evidence is whole: name, birth date, school with class, telephone that nobody shares.
    """

    registry: pa.Table
    records: pa.Table
    truth: pa.Table


def make(students: int, records_each: int, rates: Rates, seed: int) -> Damaged:
    """A city of about so many students, and a record about each on `records_each` platforms."""
    world = _World.make(students, rates, seed)
    return _records(world, records_each, rates, stream(seed, "damage", "records"))


@dataclass(frozen=True)
class _World:
    students: Students
    known: Bools         # in the registry; the others are strangers
    name: Strings
    birth: Ints
    phone: Ints
    id_number: Strings
    number: Strings
    klass: Ints
    school_of: Ints      # of each class
    schools: tuple[str, ...]
    class_codes: tuple[str, ...]

    @classmethod
    def make(cls, students: int, rates: Rates, seed: int) -> _World:
        schools = make_schools(students, seed)
        classes = make_classes(schools, students, seed)
        people = make_students(schools, classes, seed)
        rng = stream(seed, "damage", "people")
        count = len(people)
        name, birth, phone = np.array(people.name.to_pylist(), object), people.birth.copy(), np.arange(count)
        id_source = np.arange(count)
        free = np.ones(count, bool)
        for one, other in _pairs(free, people.klass, rates.twins, rng):
            birth[other], phone[other] = birth[one], phone[one]
            name[other] = _one_edit(name[one], rng)
        for one, other in _pairs(free, people.klass, rates.namesakes, rng):
            name[other] = name[one]
        for one, other in _pairs(free, np.zeros(count, int), rates.siblings, rng):
            phone[other] = phone[one]
        for one, other in _pairs(free, np.zeros(count, int), rates.reused_ids, rng):
            id_source[other] = one
        return cls(
            students=people,
            known=rng.random(count) >= rates.strangers,
            name=pa.array(name.tolist(), pa.string()),
            birth=birth,
            phone=phone,
            id_number=id_numbers(people.area, people.birth, people.sequence).take(pa.array(id_source)),
            number=people.number,
            klass=people.klass,
            school_of=classes.school,
            schools=schools.code,
            class_codes=classes.code,
        )

    def registry(self) -> pa.Table:
        """The rows of the student registry."""
        return pa.table({
            "student_number": self.number,
            "id_number": self.id_number,
            "school_code": take(self.schools, self.school_of[self.klass]),
            "name": self.name,
            "birth_date": days_as_text(self.birth),
            "class_code": take(self.class_codes, self.klass),
            "member1_phone": join("125", digits(self.phone, 8)),
        }).filter(pa.array(self.known))  # fmt: skip


def _pairs(free: Bools, group: Ints, share: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Pairs of people of one group who are in no other pair yet: `share` of all people."""
    order = np.lexsort((rng.random(len(free)), group))
    order = order[free[order]]
    neighbours = np.flatnonzero(group[order[:-1]] == group[order[1:]])
    neighbours = neighbours[neighbours % 2 == 0]
    drawn = rng.choice(neighbours, min(len(neighbours), round(len(free) * share / 2)), replace=False)
    pairs = [(int(order[at]), int(order[at + 1])) for at in drawn]
    for pair in pairs:
        free[list(pair)] = False
    return pairs


def _one_edit(name: str, rng: np.random.Generator) -> str:
    others = [c for c in pools.GIVEN if c != name[-1]]
    return name[:-1] + others[int(rng.integers(len(others)))]


def _records(world: _World, each: int, rates: Rates, rng: np.random.Generator) -> Damaged:
    """Every student's records: what the platform shows, and what is true of it."""
    who = np.repeat(np.arange(len(world.known)), each)
    harm = _harm(world, who, rates, rng)
    number = _numbers(world, who, harm, rng)
    hit = harm != ""
    name, name_whole = _names(world, who, hit, rates, rng)
    birth, birth_whole = _births(world, who, hit, rates, rng)
    klass, place_blank = _classes(world, who, hit, rates, rng)
    phone, phone_whole = _phones(world, who, hit, rates, rng)
    records = pa.table({
        "platform": np.tile(np.arange(each), len(world.known)),
        "record_id": digits(np.arange(len(who)), 9),
        "student_number": number,
        "name": name,
        "birth_date": birth,
        "school_code": where(place_blank, None, take(world.schools, world.school_of[klass])),
        "class_code": where(place_blank, None, take(world.class_codes, klass)),
        "guardian_phone": phone,
    })  # fmt: skip
    truth = pa.table({
        "platform": records["platform"],
        "record_id": records["record_id"],
        "student_number": where(world.known[who], world.number.take(pa.array(who)), None),
        "harm": pa.array(harm.tolist(), pa.string()),
        "name_whole": name_whole,
        "birth_whole": birth_whole,
        "place_whole": ~place_blank & (klass == world.klass[who]),
        "phone_whole": phone_whole,
    })  # fmt: skip
    return Damaged(world.registry(), records, truth)


def _harm(world: _World, who: Ints, rates: Rates, rng: np.random.Generator) -> np.ndarray:
    """What is done to the identifier of each record."""
    edges = np.cumsum([rates.damaged, rates.missing, rates.mistaken, rates.swapped])
    kinds = np.array(["damaged", "missing", "mistaken", "swapped", ""], object)
    harm = kinds[np.searchsorted(edges, rng.random(len(who)), side="right")]
    harm[~world.known[who]] = "stranger"
    return harm


def _numbers(world: _World, who: Ints, harm: np.ndarray, rng: np.random.Generator) -> Strings:
    people, theirs = world.students, who.copy()
    swapped = np.flatnonzero(harm == "swapped")
    near = np.lexsort((rng.random(len(swapped)), world.klass[who[swapped]]))  # with a classmate, mostly
    theirs[swapped[near]] = who[swapped[np.roll(near, 1)]]
    alone = swapped[theirs[swapped] == who[swapped]]
    harm[alone] = ""
    number = world.number.take(pa.array(theirs))
    broken = join(pc.utf8_slice_codeunits(number, 0, 18), "Z")
    unknown = student_numbers(np.ones(len(who), int), people.area[who], people.birth[who], np.full(len(who), 999))
    number = where(np.isin(harm, ("missing", "stranger")), None, number)
    number = where(harm == "damaged", broken, number)
    return where(harm == "mistaken", unknown, number)


def _names(
    world: _World, who: Ints, hit: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Strings, Bools]:
    draw = rng.random(len(who))
    misspelt, blank = hit & (draw < rates.name_misspelt), hit & (draw > 1 - rates.name_blank)
    name = np.array(world.name.take(pa.array(who)).to_pylist(), object)
    for at in np.flatnonzero(misspelt):
        name[at] = _one_edit(name[at], rng)
    name[blank] = None
    return pa.array(name.tolist(), pa.string()), ~(misspelt | blank)


def _births(
    world: _World, who: Ints, hit: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Strings, Bools]:
    draw = rng.random(len(who))
    misread, blank = hit & (draw < rates.birth_misread), hit & (draw > 1 - rates.birth_blank)
    born = world.birth[who] + np.where(misread, rng.choice([-1, 1, 10, 365], len(who)), 0)
    return where(blank, None, days_as_text(born)), ~(misread | blank)


def _classes(
    world: _World, who: Ints, hit: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Ints, Bools]:
    draw = rng.random(len(who))
    moved = hit & (draw < rates.moved)
    klass = np.where(moved, rng.integers(0, len(world.school_of), len(who)), world.klass[who])
    return klass, hit & (draw > 1 - rates.place_blank)


def _phones(
    world: _World, who: Ints, hit: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Strings, Bools]:
    draw = rng.random(len(who))
    changed, blank = hit & (draw < rates.phone_changed), hit & (draw > 1 - rates.phone_blank)
    sharers = np.bincount(world.phone, minlength=int(world.phone.max()) + 1)
    shown = np.where(changed, rng.integers(50_000_000, 99_000_000, len(who)), world.phone[who])
    text = where(blank, same(None, len(who)), join("125", digits(shown, 8)))
    return text, ~(changed | blank) & (sharers[world.phone[who]] == 1)
