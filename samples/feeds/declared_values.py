"""What rows of the declared feeds say that must agree with the city, or with themselves.

Lives here: for a feed the columns that a contract's type cannot tell: people who exist, figures that are counted in the
rosters, dates and sums in their order; and whom its rows are about.
Add here: another feed whose columns hang together.
Stays out: columns that are alike in all feeds (`declared_columns`), declared facts (`declared_facts`), lists that
offices keep (`governing_values`).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import numpy as np

from samples.city import City
from samples.feeds import governing_values
from samples.feeds.conditions import condition_columns
from samples.feeds.contracts import option, options
from samples.feeds.declared_columns import Rows
from samples.feeds.declared_facts import declared, fact_columns
from samples.feeds.school_counts import class_count, is_compulsory, pupils
from samples.planted.flaw_kinds import TEACHERS
from samples.world import pools
from samples.world.strings import Bools, Columns, Ints, Strings, digits, join, same, take, where

_SESSIONS = (("作业辅导", "作业辅导"), ("篮球", "体育活动"), ("合唱", "艺术活动"), ("科创", "科技活动"),
             ("机器人社", "兴趣小组与社团"), ("围棋社", "兴趣小组与社团"))  # fmt: skip
_SOFTWARE = (("操作系统", "操作系统"), ("办公软件", "办公软件"), ("杀毒软件", "杀毒软件"))
_COMES_AT_NOON, _LEAVES_AT_NOON = 5, 3  # of 13 students, and of 11
_WITHOUT_GATES = 7  # of so many schools, one has no gates that tell
_SERVES_BRIEFLY = 4  # of so many schools, one has after-school service of an hour only
_TRAINING = {  # title by option of `training_kind`
    "信息技术应用培训": "信息技术应用能力培训",
    "信息技术应用能力提升工程2.0": "信息技术应用能力提升工程2.0",
    "人工智能素养培训": "人工智能素养培训",
    "信息素养达标测评": "教师信息素养达标测评",
}
_LASTS = 2  # the training that is not over for some
_HELD_BY_TEACHERS = ("award", "case", "studio", "team", "course", "person")
_TERMINALS_FROM = 5  # the rows of a school's devices from which each is the terminal of one teacher


def stated(city: City, feed: str, rows: Rows) -> Columns:
    """The columns of a feed that the city itself states; of most feeds none."""
    return _STATED[feed](city, rows) if feed in _STATED else {}


def concerns(city: City, feed: str) -> Bools | None:
    """Whom (students, teachers or schools) rows of a feed may be about; None: everyone."""
    return _CONCERNS[feed](city) if feed in _CONCERNS else None


def plain_teachers(city: City) -> Bools:
    """Teachers whose row of the list of teachers is sound."""
    plain = np.ones(len(city.teachers), bool)
    plain[[f.entity for f in city.plan.flaws if f.kind.feed == TEACHERS]] = False
    return plain


def _of_compulsory_schools(city: City) -> Bools:
    return is_compulsory(city)[city.classes.school[city.students.klass]]


def _of_schools_with_gates(city: City) -> Bools:
    return np.asarray(city.classes.school[city.students.klass] % _WITHOUT_GATES != _WITHOUT_GATES - 1)


def _trained(city: City) -> Bools:
    """Of four schools one trains nobody, one half of its teachers, and two everyone."""
    teachers = city.teachers
    turn = np.arange(len(city.schools.code)) % 4
    place = np.arange(len(teachers)) - np.searchsorted(teachers.school, teachers.school)
    return np.asarray((turn[teachers.school] > 1) | ((turn[teachers.school] == 1) & (place % 2 == 0)))


def _staff(city: City) -> Ints:
    """Teachers of each school."""
    return np.bincount(city.teachers.school[plain_teachers(city)], minlength=len(city.schools.code))


def _teacher(city: City, school: Ints, turn: Ints) -> Ints:
    """A teacher of each row's school: the first, the second, … by `turn`."""
    plain = np.flatnonzero(plain_teachers(city))
    return plain[np.searchsorted(city.teachers.school[plain], school) + turn % _staff(city)[school]]


def _staff_number(city: City, rows: Rows) -> Strings:
    return city.teachers.staff_number.take(_teacher(city, rows.school, rows.turn))


def _days_before(day: date, ago: Ints) -> Strings:
    return take([(day - timedelta(days=n)).isoformat() for n in range(int(ago.max(initial=0)) + 1)], ago)


def _days_after(day: date, ahead: Ints) -> Strings:
    return take([(day + timedelta(days=n)).isoformat() for n in range(int(ahead.max(initial=0)) + 1)], ahead)


