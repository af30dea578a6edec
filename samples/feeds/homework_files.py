"""`homework_a/records` (csv, Chinese headers) and `homework_b/records` (json-lines, English keys), one file a
school day.

Lives here: the columns of both platforms, the bad rows of a day, and writing a day in pieces.
Add here: a field of a platform.
Stays out: what was set and done (`world.homework`); what it sums up to (`truth.homework_days`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from samples.city import City
from samples.feeds.lists import fields_of, headers, names
from samples.files.accounts import Book, Night, WrittenFile, record_files, record_flaws
from samples.files.rows import Content, place_rows, plant
from samples.files.text import append_text, csv_line, csv_lines, json_lines, write_text
from samples.files.workbooks import HeadRow
from samples.planted.flaw_kinds import DIRTY, HOMEWORK_A, HOMEWORK_B, KINDS
from samples.planted.plan import BAD_SHARE, Edit, Flaw
from samples.world.homework import SUBJECTS, A, B, Day
from samples.world.randomness import stream
from samples.world.strings import Columns, Ints, Strings, digits, join, same, take, text_slices, where

RECORDS_PER_PIECE = 400_000  # records rendered at once
FIELDS = fields_of("""
record_id 记录编号|assignment_id 作业编号|student_number 学籍号|name 学生姓名|school_code 学校标识码
class_code 班号|subject 学科|title 作业名称|written 是否书面|layered 是否分层|planned_minutes 计划时长
actual_minutes 实际时长|assigned_at 布置时间|published_at 公示时间|due_at 截止时间|submitted_at 提交时间
marked_at 批改时间|returned_at 反馈时间|status 状态|level 等级
""")
# what only the first platform tells
FIELDS_OF_A = FIELDS + fields_of("""
staff_number 布置教师工号|elastic 是否弹性|targeted 是否靶向|in_class 是否课内完成|quality_rating 作业质量评分
""")
_KEYS = {"name": "student_name"}  # B's key where it is not the column's name
_BARE = {
    "written": "true|false",
    "layered": "true|false",
    "planned_minutes": r"\d+",
    "actual_minutes": r"\d+",
}
_MINUTES = tuple(f"{m // 60:02d}:{m % 60:02d}:00" for m in range(24 * 60))
FEEDS = {A: HOMEWORK_A, B: HOMEWORK_B}


def day_flaws(city: City, day: Day, platform: int) -> list[Flaw]:
    """The bad rows of one platform and day: records that were finished, and that the other platform does not
    hold.
    """
    feed = FEEDS[platform]
    candidates_mask = (
        (day.platform[day.assignment] == platform) & (day.actual >= 0) & (city.students.letter[day.student] == 0)
    )
    candidates = np.flatnonzero(candidates_mask)
    kinds = (*KINDS[feed], *(DIRTY.get(feed, ()) if city.dirt else ()))
    count = max(1, round(len(day.held_by(platform)) * BAD_SHARE / len(kinds)))
    rng = stream(city.seed, "bad homework", feed, day.day.isoformat())
    selection = rng.choice(candidates, min(count * len(kinds), len(candidates)), replace=False)
    part = f"{day.day:%Y%m%d}"
    return [
        Flaw(
            f"{feed}:{part}:{kinds[n % len(kinds)].name}:{n // len(kinds)}",
            kinds[n % len(kinds)],
            int(r),
            part,
        )
        for n, r in enumerate(selection)
    ]


def write_day(night: Night, city: City, day: Day, platform: int, edits: Sequence[Edit], flaws: Sequence[Flaw]) -> None:
    """One platform's file of one day."""
    book = day_book(day, platform)
    name, head = book.path, book.head
    if night.dirt:
        _write_dressed(night, city, day, platform, book, edits, flaws)
        return
    count, fate = 0, Counter[str]()
    write_text(night.folder / name, csv_line(head[0].cells) if head else "", memoryview(b""), "", book.encoding)
    for content in _pieces(city, day, platform, edits, flaws):
        append_text(
            night.folder / name,
            text_slices(_lines(content.columns, platform), np.array([0]))[0],
            book.encoding,
        )
        fate += record_flaws(night, [book], content, np.arange(len(content.rows)) + book.first_row + count)[0]
        count += len(content.rows)
    record_files(night, [WrittenFile(book, count, {}, "", len(book.head))], [fate])


def day_book(day: Day, platform: int) -> Book:
    """How one platform's file of one day looks."""
    feed = FEEDS[platform]
    part = f"{day.day:%Y%m%d}"
    name = f"{feed}/{feed.split('/')[0]}_{part}.{'csv' if platform == A else 'jsonl'}"
    head = (HeadRow(headers(FIELDS_OF_A)),) if platform == A else ()
    return Book(feed, name, part, head, encoding="gb18030" if platform == A else "utf-8")


def day_content(city: City, day: Day, platform: int, edits: Sequence[Edit], flaws: Sequence[Flaw]) -> Content:
    """The rows of one platform's file of one day, in a city whose days are small."""
    (content,) = _pieces(city, day, platform, edits, flaws)
    return content


