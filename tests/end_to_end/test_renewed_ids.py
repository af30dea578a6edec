"""A system that renews all its identifiers while numbers, names and birth dates agree: no child becomes another."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

import registry
import samples
from samples.world.identifiers import day_number, student_numbers
from tests.end_to_end import rosters
from tests.end_to_end.conftest import FIRST, SECOND, Nights, run

pytestmark = pytest.mark.soak
CHILDREN = 150
GIVEN, FAMILY = ("Ann", "Bea", "Cy", "Dora", "Eli"), ("Lee", "Moss", "Nunn")
BASE = {
    "orgs": "sourcedId,name,type,parentSourcedId\nD1,North,district,\nS1,First,school,D1\nS2,Second,school,D1",
    "academicSessions": "sourcedId,title,type,startDate,endDate,schoolYear\nT1,Fall,term,2025-08-15,2025-12-20,2026",
    "courses": "sourcedId,title,orgSourcedId\nK1,Mathematics,S1",
    "classes": "sourcedId,title,grades,courseSourcedId,classType,schoolSourcedId,termSourcedIds\n"
    "H1,Five A,05,K1,homeroom,S1,T1\nH2,Five B,05,K1,homeroom,S2,T1",
}  # fmt: skip


def bundle(prefix: str, *, numbers: bool) -> dict[str, list[Any]]:
    """A roster of children under sourcedIds that begin with `prefix`."""
    users, people, members = [], [], []
    for n in range(CHILDREN):
        sourced, school = f"{prefix}{n}", n % 2 + 1
        users.append({
            "sourcedId": sourced, "orgSourcedIds": f"S{school}", "role": "student", "grades": "05",
            "givenName": f"{GIVEN[n % 5]}{chr(97 + n // 26)}{chr(97 + n % 26)}",
            "familyName": FAMILY[n % 3], "identifier": str(20250000 + n) if numbers else "",
        })  # fmt: skip
        born = date(2014, 9, 1) + timedelta(days=n)
        people.append({"sourcedId": sourced, "birthDate": born.isoformat(), "sex": "female" if n % 2 else "male"})
        members.append({
            "sourcedId": f"e{sourced}", "classSourcedId": f"H{school}", "schoolSourcedId": f"S{school}",
            "userSourcedId": sourced, "role": "student", "primary": "false", "beginDate": "", "endDate": "",
        })  # fmt: skip
    lists = {name: rosters.table(text) for name, text in BASE.items()}
    return lists | {"users": users, "demographics": people, "enrollments": members}


def two_nights(root: Path, secret: Path, *, numbers: bool) -> tuple[Nights, list[dict[str, Any]]]:
    held = Nights(root / "lake", root, secret, {})
    example = registry.HOUSE / "examples" / "oneroster"
    for day, prefix in ((FIRST, "u"), (SECOND, "renewed-")):
        rosters.zipped(root / str(day) / "oneroster" / "bundle.zip", bundle(prefix, numbers=numbers))
        held.outcomes[day] = run(root / "lake", root / str(day), secret, day, registry=example)
    return held, list(held.outcomes.values())


def test_renewed_sourced_ids_keep_every_child_by_the_number_of_the_district(tmp_path: Path, secret: Path) -> None:
    held, outcomes = two_nights(tmp_path, secret, numbers=True)
    assert [o["status"] for o in outcomes] == ["published", "published"]
    assert held.restricted("select count(*) from lake.conformed.students") == [(CHILDREN,)]
    uids = held.restricted("select distinct student_uid from lake.conformed.student_alias")
    assert {uid for (uid,) in uids} == {f"oneroster_user:u{n}" for n in range(CHILDREN)}
    assert sorted(uids) == sorted(held.restricted("select student_uid from lake.conformed.students"))


def test_renewed_sourced_ids_without_any_number_wait(tmp_path: Path, secret: Path) -> None:
    held, outcomes = two_nights(tmp_path, secret, numbers=False)
    assert outcomes[0]["status"] == "published"
    ((reason,),) = held.restricted(
        "select reason from lake.intake.slice_state where feed = 'oneroster/users' and status = 'held'"
    )
    assert f"{CHILDREN} of its {CHILDREN} rows are of nobody who was known" in reason
    uids = held.restricted("select distinct student_uid from lake.conformed.student_alias")
    assert {uid for (uid,) in uids} == {f"oneroster_user:u{n}" for n in range(CHILDREN)}


def test_renewed_student_numbers_keep_every_child_or_queue(tmp_path: Path, secret: Path) -> None:
    """In the layout of the national registry: all 学籍号 are other ones, the identity cards stay."""
    samples.write_city(tmp_path / "city", 300, seed=5, first_night=FIRST)
    held = Nights(tmp_path / "lake", tmp_path / "city", secret, {})
    held.outcomes[FIRST] = held.run(FIRST)
    before = {u for (u,) in held.restricted("select student_uid from lake.conformed.students")}
    rosters_folder = tmp_path / "city" / str(FIRST) / "student_registry" / "students"
    for path in sorted(rosters_folder.glob("*.xlsx")):
        target = tmp_path / "city" / str(SECOND) / "student_registry" / "students" / f"{path.stem}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(_renumbered(path), "utf-8")
    held.outcomes[SECOND] = held.run(SECOND)
    assert held.outcomes[SECOND]["status"] == "published"
    now = {u for (u,) in held.restricted("select student_uid from lake.conformed.students")}
    ((queued,),) = held.restricted("select count(*) from lake.conformed.identity_queue")
    assert len(before & now) > 0.9 * len(before)
    assert len(now - before) <= queued + 10  # and those whose rows were in quarantine the night before


def _renumbered(path: Path) -> str:
    from python_calamine import CalamineWorkbook

    rows = [[str(c) for c in row] for row in CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()]
    header, body = rows[1], [row for row in rows[3:] if row[0].isdigit()]
    place, school = header.index("学籍号"), int(path.stem[-2:])
    born = [day_number(date(int(r[place][7:11]), int(r[place][11:13]), int(r[place][13:15]))) if len(r[place]) == 19
            else 20_000 for r in body]  # fmt: skip
    made = student_numbers(*_made(len(body), school, born)).to_pylist()
    out = io.StringIO()
    renumbered = ([*row[:place], new, *row[place + 1 :]] for row, new in zip(body, made, strict=True))
    csv.writer(out).writerows([header, *renumbered])
    return out.getvalue()


def _made(count: int, school: int, born: list[int]) -> tuple[Any, ...]:
    import numpy as np

    return np.zeros(count, int), np.full(count, 3), np.array(born), np.arange(count) + 1 + 100 * school
