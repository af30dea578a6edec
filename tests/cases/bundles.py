"""A small district of made-up people as roster bundles, frozen, and nights of a lake that takes them.

Lives here: the rows of the district in OneRoster's files, how they are zipped, and what a night leaves behind.
Add here: a part of a bundle that several cases need.
Stays out: what is odd about the file of a case (the cases themselves).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

import registry
from common.settings import load_settings
from dags import night
from tests import bureau_secret
from warehouse.lake import Lake, connect_lake

FIRST = date(2026, 9, 2)
HEADERS = {
    "orgs": "sourcedId,status,dateLastModified,name,type,identifier,parentSourcedId",
    "academicSessions": "sourcedId,status,dateLastModified,title,type,startDate,endDate,parentSourcedId,schoolYear",
    "courses": "sourcedId,status,dateLastModified,schoolYearSourcedId,title,courseCode,grades,orgSourcedId,subjects",
    "classes": "sourcedId,status,dateLastModified,title,grades,courseSourcedId,classCode,classType,location,"
               "schoolSourcedId,termSourcedIds,subjects",
    "users": "sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,"
             "middleName,identifier,email,sms,phone,agentSourcedIds,grades,password",
    "demographics": "sourcedId,status,dateLastModified,birthDate,sex",
    "enrollments": "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,"
                   "beginDate,endDate",
    "roles": "sourcedId,status,dateLastModified,userSourcedId,roleType,role,beginDate,endDate,orgSourcedId",
}  # fmt: skip
SCHOOLS = {"ELM": "Elm Lane School", "OAK": "Oak Hill School", "FIR": "Fir Street School", "BAY": "Bay View School"}
GRADES = ("03", "04")
PUPILS = 8  # of a class; a school has one class a grade
_GIVEN = ("Asha", "Bruno", "Celia", "Dmitri", "Esme", "Farid", "Greta", "Hugo")
_FAMILY = ("Larkin", "Moreau", "Nilsen", "Okafor", "Pereira", "Quiroga", "Rossi", "Sandoval")
Row = dict[str, str]
Rows = dict[str, list[Row]]


def org(sourced_id: str, kind: str = "school", parent: str = "LAKE", name: str = "") -> Row:
    return {
        "sourcedId": sourced_id,
        "name": name or f"{sourced_id} of the lake",
        "type": kind,
        "parentSourcedId": parent,
    }


def user(sourced_id: str, role: str = "student", orgs: str = "ELM", grades: str = "03", **more: str) -> Row:
    """A person; the name follows from the id alone."""
    place = sum(map(ord, sourced_id))
    given, family = _GIVEN[place % 8], f"{_FAMILY[place // 8 % 8]} {sourced_id}"
    said = {"sourcedId": sourced_id, "enabledUser": "true", "orgSourcedIds": orgs, "role": role, "givenName": given,
            "familyName": family, "identifier": f"N-{sourced_id}",
            "grades": grades if role != "teacher" else ""}  # fmt: skip
    return said | more


def enrolment(user_id: str, of_class: str = "ELM-03", school: str = "ELM", role: str = "student", **more: str) -> Row:
    return {"sourcedId": f"E-{user_id}-{of_class}", "classSourcedId": of_class, "schoolSourcedId": school,
            "userSourcedId": user_id, "role": role, "primary": "false"} | more  # fmt: skip


def role(user_id: str, org_id: str, said: str = "student", kind: str = "primary", **more: str) -> Row:
    return {"sourcedId": f"R-{user_id}-{said}-{org_id}", "userSourcedId": user_id, "roleType": kind, "role": said,
            "orgSourcedId": org_id} | more  # fmt: skip


def district(schools: Iterable[str] = SCHOOLS, grades: Iterable[str] = GRADES) -> Rows:
    """The bundle of an ordinary night: in each school a class a grade, with its pupils and its teacher."""
    rows: Rows = {name: [] for name in HEADERS if name != "roles"}
    rows["orgs"] = [org("LAKE", "district", "", "Lakeside District")]
    rows["academicSessions"] = [
        {"sourcedId": "Y", "title": "2026-2027", "type": "schoolYear", "startDate": "2026-08-10",
         "endDate": "2027-06-20", "schoolYear": "2027"},
        {"sourcedId": "FALL", "title": "Fall", "type": "term", "startDate": "2026-08-10", "endDate": "2026-12-23",
         "parentSourcedId": "Y", "schoolYear": "2027"},
    ]  # fmt: skip
    for school in schools:
        rows["orgs"].append(org(school, name=SCHOOLS.get(school, "")))
        for grade in grades:
            add_class(rows, school, grade)
    return rows


def add_class(rows: Rows, school: str, grade: str, pupils: int = PUPILS) -> None:
    """A class of a school with its course, teacher and pupils."""
    code = f"{school}-{grade}"
    rows["courses"].append({"sourcedId": f"K-{code}", "schoolYearSourcedId": "Y", "title": f"Reading {grade}",
                            "grades": grade, "orgSourcedId": school})  # fmt: skip
    rows["classes"].append({"sourcedId": code, "title": f"Class {grade}", "grades": grade,
                            "courseSourcedId": f"K-{code}", "classType": "homeroom",
                            "schoolSourcedId": school, "termSourcedIds": "FALL"})  # fmt: skip
    rows["users"].append(user(f"T-{code}", "teacher", school))
    rows["enrollments"].append(enrolment(f"T-{code}", code, school, "teacher", primary="true"))
    for n in range(pupils):
        add_pupil(rows, user(f"{code}-{n}", orgs=school, grades=grade), code, school)


def add_pupil(rows: Rows, person: Row, of_class: str = "ELM-03", school: str = "ELM", **more: str) -> None:
    """A pupil, in a class; `more` says otherwise what the enrolment says."""
    rows["users"].append(person)
    month = 1 + sum(map(ord, person["sourcedId"])) % 12
    rows["demographics"].append(
        {"sourcedId": person["sourcedId"], "birthDate": f"2017-{month:02d}-17", "sex": "female"}
    )
    rows["enrollments"].append(enrolment(person["sourcedId"], of_class, school, **more))


def with_roles(rows: Rows) -> Rows:
    """The bundle as OneRoster 1.2 writes it: roles and organisations stand in a file of their own."""
    told = {person["sourcedId"]: person for person in rows["users"]}
    roles = [role(key, person["orgSourcedIds"], person["role"]) for key, person in told.items()]
    people = [
        {name: value for name, value in person.items() if name not in ("role", "orgSourcedIds")}
        | {"primaryOrgSourcedId": person["orgSourcedIds"]}
        for person in rows["users"]
    ]
    return rows | {"users": people, "roles": roles}


def text_of(name: str, rows: Iterable[Row]) -> str:
    """A file as csv: the standard's columns, and those that only the rows have."""
    held, out = list(rows), io.StringIO()
    header = list(dict.fromkeys([*HEADERS[name].split(","), *(column for row in held for column in row)]))
    writer = csv.DictWriter(out, header, restval="")
    writer.writeheader()
    writer.writerows(held)
    return out.getvalue()


