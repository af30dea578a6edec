"""Who is hit by what: the plan of everything that is planted, made before a file is written.

Lives here: giving out roles. A person has one role at most, and no role depends on how many nights are
written.
Add here: another role.
Stays out: homework's own flaws and copies, which need the day's records (`feeds.homework_files`, `sending`).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from samples.dirt.timetable import half_school, is_half
from samples.planted.copies import class_edits, format_edits, misspelt, older_exam_edits
from samples.planted.flaw_kinds import CLASSES, DIRTY, EXAMS, KINDS, SCHOOLS, STUDENTS, TEACHERS
from samples.planted.plan import (
    BAD_SHARE,
    DIFFERENT_SHARE,
    MOVED_SHARE,
    NEVER_CAME_SHARE,
    Drawer,
    Edit,
    Flaw,
    Plan,
    amount,
)
from samples.world.exams import EXAM_GRADES, exams_of
from samples.world.identifiers import cut_passes_check, days_as_text
from samples.world.people import Students
from samples.world.randomness import stream
from samples.world.schools import Classes, Schools
from samples.world.strings import Bools, Ints
from samples.world.teachers import Teachers

# Of these students no other system has a copy, since there is nothing to compare it with.
_UNKNOWN = frozenset({"bad_number", "blank_number", "blank_name"})
# Which kinds the schools mend on which of three turns; the first turn is night 2.
_MENDED = (
    ("bad_number", "impossible_birth", "wrong_slice"),
    ("blank_number", "bad_id_check", "duplicate_key"),
    ("blank_name", "cut_id", "unknown_option"),
)


def make_plan(
    students: Students,
    teachers: Teachers,
    schools: Schools,
    classes: Classes,
    advisers: Ints,
    seed: int,
    *,
    dirt: bool = False,
) -> Plan:
    """Plan the whole city, whatever the number of nights; with `dirt` some kinds more. Nobody in a small school has a
    role: one bad row would be a large part of its roster.
    """
    plan = Plan()
    drawer = Drawer(stream(seed, "plan", "students"), schools.has_full_classes[classes.school[students.klass]])
    grade = classes.grade[students.klass]
    _plan_student_flaws(plan, drawer, students, schools, classes)
    _plan_movers(plan, drawer, students.klass, schools, classes)
    _plan_corrections(plan, drawer, students, grade)
    _plan_exam_edits(plan, drawer, students, classes)
    _plan_exam_flaws(plan, drawer, grade, stream(seed, "plan", "exams"))
    plan.edits += older_exam_edits(EXAMS, drawer.draw(2, np.isin(grade, EXAM_GRADES)), students, grade)
    _plan_lists(plan, teachers, len(schools.code), classes, advisers, seed, dirt=dirt)
    if dirt:
        _plan_dirty_students(plan, drawer, students)
        _wait_for_whole_rosters(plan, students, schools, classes)
    _plan_never_came(plan, drawer, grade)
    plan.free = drawer.free
    return plan


def _plan_dirty_students(plan: Plan, drawer: Drawer, students: Students) -> None:
    for kind in DIRTY[STUDENTS]:
        selection = drawer.draw(2, students.letter == 0)
        plan.flaws += [Flaw(f"{kind.feed}:{kind.name}:{n}", kind, int(p)) for n, p in enumerate(selection)]


def _wait_for_whole_rosters(plan: Plan, students: Students, schools: Schools, classes: Classes) -> None:
    """What a school mends in a roster that is held counts from the whole roster of the next night."""
    home = classes.school[students.klass]
    half = half_school(schools)
    for n, flaw in enumerate(plan.flaws):
        if flaw.mended and is_half(flaw.mended) and half in (flaw.target, home[flaw.entity]):
            plan.flaws[n] = replace(flaw, mended=flaw.mended + 1)
    for n, edit in enumerate(plan.edits):
        if edit.feed == STUDENTS and is_half(edit.first) and home[edit.person] == half:
            plan.edits[n] = replace(edit, first=edit.first + 1)


def _plan_student_flaws(
    plan: Plan, drawer: Drawer, students: Students, schools: Schools, classes: Classes
) -> None:
    kinds = KINDS[STUDENTS]
    count = amount(len(students), BAD_SHARE, len(kinds))
    school = classes.school[students.klass]
    full = int(schools.has_full_classes.sum())
    able = _able(students, schools.restless[school])
    plan.silent = np.zeros(len(students), bool)
    for kind in kinds:
        selection = drawer.draw(count, able.get(kind.name, able[""]))
        plan.silent[selection] = kind.name in _UNKNOWN
        for n, person in enumerate(selection):
            target = _other(int(school[person]), full, n) if kind.name == "wrong_slice" else -1
            mended = _mended(kind.name, n, count)
            plan.flaws.append(Flaw(f"{kind.feed}:{kind.name}:{n}", kind, int(person), "", target, mended))


def _able(students: Students, restless_school: Bools) -> dict[str, Bools]:
    """Whom a kind may hit: people with an ID number; for some kinds fewer of them.

    A row without its key is known by its row number: in a roster that people leave it would be another
    problem every night.
    """
    with_id = students.letter == 0
    cut = cut_passes_check(students.area, students.birth, students.sequence)
    return {"": with_id, "cut_id": with_id & cut, "blank_number": with_id & ~restless_school}


def _mended(kind: str, place: int, count: int) -> int | None:
    """The night that mends the `place`-th flaw of a kind: a twentieth of a kind on each of its turns."""
    turn = next((t for t, names in enumerate(_MENDED) if kind in names), None)
    return None if turn is None else 2 + turn + 3 * (place // max(1, count // 20))


def _other(school: int, schools: int, place: int) -> int:
    """Another of the schools of usual size, which come first."""
    return (school + 1 + place % (schools - 1)) % schools


def _plan_movers(plan: Plan, drawer: Drawer, klass: Ints, schools: Schools, classes: Classes) -> None:
    """People who leave one school for another that has their grade.

    They have no homework, and no class in marks: a record of the old class would be right for its day and
    wrong for today.
    """
    at = schools.restless[classes.school]
    schools_of_grade = np.array([len(set(classes.school[at & (classes.grade == g)])) for g in range(13)])
    plan.moves_a_night = max(2, round(len(klass) * MOVED_SHARE))
    able = at[klass] & (schools_of_grade[classes.grade[klass]] > 1)
    plan.movers = drawer.draw(max(6, 5 * plan.moves_a_night), able)
    plan.no_homework = plan.silent.copy()
    plan.no_homework[plan.movers] = True
    plan.blank_exam_class = np.zeros(len(klass), bool)
    plan.blank_exam_class[plan.movers] = True


def _plan_never_came(plan: Plan, drawer: Drawer, grade: Ints) -> None:
    """People of an entrance grade who are in the roster and never came (未报到): no other system knows them."""
    entered = np.isin(grade, (1, 7, 10))
    if (drawer.free & entered).any():
        plan.never_came = drawer.draw(max(4, round(len(grade) * NEVER_CAME_SHARE)), entered)
        plan.silent[plan.never_came] = True
        plan.no_homework[plan.never_came] = True


def _plan_corrections(plan: Plan, drawer: Drawer, students: Students, grade: Ints) -> None:
    """The owner renames (marks of before stay right) and mends a birth date (of people without an ID)."""
    a_night = max(1, round(len(students) * 0.0002))
    renamed = drawer.draw(max(3, 4 * a_night), np.isin(grade, EXAM_GRADES))
    names = zip(renamed, misspelt(students, renamed), strict=True)
    plan.edits += [
        Edit(STUDENTS, "name", int(p), name, "rename", first=2 + n // a_night)
        for n, (p, name) in enumerate(names)
    ]
    plan.no_homework[renamed] = True
    born = drawer.draw(max(2, 4 * a_night), students.letter == 1)
    dates = days_as_text(students.birth[born] + 1).to_pylist()
    plan.edits += [
        Edit(STUDENTS, "birth_date", int(p), day, "birth_date", first=2 + n // a_night)
        for n, (p, day) in enumerate(zip(born, dates, strict=True))
    ]


def _plan_exam_edits(plan: Plan, drawer: Drawer, students: Students, classes: Classes) -> None:
    """Copies that differ from the registry, and copies that only look different."""
    examined = np.isin(classes.grade[students.klass], EXAM_GRADES)
    count = amount(len(students), DIFFERENT_SHARE, 6)
    selection = drawer.draw(max(2, count), examined)
    for n, (p, name) in enumerate(zip(selection, misspelt(students, selection), strict=True)):
        until = None if n % 2 else 2 + n // 2 // max(1, count // 20)  # every second one is mended in time
        plan.edits.append(Edit(EXAMS, "name", int(p), name, "difference", until=until))
    plan.edits += class_edits(EXAMS, drawer.draw(count, examined), students, classes)
    plan.edits += format_edits(EXAMS, drawer.draw(max(2, count // 2), examined), students)
    plan.blank_exam_class[drawer.draw(max(2, count // 2), examined)] = True


def _plan_exam_flaws(plan: Plan, drawer: Drawer, grade: Ints, rng: np.random.Generator) -> None:
    kinds = KINDS[EXAMS]
    count = amount(len(grade), BAD_SHARE, len(kinds))
    for kind in kinds:
        for n, p in enumerate(drawer.draw(count, np.isin(grade, EXAM_GRADES))):
            exam = exams_of(int(grade[p]))[int(rng.integers(2))]
            plan.flaws.append(Flaw(f"{kind.feed}:{kind.name}:{n}", kind, int(p), part=exam.id))


def _plan_lists(
    plan: Plan, teachers: Teachers, schools: int, classes: Classes, advisers: Ints, seed: int, *, dirt: bool
) -> None:
    """Flaws of the three lists of the whole city."""
    common = np.ones(len(teachers), bool)
    common[advisers] = False  # a class adviser is never quarantined
    sizes = (
        (TEACHERS, len(teachers), common),
        (CLASSES, len(classes.size), None),
        (SCHOOLS, schools, None),
    )
    for feed, size, among in sizes:
        drawer = Drawer(stream(seed, "plan", feed), np.ones(size, bool))
        for kind in (*KINDS[feed], *(DIRTY.get(feed, ()) if dirt else ())):
            selection = drawer.draw(amount(size, BAD_SHARE, len(KINDS[feed])), among)
            plan.flaws += [Flaw(f"{feed}:{kind.name}:{n}", kind, int(e)) for n, e in enumerate(selection)]
