"""What the sample city never sends, written by hand: homework on the borders of being one, of minutes and kinds that
nobody knows, of a month before, of a Sunday and a holiday; a list of who teaches what that differs from the owners;
lists of offices.

Add here: another border.
Stays out: what should come of it (`homework`).
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from tests.second_computation import cells, contracts, days_by_hand, lists_by_hand, rosters
from tests.second_computation.events import Events
from tests.second_computation.homework import PLATFORMS

MONDAY, HOLIDAY, SUNDAY = date(2025, 9, 29), date(2025, 10, 6), date(2025, 10, 12)
_A, _B = PLATFORMS
_ASSIGNMENTS = "teaching/assignments"
_Line = dict[str, str]


@dataclass(frozen=True)
class Pupil:
    """A student as the platforms know him."""

    number: str
    name: str


_NOBODY = Pupil("L329901201501010001", "无人识")  # no registry has him


def send(city: Path, events: Events) -> None:
    """Lay the files beside those of the first and second night, and add them to the accounts."""
    five = _classes(events, "primary", "5") or _classes(events, "primary", "4")
    junior = _classes(events, "junior", "8")
    monday = [*_deciding(five[0]), *_not_deciding(junior[0]), *_borders(five[0]), *_unknown(junior[0])]
    sunday = [line for pupil in (*five[0], *junior[0]) for line in _pair(pupil, SUNDAY, ("练习", 30), None)]
    for day, lines in ((MONDAY, monday), (HOLIDAY, list(_holiday(five[0]))), (SUNDAY, sunday)):
        for platform in PLATFORMS:
            rows = [line for feed, line in lines if feed == platform]
            if rows:
                _write(city, events.nights[0], platform, f"{day:%Y%m%d}", rows)
    classes = ([pupil.number for pupil in pupils] for pupils in (five[0], junior[0]))
    for night, feed, part, lines in days_by_hand.files(*classes):
        _write(city, events.nights[night], feed, part, lines)
    school, rows = _assignments(events)
    _write(city, events.nights[1], _ASSIGNMENTS, school, rows)
    for feed, part, lines in lists_by_hand.files(events):
        _write(city, events.nights[1], feed, part, lines)


def _classes(events: Events, stage: str, grade: str) -> list[list[Pupil]]:
    """The students of each class of a grade who have a name, the largest class first."""
    seats = rosters.seats(events, events.nights[0])
    members: dict[tuple[str, str | None], list[Pupil]] = {}
    for row in events.rows("student_registry/students", events.nights[0]):
        number, name = str(cells.identifier(row["student_number"])), cells.name(row["name"])
        seat = seats[number]
        if name and seat.grade == grade and rosters.schools(events)[seat.school_code].stage_of(grade) == stage:
            members.setdefault((seat.school_code, seat.class_code), []).append(Pupil(number, name))
    return sorted(members.values(), key=len, reverse=True)


def _deciding(pupils: Sequence[Pupil]) -> Iterator[tuple[str, _Line]]:
    """Two tasks that may be one: together over the limit of 60 minutes, one of them within."""
    for pupil in pupils[6:]:
        yield from _pair(pupil, MONDAY, ("练习", 40), ("习作", 35), apart=60, due_days=(1, 3))


def _not_deciding(pupils: Sequence[Pupil]) -> Iterator[tuple[str, _Line]]:
    """Two tasks that may be one, and are within the limit of 90 minutes all the same."""
    for pupil in pupils[3:]:
        yield from _pair(pupil, MONDAY, ("练习", 20), ("习作", 25), apart=60, due_days=(1, 3))


def _borders(pupils: Sequence[Pupil]) -> Iterator[tuple[str, _Line]]:
    """Clocks at the tolerance and a second past it; as much for as against; the very same time; one of two copies."""
    yield from _pair(pupils[0], MONDAY, ("练习", 30), ("练习", 30), apart=120)
    yield from _pair(pupils[1], MONDAY, ("练习", 30), ("练习", 30), apart=121)
    yield from _pair(pupils[2], MONDAY, ("练习", 30), ("习作", 30), apart=30, due_days=(1, None))
    yield from _pair(pupils[3], MONDAY, ("练习", 30), ("习作", 25), apart=0, due_days=(1, 1))
    yield from _pair(pupils[4], MONDAY, ("练习", 30), ("练习", 30), apart=90)
    yield from _pair(pupils[4], MONDAY, None, ("练习", 30), apart=40)
    yield from _pair(pupils[5], MONDAY, ("练习", 30), ("", 30), apart=90)


def _unknown(pupils: Sequence[Pupil]) -> Iterator[tuple[str, _Line]]:
    """Nobody knows the minutes; nor whether it is written; nor who the student is: a number alone joins nobody."""
    yield from _pair(pupils[0], MONDAY, ("练习", None), None)
    yield from ((feed, {**line, "written": ""}) for feed, line in _pair(pupils[1], MONDAY, ("练习", 30), None))
    yield from _pair(_NOBODY, MONDAY, ("练习", 30), None)
    yield from _pair(Pupil(pupils[2].number, ""), MONDAY, ("练习", 30), None)


def _holiday(pupils: Sequence[Pupil]) -> Iterator[tuple[str, _Line]]:
    """Homework told long after it was due: handed in on the minute, a minute late, and never; some of it not written,
    and of a subject the minutes are unknown.
    """
    handed_in = ("2025-10-07 07:50:00", "2025-10-07 07:51:00", "")
    for n, pupil in enumerate(pupils[:6]):
        subject, minutes = ("语文", 30) if n < 4 else ("数学", None)
        more = {"subject": subject, "submitted_at": handed_in[n % 3], "written": "否" if n == 3 else "是"}
        yield from ((feed, line | more) for feed, line in _pair(pupil, HOLIDAY, ("练习", minutes), None))


def _pair(
    pupil: Pupil,
    day: date,
    first: tuple[str, int | None] | None,
    second: tuple[str, int | None] | None,
    *,
    apart: int = 0,
    due_days: tuple[int | None, int | None] = (1, 1),
) -> Iterator[tuple[str, _Line]]:
    """A task of Chinese as each platform tells it: title and planned minutes, B's clock `apart` seconds ahead."""
    at = datetime.fromisoformat(f"{day}T16:00:00")
    for platform, task, seconds, due in ((_A, first, 0, due_days[0]), (_B, second, apart, due_days[1])):
        if task:
            title, minutes = task
            yield (
                platform,
                {
                    "record_id": f"{pupil.number}-{day:%m%d}-{seconds}",
                    "assignment_id": f"{day:%Y%m%d}-{title}",
                    "student_number": pupil.number,
                    "student_name": pupil.name,
                    "subject": "语文",
                    "title": title,
                    "written": "是",
                    "planned_minutes": "" if minutes is None else str(minutes),
                    "assigned_at": (at + timedelta(seconds=seconds)).isoformat(" "),
                    "due_at": "" if due is None else f"{day + timedelta(days=due)} 07:50:00",
                },
            )