def _write_dressed(
    night: Night, city: City, day: Day, platform: int, book: Book, edits: Sequence[Edit], flaws: Sequence[Flaw]
) -> None:
    """One platform's file of one day in a city with all dirt, whose days are small."""
    from samples.dirt.styled_files import write_styled_files

    content = day_content(city, day, platform, edits, flaws)
    if platform == B:
        content = replace(content, columns={_KEYS.get(n, n): c for n, c in content.columns.items()})
    keys = names(FIELDS_OF_A) if platform == A else tuple(_KEYS.get(n, n) for n in names(FIELDS))
    files, row_number = write_styled_files(night, [book], content, keys)
    record_files(night, files, record_flaws(night, [w.book for w in files], content, row_number))


def _pieces(city: City, day: Day, platform: int, edits: Sequence[Edit], flaws: Sequence[Flaw]) -> Iterator[Content]:
    records_held = day.held_by(platform)
    for start in range(0, len(records_held), RECORDS_PER_PIECE):
        records = records_held[start : start + RECORDS_PER_PIECE]
        piece_flaws = [f for f in flaws if records[0] <= f.entity <= records[-1]]
        rows = place_rows(records, np.zeros(len(records), np.int64), piece_flaws, lambda _: 0)
        values = columns(city, day, rows.entity, platform)
        yield plant(rows, values, day.student[rows.entity], edits, piece_flaws)


def _lines(values: Columns, platform: int) -> Strings:
    if platform == A:
        return csv_lines(values, names(FIELDS_OF_A))
    columns_by_key = {_KEYS.get(n, n): values[n] for n in names(FIELDS)}
    return json_lines(columns_by_key, list(columns_by_key), _BARE)


def columns(city: City, day: Day, records: Ints, platform: int) -> Columns:
    """Every column for the records, as it would be without an error."""
    assignment = day.assignment[records]
    student = day.student[records]
    klass = city.students.klass[student]
    part, letter = f"{day.day:%Y%m%d}", "A" if platform == A else "B"
    subject = take(SUBJECTS, day.subject[assignment])
    yes, no = ("是", "否") if platform == A else ("true", "false")
    return {
        "record_id": join(f"{letter}{part}", digits(records + 1, 8)),
        "assignment_id": join(f"{letter}{part}-", digits(assignment + 1, 6)),
        "student_number": city.students.number.take(student),
        "name": city.students.name.take(student),
        "school_code": take(city.schools.code, city.classes.school[klass]),
        "class_code": take(city.classes.code, klass),
        "subject": subject,
        "title": join(subject, where(day.written[assignment], "练习", "实践"), where(day.second[assignment], "二", "")),
        "written": where(day.written[assignment], yes, no),
        "layered": where(day.layered[assignment], yes, no),
        "planned_minutes": where(day.planned[assignment] >= 0, digits(np.maximum(day.planned[assignment], 0)), None),
        "actual_minutes": where(day.actual[records] >= 0, digits(np.maximum(day.actual[records], 0)), None),
        **_times(day, records, platform),
        **(_of_a(city, day, records) if platform == A else {}),
    }


def _of_a(city: City, day: Day, records: Ints) -> Columns:
    """What A tells beside B's: who set it, its kinds, that none is done in class, and a rating of what was marked."""
    assignment = day.assignment[records]
    school = city.classes.school[city.students.klass[day.student[records]]]
    staff = np.bincount(city.teachers.school, minlength=len(city.schools.code))
    teacher = np.searchsorted(city.teachers.school, school) + assignment % np.maximum(staff[school], 1)
    return {
        "staff_number": city.teachers.staff_number.take(teacher),
        "elastic": where(assignment % 5 == 1, "是", "否"),
        "targeted": where(assignment % 7 == 2, "是", "否"),
        "in_class": same("否", len(records)),
        "quality_rating": where(day.actual[records] >= 0, digits(70 + records % 31), None),
    }


def _times(day: Day, records: Ints, platform: int) -> Columns:
    assignment = day.assignment[records]
    is_done = day.actual[records] >= 0
    assigned = day.assigned[assignment]
    today, next_day = _clock(day.day, platform), _clock(day.day + timedelta(days=1), platform)
    late = records % 50
    return {
        "assigned_at": _assigned_at(day, assignment, platform),
        "published_at": where(day.published[assignment], take(today, assigned + 5), None),
        "due_at": take(next_day, np.full(len(records), 7 * 60 + 50)),
        "submitted_at": where(is_done, take(today, np.minimum(assigned + 90 + late * 3, 23 * 60)), None),
        "marked_at": where(is_done, take(next_day, 9 * 60 + late), None),
        "returned_at": where(is_done, take(next_day, 15 * 60 + late), None),
        "status": where(is_done, "已批改", "未提交"),
        "level": where(is_done, take(("优", "良", "良", "中"), records % 4), None),
    }


def _assigned_at(day: Day, assignment: Ints, platform: int) -> Strings:
    """By the platform's own clock: B's is ahead by some seconds."""
    second = day.assigned[assignment] * 60 + (day.apart[assignment] if platform == B else 0)
    different, place = np.unique(second, return_inverse=True)
    clock = _clock(day.day, platform)
    return take([f"{clock[s // 60][:-2]}{s % 60:02d}" for s in different], place)


def _clock(day: date, platform: int) -> tuple[str, ...]:
    """Every minute of a day as the platform writes it: `2025-10-14 16:00:00`, or with a T."""
    between = " " if platform == A else "T"
    return tuple(f"{day.isoformat()}{between}{m}" for m in _MINUTES)
