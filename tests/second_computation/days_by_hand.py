"""What the sample city never sends of feeds of a file a day: passages at odd hours, of strangers, on a Sunday; and a
file of a month before, corrected on the third night.

Add here: another border of a feed of a file a day.
Stays out: writing (`hand_sent`), what should come of it (`attendance`, …).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

MONDAY, TUESDAY = date(2025, 9, 29), date(2025, 9, 30)  # all school days of their week, told on one night
SUNDAY = date(2025, 10, 12)
FIRST, THIRD = 0, 2  # nights, counted from 0
NOBODY = "L329901201501010001"  # no registry has him
_SCHOOL = "3432990001"

Line = dict[str, str]
File = tuple[int, str, str, list[Line]]


def files(pupils: Sequence[str], others: Sequence[str]) -> Iterator[File]:
    """Night, feed, slice and lines of each file: of two classes' students, by their numbers."""
    yield from _passages(pupils, others)
    yield from _readings(pupils, others)
    yield from _usage(pupils, others)
    yield from _sessions(pupils, others)


def _passages(pupils: Sequence[str], others: Sequence[str]) -> Iterator[File]:
    odd = [line for n, turns in enumerate(_ODD_DAYS) for line in _day(pupils[n % len(pupils)], MONDAY, turns)]
    odd += _day(NOBODY, MONDAY, "in 07:30")
    yield FIRST, "attendance/events", f"{MONDAY:%Y%m%d}", [*odd, *_day(others[0], MONDAY, "in 07:40, out 17:00")]
    sunday = [line for pupil in pupils[:3] for line in _day(pupil, SUNDAY, "in 09:00, out 10:00")]
    yield FIRST, "attendance/events", f"{SUNDAY:%Y%m%d}", sunday
    yield THIRD, "attendance/events", f"{MONDAY:%Y%m%d}", [*odd[2:], *_day(others[1], MONDAY, "in 07:40, out 17:00")]


_ODD_DAYS = (
    "in 07:30, out 16:40",
    "in 07:30",  # the gate saw nobody leave
    "out 16:30",  # nor come
    "in 07:30, out 11:00",
    "in 09:00, out 09:59",  # a minute too few
    "in 09:00, out 10:00",  # as many as are asked
    "in 10:40, out 14:50",  # an hour of each half
    "in 10:41, out 14:49",
    "in 08:00, out 08:30, in 09:00, out 09:30",  # half an hour twice
    "in 08:00, in 08:05, out 12:00, out 12:01",
    "out 08:30, in 13:55, out 15:00",
    "absent 08:00",
    "excused 08:00, in 14:00, out 17:00",
    "late 08:20, out 16:40",
    "in 12:00, out 12:00",
)
_WORDS = {
    "in": ("进", ""),
    "out": ("出", ""),
    "absent": ("进", "缺勤"),
    "excused": ("进", "请假"),
    "late": ("进", "迟到"),
}


def _day(pupil: str, day: date, turns: str) -> list[Line]:
    lines = []
    for n, (what, at) in enumerate(turn.split() for turn in turns.split(", ")):
        direction, status = _WORDS[what]
        lines.append(
            {
                "event_id": f"{pupil}-{day:%m%d}-{n}",
                "school_code": _SCHOOL,
                "student_number": pupil,
                "occurred_at": f"{day} {at}:00",
                "direction": direction,
                "status": status,
            }
        )
    return lines


