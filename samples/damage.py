"""Records with damaged identifiers and the person each belongs to: the input for measuring identity matching.

Lives here: a registry with twins, siblings, namesakes and reused ID numbers, records of a platform about its students,
and the damage done to them, each at a rate of its own.
Add here: another way in which an identifier or a piece of evidence goes wrong.
Stays out: the files of a night (`feeds`); matching (`dbt_project`).
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
class DamagedRecords:
    """`registry` and `records` as their systems export them (all text), and the `truth` about each record.

    `platform` numbers the system that a record is of, from 0; each has one record a student.

    The truth names the student's number (null for a stranger), what was done to the identifier ('' for nothing) and
    which evidence is whole: name, birth date, school with class, telephone that nobody shares.
    """

    registry: pa.Table
    records: pa.Table
    truth: pa.Table


def make_damaged_records(students: int, records_each: int, rates: Rates, seed: int) -> DamagedRecords:
    """A city of about so many students, and a record about each on `records_each` platforms."""
    world = _Population.make(students, rates, seed)
    return _records(world, records_each, rates, stream(seed, "damage", "records"))


@dataclass(frozen=True)
class _Population:
    students: Students
    is_registered: Bools         # in the registry; the others are strangers
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
    def make(cls, students: int, rates: Rates, seed: int) -> _Population:
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
            is_registered=rng.random(count) >= rates.strangers,
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
        }).filter(pa.array(self.is_registered))  # fmt: skip


def _pairs(free: Bools, group: Ints, share: float, rng: np.random.Generator) -> list[tuple[int, int]]:
    """Pairs of people of one group who are in no other pair yet: `share` of all people."""
    order = np.lexsort((rng.random(len(free)), group))
    order = order[free[order]]
    neighbours = np.flatnonzero(group[order[:-1]] == group[order[1:]])
    neighbours = neighbours[neighbours % 2 == 0]
    selection = rng.choice(neighbours, min(len(neighbours), round(len(free) * share / 2)), replace=False)
    pairs = [(int(order[at]), int(order[at + 1])) for at in selection]
    for pair in pairs:
        free[list(pair)] = False
    return pairs


def _one_edit(name: str, rng: np.random.Generator) -> str:
    others = [c for c in pools.GIVEN_NAMES if c != name[-1]]
    return name[:-1] + others[int(rng.integers(len(others)))]


def _records(world: _Population, each: int, rates: Rates, rng: np.random.Generator) -> DamagedRecords:
    """Every student's records: what the platform shows, and what is true of it."""
    persons = np.repeat(np.arange(len(world.is_registered)), each)
    harm = _harm(world, persons, rates, rng)
    number = _numbers(world, persons, harm, rng)
    is_damaged = harm != ""
    name, name_whole = _names(world, persons, is_damaged, rates, rng)
    birth, birth_whole = _births(world, persons, is_damaged, rates, rng)
    klass, place_blank = _classes(world, persons, is_damaged, rates, rng)
    phone, phone_whole = _phones(world, persons, is_damaged, rates, rng)
    records = pa.table({
        "platform": np.tile(np.arange(each), len(world.is_registered)),
        "record_id": digits(np.arange(len(persons)), 9),
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
        "student_number": where(world.is_registered[persons], world.number.take(pa.array(persons)), None),
        "harm": pa.array(harm.tolist(), pa.string()),
        "name_whole": name_whole,
        "birth_whole": birth_whole,
        "place_whole": ~place_blank & (klass == world.klass[persons]),
        "phone_whole": phone_whole,
    })  # fmt: skip
    return DamagedRecords(world.registry(), records, truth)


def _harm(world: _Population, persons: Ints, rates: Rates, rng: np.random.Generator) -> np.ndarray:
    """What is done to the identifier of each record."""
    edges = np.cumsum([rates.damaged, rates.missing, rates.mistaken, rates.swapped])
    kinds = np.array(["damaged", "missing", "mistaken", "swapped", ""], object)
    harm = kinds[np.searchsorted(edges, rng.random(len(persons)), side="right")]
    harm[~world.is_registered[persons]] = "stranger"
    return harm


def _numbers(world: _Population, persons: Ints, harm: np.ndarray, rng: np.random.Generator) -> Strings:
    people, number_owners = world.students, persons.copy()
    swapped = np.flatnonzero(harm == "swapped")
    by_class = np.lexsort((rng.random(len(swapped)), world.klass[persons[swapped]]))  # with a classmate, mostly
    number_owners[swapped[by_class]] = persons[swapped[np.roll(by_class, 1)]]
    unswapped = swapped[number_owners[swapped] == persons[swapped]]
    harm[unswapped] = ""
    number = world.number.take(pa.array(number_owners))
    broken = join(pc.utf8_slice_codeunits(number, 0, 18), "Z")
    unknown = student_numbers(
        np.ones(len(persons), int), people.area[persons], people.birth[persons], np.full(len(persons), 999)
    )
    number = where(np.isin(harm, ("missing", "stranger")), None, number)
    number = where(harm == "damaged", broken, number)
    return where(harm == "mistaken", unknown, number)


def _names(
    world: _Population, persons: Ints, is_damaged: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Strings, Bools]:
    draw = rng.random(len(persons))
    misspelt, blank = is_damaged & (draw < rates.name_misspelt), is_damaged & (draw > 1 - rates.name_blank)
    name = np.array(world.name.take(pa.array(persons)).to_pylist(), object)
    for at in np.flatnonzero(misspelt):
        name[at] = _one_edit(name[at], rng)
    name[blank] = None
    return pa.array(name.tolist(), pa.string()), ~(misspelt | blank)


def _births(
    world: _Population, persons: Ints, is_damaged: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Strings, Bools]:
    draw = rng.random(len(persons))
    misread, blank = is_damaged & (draw < rates.birth_misread), is_damaged & (draw > 1 - rates.birth_blank)
    born = world.birth[persons] + np.where(misread, rng.choice([-1, 1, 10, 365], len(persons)), 0)
    return where(blank, None, days_as_text(born)), ~(misread | blank)


def _classes(
    world: _Population, persons: Ints, is_damaged: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Ints, Bools]:
    draw = rng.random(len(persons))
    moved = is_damaged & (draw < rates.moved)
    klass = np.where(moved, rng.integers(0, len(world.school_of), len(persons)), world.klass[persons])
    return klass, is_damaged & (draw > 1 - rates.place_blank)


def _phones(
    world: _Population, persons: Ints, is_damaged: Bools, rates: Rates, rng: np.random.Generator
) -> tuple[Strings, Bools]:
    draw = rng.random(len(persons))
    changed, blank = is_damaged & (draw < rates.phone_changed), is_damaged & (draw > 1 - rates.phone_blank)
    sharers = np.bincount(world.phone, minlength=int(world.phone.max()) + 1)
    phone_numbers = np.where(changed, rng.integers(50_000_000, 99_000_000, len(persons)), world.phone[persons])
    text = where(blank, same(None, len(persons)), join("125", digits(phone_numbers, 8)))
    return text, ~(changed | blank) & (sharers[world.phone[persons]] == 1)