def _assignments(events: Events) -> tuple[str, list[_Line]]:
    """One school's list again, in which a teacher and a class are called otherwise."""
    school, delivery = next(iter(events.current(_ASSIGNMENTS).items()))
    rows = [{name: cell or "" for name, cell in row.items()} for row in delivery.rows]
    teacher, klass = rows[0]["staff_number"], rows[-1]["class_code"]
    for row in rows:
        if row["staff_number"] == teacher:
            row["teacher_name"] += "梓"
        if row["class_code"] == klass:
            row["class_name"] = "特色班"
    return school, rows


def _write(city: Path, night: date, feed: str, part: str, rows: Sequence[_Line]) -> None:
    """A csv under the contract's headers; of platform B lines of json."""
    columns = contracts.contract(feed)["columns"]
    name = f"{feed}/{part}_by_hand.{'jsonl' if feed == _B else 'csv'}"
    lines = [[row.get(column["name"], "") for column in columns] for row in rows]
    path = city / night.isoformat() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if feed == _B:
        keys = [column["name"] for column in columns]
        objects = ({key: cell or None for key, cell in zip(keys, line, strict=True)} for line in lines)
        path.write_text("".join(f"{json.dumps(o, ensure_ascii=False)}\n" for o in objects), encoding="utf-8")
    else:
        _write_csv(path, [[column["headers"][0] for column in columns], *lines])
    _account(city, night, feed, name, part, len(rows))


def _write_csv(path: Path, lines: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(lines)


def _account(city: Path, night: date, feed: str, name: str, part: str, rows: int) -> None:
    """A line more in the accounts of the truth: all rows are read and loaded."""
    account = {
        "night": night, "feed": feed, "file_name": name, "slice": part, "rows_before": int(feed != _B),
        "rows_read": rows, "rows_loaded": rows, "rows_quarantined": 0, "status": "loaded", "rows_held": 0,
        "sha256": hashlib.sha256((city / night.isoformat() / name).read_bytes()).hexdigest(),
    }  # fmt: skip
    with (city / "truth" / "files.csv").open("r+", encoding="utf-8", newline="") as file:
        names = next(csv.reader(file))
        file.seek(0, 2)
        csv.DictWriter(file, names, restval="").writerow(account)
