"""Small rosters of our own, and who is in which class on a day by their rows alone."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from tests.end_to_end.conftest import published
from warehouse.disclosure.pseudonyms import PSEUDONYM_TABLE
from warehouse.lake import Lake, connect_lake

Row = dict[str, str]
Rows = Mapping[str, list[Row]]
Days = tuple[date, date]
WHO = (
    "select days.day, enrolment.school_code, enrolment.class_code, enrolment.student_key from enrolment "
    "inner join (select unnest({days}) as day) as days on enrolment.valid_from <= days.day "
    "and (enrolment.valid_to is null or days.day < enrolment.valid_to)"
)


def table(text: str) -> list[Row]:
    """Rows of a table whose cells are parted by commas, under a header; of a text without one, none."""
    return list(csv.DictReader(io.StringIO("\n".join(line.strip() for line in text.strip().splitlines()))))


def written(rows: Iterable[Row]) -> str:
    """Rows as a CSV file with a header."""
    held, out = list(rows), io.StringIO()
    writer = csv.DictWriter(out, list(held[0]))
    writer.writeheader()
    writer.writerows(held)
    return out.getvalue()


def zipped(path: Path, rows: Rows) -> None:
    """A OneRoster bundle: a file each, and a manifest that calls all of them bulk."""
    path.parent.mkdir(parents=True)
    manifest = {"manifest.version": "1.0", "oneroster.version": "1.1"} | {f"file.{name}": "bulk" for name in rows}
    with zipfile.ZipFile(path, "w") as bundle:
        for name, held in rows.items():
            bundle.writestr(f"{name}.csv", written(held))
        told = written({"propertyName": name, "value": value} for name, value in manifest.items())
        bundle.writestr("manifest.csv", told)


def unzipped(path: Path) -> dict[str, list[Row]]:
    """The rows of a bundle's files, by file."""
    with zipfile.ZipFile(path) as bundle:
        names = [name for name in bundle.namelist() if name.endswith(".csv")]
        return {
            Path(name).stem: list(csv.DictReader(io.StringIO(bundle.read(name).decode("utf-8-sig"))))
            for name in names
        }  # fmt: skip


def day_of(text: str) -> date | None:
    """A day as OneRoster writes it."""
    return date.fromisoformat(text) if text else None


def entries(rows: Rows) -> dict[str, tuple[str, str, str, date, date]]:
    """Of a OneRoster bundle by enrolment: school, class, student, first day and the first day after."""
    live = {name: [r for r in held if r.get("status") != "tobedeleted"] for name, held in rows.items()}
    terms = {r["sourcedId"]: (date.fromisoformat(r["startDate"]), date.fromisoformat(r["endDate"])) for r in
             live["academicSessions"]}  # fmt: skip
    classes = {r["sourcedId"]: (r["schoolSourcedId"], [t.strip() for t in r["termSourcedIds"].split(",")]) for r in
               live["classes"]}  # fmt: skip
    students = {r["sourcedId"] for r in live["users"] if r.get("role") == "student"}
    found = {}
    for row in live["enrollments"]:
        if row["role"] == "student" and row["userSourcedId"] in students and row["classSourcedId"] in classes:
            school, ids = classes[row["classSourcedId"]]
            first = day_of(row["beginDate"]) or min(terms[i][0] for i in ids)
            after = day_of(row["endDate"]) or max(terms[i][1] for i in ids)
            found[row["sourcedId"]] = (school, row["classSourcedId"], row["userSourcedId"], first, after)
    return found


def members(
    held: Iterable[tuple[str, str, str, date, date]], days: Collection[date]
) -> set[tuple[date, str, str, str]]:
    """(day, school, class, student) of entries."""
    return {(day, *entry[:3]) for entry in held for day in days if entry[3] <= day < entry[4]}


def released(root: Path, release: Path, days: Collection[date]) -> set[tuple[date, str, str, str]]:
    """(day, school, class, student) of the mart, by one join; students under the name that their source gives them."""
    with connect_lake(Lake(root), read_only=True) as connection:
        names = dict(connection.execute(f"select pseudonym, value from {PSEUDONYM_TABLE}").fetchall())
    listed = ", ".join(f"date '{day}'" for day in days)
    found = published(release, WHO.format(days=f"[{listed}]"))
    told = [(day, school, code, names[key].partition(":")[2]) for day, school, code, key in found]
    assert len(told) == len(set(told))
    return set(told)


def each_day(first: date, after: date) -> list[date]:
    """The days from one to the one before another."""
    return [first + timedelta(n) for n in range((after - first).days)]
