"""Misdelivered files: of another feed or school, unreadable, truncated, of an unknown source, repeated, older.

Add here: another misdelivery, and what a correct reader reports of it.
Stays out: on which nights (`timetable`), half a roster and late homework (`sending`, `homework_sending`).
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from samples.dirt import formats, timetable
from samples.files.accounts import Night
from samples.planted.flaw_kinds import CLASSES, EXAMS, HOMEWORK_A, SCHOOLS, STUDENTS, TEACHERS
from samples.planted.plan import Edit, ReturnedFile
from samples.sender import Sender
from samples.truth.records import FileAccount


def send_misdeliveries(sender: Sender, night: Night) -> None:
    """Write tonight's misdelivered files, after all others."""
    if night.number == 1 or night.number % 5 == 0:
        _send_refused_files(sender, night)
    if night.number == 2 or night.number % 7 == 0:
        _send_repeated_file(sender, night, SCHOOLS)
    if timetable.is_older(night.number):
        _send_older_file(sender, night)


def _send_refused_files(sender: Sender, night: Night) -> None:
    """One file of each kind that is refused as a whole."""
    loaded = [a for a in [*sender.truth.files, *night.accounts] if a.status == "loaded"]
    accounts = [a for a in loaded if not a.file_name.endswith(".zip")]
    lists = next(a for a in accounts if a.feed in (TEACHERS, CLASSES))
    _copy(sender, night, lists, STUDENTS, f"{STUDENTS}/名单{Path(lists.file_name).suffix}", member="")
    code = sender.city.schools.code[timetable.half_school(sender.city.schools)]
    other = [a for a in accounts if a.feed == STUDENTS and a.slice != code and not a.member][-1]
    _copy(sender, night, other, STUDENTS, f"{STUDENTS}/{code}/误传{Path(other.file_name).suffix}", member="")
    broken = formats.workbook([formats.Table("成绩", [["1"] * 20] * 200)])[:900]
    _write(night, STUDENTS, f"{STUDENTS}/{code}/未传完.xlsx", broken)
    _write(night, EXAMS, f"{EXAMS}/2025-2026-1-m1-g4/{code}.xlsx.part", broken, opened=False)
    _write(night, HOMEWORK_A, f"{HOMEWORK_A}/homework_a_20250901.csv", b"\r\n")
    _write(night, "", f"无此平台/数据_{night.day:%Y%m%d}.csv", b"a,b\r\n1,2\r\n", opened=False)


def _copy(sender: Sender, night: Night, account: FileAccount, feed: str, path: str, member: str) -> None:
    content = (sender.folders[account.night] / account.file_name).read_bytes()
    _write(night, feed, path, content, member=member)


def _write(night: Night, feed: str, path: str, content: bytes, *, member: str = "", opened: bool = True) -> None:
    target = night.folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    digest = hashlib.sha256(content).hexdigest() if opened else ""
    accounts = FileAccount(
        night.number, feed, path, "", 0, None, None, None, None, digest, member, None, "refused", "astray"
    )
    night.accounts.append(accounts)


def _send_repeated_file(sender: Sender, night: Night, feed: str) -> None:
    """The feed's newest file again, byte by byte."""
    last = [a for a in sender.truth.files if a.feed == feed and a.status == "loaded"]
    if not last:
        return
    for account in (a for a in last if a.night == last[-1].night):
        _copy_file(sender, night, account)
        night.accounts.append(
            replace(
                account, night=night.number, status="unchanged", dirt="again", rows_read=None, rows_loaded=None,
                rows_quarantined=None, rows_held=None, skipped=None,
            )
        )  # fmt: skip


def _send_older_file(sender: Sender, night: Night) -> None:
    """An earlier workbook of marks, since replaced by a corrected one: its content is current again."""
    tonight = {a.slice for a in night.accounts if a.feed == EXAMS}
    delivered = [a for a in sender.truth.files if a.feed == EXAMS and a.status == "loaded"]
    newer = [a for a in delivered if a.night == night.number - 1 and a.slice not in tonight and a.rows_loaded]
    if not newer:
        return
    part = newer[0].slice
    first = next(a.night for a in delivered if a.slice == part)
    for account in (a for a in delivered if a.slice == part and a.night == first):
        _copy_file(sender, night, account)
        night.accounts.append(replace(account, night=night.number, dirt="older"))
    night.bad_rows += [
        replace(r, night=night.number)
        for r in sender.truth.bad_rows
        if r.feed == EXAMS and r.slice == part and r.night == first
    ]
    sender.returned.append(ReturnedFile(part, night.number, _mended(sender, part, first, night.number)))


def _mended(sender: Sender, part: str, first: int, now: int) -> tuple[Edit, ...]:
    """The copies that were wrong in the earlier workbook and right in the later one."""
    exam, school = part.split("/")
    grade = int(exam.rsplit("g", 1)[1])
    klass = sender.city.students.klass
    edits = [e for e in sender.edits if e.feed == EXAMS and e.active(first) and not e.active(now)]
    return tuple(
        e
        for e in edits
        if sender.city.schools.code[sender.home[e.person]] == school
        and sender.city.classes.grade[klass[e.person]] == grade
    )


def _copy_file(sender: Sender, night: Night, account: FileAccount) -> None:
    target = night.folder / account.file_name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes((sender.folders[account.night] / account.file_name).read_bytes())