def manifest(extents: Mapping[str, str]) -> str:
    lines = ["propertyName,value", "manifest.version,1.0", "oneroster.version,1.1"]
    return "\r\n".join([*lines, *(f"file.{name},{extent}" for name, extent in extents.items()), ""])


def files_of(rows: Rows, extent: str = "bulk") -> dict[str, str]:
    """The members of a bundle by name, the manifest among them."""
    members = {f"{name}.csv": text_of(name, held) for name, held in rows.items()}
    return {"manifest.csv": manifest(dict.fromkeys(rows, extent))} | members


@dataclass
class Night:
    """What a night left behind, read at once, since a later night of the same lake changes it.

    `problems` are (feed, row's key, rule, column) that are open, `deliveries` the status, reason and rows passed over
    by file or member, `students` school and grade by id, `teachers` the school, `places` level and parent of the tree.
    `in_release` are rows of the marts, `listed_rows` those of the problem ledger.
    """

    outcome: dict[str, Any]
    problems: set[tuple[str, str, str, str]] = field(default_factory=set)
    deliveries: dict[str, tuple[str, str | None, int]] = field(default_factory=dict)
    students: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)
    teachers: dict[str, str | None] = field(default_factory=dict)
    places: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    schools: dict[str, str] = field(default_factory=dict)
    listed_rows: int = 0
    in_release: dict[str, int] = field(default_factory=dict)

    def of_rule(self, rule: str, feed: str = "", column: str = "") -> set[str]:
        """Keys of the rows for which a rule is listed, of one feed or column where these are named."""
        return {key for at, key, why, where in self.problems
                if why == rule and at.endswith(f"/{feed}" if feed else "") and column in ("", where)}  # fmt: skip

    def listed(self, prefix: str) -> set[tuple[str, str, str, str]]:
        """The problems of rows whose key begins so."""
        return {problem for problem in self.problems if problem[1].startswith(prefix)}


@dataclass
class Roster:
    """A lake of its own for one source of an example register."""

    root: Path
    source: str = "oneroster"

    def night(self, day: date, files: Mapping[str, str | bytes]) -> Night:
        """Put files into the inbox of the source, run the night and read what it left."""
        inbox = self.root / f"inbox-{day}"
        for name, content in files.items():
            path = inbox / self.source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        settings = load_settings(
            lake=self.root / "lake", inbox=inbox, secret_file=bureau_secret.written_in(self.root), night=day,
            registry=registry.HOUSE / "examples" / self.source,
        )  # fmt: skip
        outcome = night.run(settings)
        left = Night(outcome)
        if outcome["status"] == "published":
            self._read_release(left, Path(outcome["path"]))
            self._read_lake(left, day)
        return left

    def _read_release(self, left: Night, release: Path) -> None:
        with duckdb.connect() as connection:
            connection.execute(f"attach '{release / 'marts.duckdb'}' as marts (read_only); use marts")
            places = connection.execute("select organisation_code, level, parent_code from organisation").fetchall()
            left.places = {code: (level, parent) for code, level, parent in places}
            left.schools = dict(connection.execute("select school_code, name from one_school_one_file").fetchall())
            for mart in ("one_student_one_file", "one_teacher_one_file", "enrolment", "data_problem"):
                ((left.in_release[mart],),) = connection.execute(f"select count(*) from {mart}").fetchall()

    def _read_lake(self, left: Night, day: date) -> None:
        with connect_lake(Lake(self.root / "lake"), read_only=True) as connection:
            told = connection.execute(
                "select coalesce(nullif(member, ''), file_name), status, reason, rows_skipped, values_lost "
                "from lake.intake.delivery where night = ?", [day],
            ).fetchall()  # fmt: skip
            assert not any(lost for *_, lost in told)
            left.deliveries = {name: (status, reason, skipped) for name, status, reason, skipped, _ in told}
            listed = connection.execute(
                "select feed, row_key, rule, column_name from lake.conformed.problems where closed_on is null"
            ).fetchall()
            left.problems, left.listed_rows = set(listed), len(listed)
            people = "select split_part({0}_uid, ':', 2), school{1} from lake.conformed.{0}s"
            rows = connection.execute(people.format("student", ", grade")).fetchall()
            left.students = {key: (school, grade) for key, school, grade in rows}
            left.teachers = dict(connection.execute(people.format("teacher", "")).fetchall())