def _clock(day: date, minute: Ints) -> Strings:
    return join(day.isoformat(), " ", digits(minute // 60, 2), ":", digits(minute % 60, 2), ":00")


def _entry(pairs: Sequence[tuple[str, str]], which: int, at: Ints) -> Strings:
    """The first or second word of the pair that `at` names."""
    return take([pair[which] for pair in pairs], at % len(pairs))


def _sessions(city: City, rows: Rows) -> Columns:
    """Of each school and course one session a day, of an hour or two."""
    course = rows.student % len(_SESSIONS)
    minutes = np.where(rows.school % _SERVES_BRIEFLY == 0, 60, 120)
    begin = np.full(len(rows), 15 * 60 + 50)
    return {
        "session_id": join(take(city.schools.code, rows.school), rows.day.strftime("-%Y%m%d-"), digits(course + 1)),
        "course": _entry(_SESSIONS, 0, course),
        "kind": _entry(_SESSIONS, 1, course),
        "staff_number": city.teachers.staff_number.take(_teacher(city, rows.school, course)),
        "starts_at": _clock(rows.day, begin),
        "ends_at": _clock(rows.day, begin + minutes),
        "minutes": digits(minutes),
    }


def _passages(_: City, rows: Rows) -> Columns:
    """In before the first lesson, out after the last; some come at noon, and some leave then."""
    comes = np.where(rows.student % 13 == _COMES_AT_NOON, 13 * 60, 7 * 60) + rows.student % 50
    leaves = np.where(rows.student % 11 == _LEAVES_AT_NOON, 11 * 60 + 45, 16 * 60 + 30 + rows.student % 90)
    minute = np.where(rows.turn == 0, comes, np.maximum(leaves, comes + 5))
    return {"occurred_at": _clock(rows.day, minute), "status": same("出勤", len(rows))}


def _devices(city: City, rows: Rows) -> Columns:
    """A screen for each class, terminals for a third of the students, and then row by row a teacher's terminal."""
    is_terminal = rows.turn >= _TERMINALS_FROM
    place = rows.turn - _TERMINALS_FROM
    someone = is_terminal & (place < _staff(city)[rows.school])
    common = np.array(["交互式多媒体设备", "学生终端", "网络设备", "录播系统", "教师终端"])
    room = np.array(["普通教室", "计算机教室", "机房", "录播教室", "办公场所"])
    slot = np.minimum(rows.turn, _TERMINALS_FROM - 1)
    one = np.ones(len(rows), np.int64)
    quantity = np.select(
        [slot == 0, slot == 1, is_terminal],
        [np.maximum(class_count(city)[rows.school], 1), np.maximum(pupils(city)[rows.school] // 3, 1), one],
        one * 2,
    )
    staff = city.teachers.staff_number.take(_teacher(city, rows.school, np.maximum(place, 0)))
    return {
        "kind": take(common.tolist(), slot),
        "name": take(common.tolist(), slot),
        "quantity": digits(quantity),
        "room": same(None, len(rows)),
        "room_kind": take(room.tolist(), slot),
        "staff_number": where(someone, staff, None),
        "status": where(rows.turn % 13 != 12, "在用", "维修"),
    }


def _software(city: City, rows: Rows) -> Columns:
    """As many copies as teachers; of five schools one has fewer licences than copies."""
    staff = _staff(city)[rows.school]
    short = (rows.school % 5 == 3) & (rows.turn == 1)
    return {
        "kind": _entry(_SOFTWARE, 1, rows.turn),
        "installations": digits(staff),
        "licences": digits(np.where(short, staff // 2, staff)),
        "licensed": where(short, *pools.YES_NO),
        "expires_on": _days_after(rows.day, 100 + rows.school % 200),
    }


def _trainings(_: City, rows: Rows) -> Columns:
    """A training of each kind, begun before the night; one in nine is not passed, some last and some tell no hours.

    One teacher in five took the first of them in the year before.
    """
    titles = list(_TRAINING.items())
    lasts = (rows.turn == _LASTS) & (rows.teacher % 5 == 2)
    passed = take(("合格", "优秀", "不合格"), np.where(rows.teacher % 9 == 4, 2, rows.teacher % 2))
    began = 60 + 20 * rows.turn + np.where((rows.turn == 0) & (rows.teacher % 5 == 3), 365, 0)
    hours = digits(np.where(rows.turn == 1, 50, 24))
    return {
        "title": _entry(titles, 1, rows.turn),
        "kind": _entry(titles, 0, rows.turn),
        "level": take(("省级教育行政部门", "地级教育行政部门"), rows.turn % 2),
        "training_id": join("PX2025-", digits(rows.turn + 1, 3)),
        "started_on": _days_before(rows.day, began),
        "finished_on": where(lasts, None, _days_before(rows.day, began - 30)),
        "hours": where((rows.turn == 0) & (rows.teacher % 11 == 6), None, hours),
        "result": where(lasts, "未完成", passed),
    }


def _honours(city: City, rows: Rows) -> Columns:
    """Each of the school, with no more members than it has teachers; awards, persons, studios, teams, cases and courses
    name the teacher who holds them. Of five one has run out.
    """
    kinds, topics = options("honour_kind"), options("honour_topic")
    kind, topic = (rows.school * 3 + rows.turn) % len(kinds), (rows.school + rows.turn) % len(topics)
    staff = _staff(city)[rows.school]
    awarded = 30 + (rows.school * 17 + rows.turn * 40) % 250
    lasts = np.where((rows.school + 2 * rows.turn) % 5 == 4, awarded - 1, 1095)
    of_teacher = np.isin(kind, [kinds.index(option("honour_kind", code)) for code in _HELD_BY_TEACHERS])
    return {
        "awarded_on": _days_before(rows.day, awarded),
        "valid_until": where(
            lasts < awarded,
            _days_before(rows.day, np.maximum(awarded - lasts, 0)),
            _days_after(rows.day, np.maximum(lasts - awarded, 0)),
        ),
        "kind": take(kinds, kind),
        "topic": take(topics, topic),
        "title": join(take(topics, topic), take(kinds, kind)),
        "staff_number": where(of_teacher, _staff_number(city, rows), None),
        "participants": digits(np.minimum(staff, 1 + rows.school % 12)),
        "online": where((rows.school + rows.turn) % 2 == 0, *pools.YES_NO),
        "role": take(options("honour_role")[:2], (rows.school + rows.turn) % 2),
    }


def _finance(city: City, rows: Rows) -> Columns:
    """A part of the school's public budget, and no more spent than budgeted."""
    public = pupils(city)[rows.school] * 1000
    budgeted = public * (2 + rows.school % 4) // 100
    return {
        "budgeted": digits(budgeted),
        "spent": digits(budgeted * (60 + rows.school * 7 % 41) // 100),
        "public_budget": digits(public),
        "per_pupil_fund": digits(np.full(len(rows), 1000)),
    }


def _evaluations(_: City, rows: Rows) -> Columns:
    """Five records a pupil, in two to three dimensions; in one of them the school's own level stands beside others."""
    names, turn = options("quality_dimension"), rows.student + rows.turn
    dimension = (rows.student + rows.turn // 2) % len(names)
    by_school = turn % 3 == 0
    ago = 5 + (rows.student * 7 + rows.turn * 11) % 40
    return {
        "dimension": take(names, dimension),
        "recorded_on": _days_before(rows.day, ago),
        "evaluator": where(by_school, "学校评价", take(options("quality_evaluator"), turn % 4)),
        "level": where(turn % 7 == 6, None, take(options("quality_level"), turn % 4)),
        "hours": where(rows.turn % 2 == 0, digits(1 + turn % 20), None),
        "score": where(turn % 5 == 4, None, digits(60 + (rows.student * 3 + rows.turn * 7) % 41)),
        "verified": where((rows.student + 2 * rows.turn) % 11 == 10, *pools.YES_NO),
    }


def _facts(city: City, rows: Rows) -> Columns:
    return fact_columns(city, declared(city), rows.day)


_STATED: dict[str, Callable[[City, Rows], Columns]] = {
    "school_registry/conditions": condition_columns,
    "after_school/sessions": _sessions,
    "attendance/events": _passages,
    "assets/networks": lambda city, rows: governing_values.networks(
        rows, city.teachers.name.take(_teacher(city, rows.school, rows.turn))
    ),
    "assets/devices": _devices,
    "assets/software": _software,
    "training/records": _trainings,
    "honours/records": _honours,
    "declarations/facts": _facts,
    "finance/records": _finance,
    "projects/records": lambda _, rows: governing_values.projects(rows),
    "security/incidents": lambda _, rows: governing_values.incidents(rows),
    "quality/actions": governing_values.actions,
    "quality/records": _evaluations,
}
_CONCERNS: dict[str, Callable[[City], Bools]] = {
    "attendance/events": _of_schools_with_gates,
    "after_school/sessions": _of_compulsory_schools,
    "training/records": _trained,
}