def _readings(pupils: Sequence[str], others: Sequence[str]) -> Iterator[File]:
    """One title in four writings; minutes that nobody knows; a stranger, at a school and at none; no title."""
    titles = ("《西游记》", "西游记", " 西 游 记", "昆虫记", "NEMO", "nemo")
    lines = [_reading(pupils[n % 3], n, book, "20") for n, book in enumerate(titles)]
    lines += [_reading(others[0], 20, "昆虫记", ""), _reading(others[0], 21, "昆虫记", "15")]
    lines += [_reading(NOBODY, 30, "昆虫记", "15"), {**_reading(NOBODY, 31, "昆虫记", "15"), "school_code": ""}]
    yield FIRST, "reading/records", f"{MONDAY:%Y%m%d}", lines
    yield THIRD, "reading/records", f"{MONDAY:%Y%m%d}", [*lines[1:], _reading(others[1], 22, "城南旧事", "30")]
    stray = {**_reading(pupils[0], 40, "昆虫记", "5"), "read_on": "2025-09-18"}  # a week of which nothing else is told
    yield FIRST, "reading/records", f"{SUNDAY:%Y%m%d}", [_reading(pupils[0], 41, "昆虫记", "5", SUNDAY), stray]


def _reading(pupil: str, n: int, book: str, minutes: str, day: date = MONDAY) -> Line:
    return {
        "record_id": f"{pupil}-{day:%m%d}-{n}",
        "student_number": pupil,
        "school_code": _SCHOOL,
        "read_on": str(day),
        "book": book,
        "minutes": minutes,
        "finished": "是" if n % 2 else "否",
    }


def _usage(pupils: Sequence[str], others: Sequence[str]) -> Iterator[File]:
    """On two platforms; without minutes, and with none; a teacher, a stranger, an account of no school."""
    lines = [_used("国家平台", pupils[0], "30"), _used("省平台", pupils[0], "12.5"), _used("国家平台", pupils[1], "0")]
    lines += [_used("国家平台", others[0], ""), _used("国家平台", NOBODY, "30")]
    teacher = _used("国家平台", "", "45") | {"account": "t1", "role": "教师"}
    lines += [teacher, teacher | {"account": "t2", "school_code": ""}]
    yield FIRST, "platform_usage/daily", f"{MONDAY:%Y%m%d}", lines
    whole_week = [_used("国家平台", pupils[0], "20") | {"used_on": str(TUESDAY)}]
    yield FIRST, "platform_usage/daily", f"{TUESDAY:%Y%m%d}", whole_week
    yield THIRD, "platform_usage/daily", f"{MONDAY:%Y%m%d}", [*lines[1:], _used("区域平台", pupils[2], "10")]


def _used(platform: str, pupil: str, minutes: str) -> Line:
    return {
        "platform": platform,
        "account": f"by-hand-{pupil}",
        "used_on": str(MONDAY),
        "role": "学生",
        "student_number": pupil,
        "school_code": _SCHOOL,
        "minutes": minutes,
    }


def _sessions(pupils: Sequence[str], others: Sequence[str]) -> Iterator[File]:
    """A club of two sessions: absent, on leave, late; lengths that differ; a stranger; one more in a later file."""
    lines = [_attended(pupils[0], "c1", "出勤", "60"), _attended(pupils[1], "c1", "迟到", "90")]
    lines += [_attended(pupils[2], "c1", "缺勤", "60"), _attended(NOBODY, "c1", "出勤", "60")]
    lines += [_attended(pupils[0], "c2", "请假", "45"), _attended(pupils[3], "c2", "早退", "45")]
    yield FIRST, "after_school/sessions", f"{MONDAY:%Y%m%d}", lines
    whole_week = [_attended(pupils[0], "c4", "出勤", "40") | {"held_on": str(TUESDAY)}]
    yield FIRST, "after_school/sessions", f"{TUESDAY:%Y%m%d}", whole_week
    more = [_attended(others[0], "c3", "出勤", "30") | {"course": "机器人社"}]
    yield THIRD, "after_school/sessions", f"{MONDAY:%Y%m%d}", [*lines[1:], *more]


def _attended(pupil: str, session: str, status: str, minutes: str) -> Line:
    return {
        "session_id": f"by-hand-{session}",
        "held_on": str(MONDAY),
        "school_code": _SCHOOL,
        "student_number": pupil,
        "kind": "社团活动",
        "course": "围棋社",
        "status": status,
        "minutes": minutes,
    }
