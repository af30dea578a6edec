"""The truth about homework: minutes by student-day and class-day, and the records that both platforms hold.

Lives here: the three long tables, over both platforms and without the bad rows, by the words of the standard: what is
not known is no 0, and what nobody saw stands beside what was seen.
Add here: another table of homework.
Stays out: the sums themselves (`truth.homework_sums`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from samples.city import City
from samples.feeds.homework_files import FEEDS
from samples.truth.homework_sums import LoadedRecords, Sums
from samples.truth.marks import MAX_LISTED_STUDENTS
from samples.truth.records import ClassSize
from samples.truth.truth_files import write_table
from samples.world.homework import limits_of
from samples.world.strings import Columns, Strings, digits, join, same, take, where


def student_days(city: City, records: LoadedRecords) -> Columns:
    """One row per student with a record; in large cities for a share of the students."""
    sums = Sums.of(records, len(city.students))
    step = max(1, len(city.students) // MAX_LISTED_STUDENTS)
    people = np.flatnonzero((sums.records > 0) & (np.arange(len(city.students)) % step == 0))
    sources = (sums.from_a[people] > 0) * 1 + (sums.from_b[people] > 0) * 2
    return {
        "student_number": city.students.number.take(people),
        "school_date": same(records.day.day.isoformat(), len(people)),
        "written_minutes": _minutes(sums.written[people]),
        "other_minutes": _minutes(sums.other[people]),
        "records": digits(sums.records[people]),
        "held_twice": digits((sums.from_a + sums.from_b - sums.records)[people]),
        "sources": take(("", "homework_a", "homework_b", "homework_a+homework_b"), sources),
    }


def _minutes(sums: Any) -> Strings:
    """Sums of minutes; blank where one is unknown."""
    known = np.isfinite(sums)
    return where(known, digits(np.where(known, sums, 0).astype(np.int64)), None)


def class_days(city: City, records: LoadedRecords, sizes: Sequence[ClassSize]) -> Columns:
    """One row per class that a limit binds or that has a record. Observed is who has a record, measured of whom all
    written minutes are known; `over_limit` is blank where no limit binds, under half of the class is measured, or a
    platform has not delivered the day.
    """
    sums = Sums.of(records, len(city.students))
    count = len(city.classes.size)
    home = city.students.klass
    is_measured = (sums.records > 0) & np.isfinite(sums.written)
    observed = np.bincount(home[sums.records > 0], minlength=count)
    measured = np.bincount(home[is_measured], minlength=count)
    written = np.bincount(home[is_measured], sums.written[is_measured], count)
    published = (
        np.bincount(
            records.day.klass[records.day.assignment[records.union]],
            records.day.published[records.day.assignment[records.union]],
            count,
        )
        > 0
    )
    all_limits = limits_of(city.classes)
    limit = np.array([np.inf if v is None else v for v in all_limits])
    klass = np.flatnonzero((observed > 0) | np.isfinite(limit))
    mean = np.where(measured[klass] > 0, written[klass] / np.maximum(measured[klass], 1), np.nan)
    limits = [all_limits[k] for k in klass]
    limit = limit[klass]
    enrolled = np.array([s.students for s in sizes])[klass]
    judged = np.isfinite(mean) & (measured[klass] >= enrolled * 0.5) & np.isfinite(limit) & (not records.missing)
    return {
        "school_code": take(city.schools.code, city.classes.school[klass]),
        "grade": digits(city.classes.grade[klass]),
        "class_code": take(city.classes.code, klass),
        "school_date": same(records.day.day.isoformat(), len(klass)),
        "written_minutes_mean": take([None if np.isnan(m) else f"{m:.6f}" for m in mean], np.arange(len(klass))),
        "limit_minutes": take([None if v is None else f"{v:g}" for v in limits], np.arange(len(klass))),
        "over_limit": where(judged, where(mean > limit, "true", "false"), None),
        "students_observed": digits(observed[klass]),
        "students_measured": digits(measured[klass]),
        "students_enrolled": digits(enrolled),
        "platforms_missing": same("+".join(FEEDS[p] for p in records.missing), len(klass)),
        "published": where(published[klass], "true", "false"),
    }


def held_twice(city: City, records: LoadedRecords) -> Columns:
    """The records that both platforms hold, under the number of each; a share of them in large cities."""
    step = max(1, len(city.students) // MAX_LISTED_STUDENTS)
    both = np.flatnonzero(records.from_a & records.from_b & (records.day.student % step == 0))
    number = digits(both + 1, 8)
    part = f"{records.day.day:%Y%m%d}"
    return {
        "student_number": city.students.number.take(records.day.student[both]),
        "school_date": same(records.day.day.isoformat(), len(both)),
        "record_a": join(f"A{part}", number),
        "record_b": join(f"B{part}", number),
    }


def write_homework(folder: Path, city: City, days: Sequence[tuple[LoadedRecords, Sequence[ClassSize]]]) -> None:
    """`homework_student_days.csv`, `homework_class_days.csv`, `homework_held_twice.csv`."""
    if not days:
        return
    tables = {
        "homework_student_days": [student_days(city, records) for records, _ in days],
        "homework_class_days": [class_days(city, records, sizes) for records, sizes in days],
        "homework_held_twice": [held_twice(city, records) for records, _ in days],
    }
    for name, parts in tables.items():
        columns = {column: pa.concat_arrays([p[column] for p in parts]) for column in parts[0]}
        write_table(folder / f"{name}.csv", columns)
