"""Sums over marks and homework are those of the files, worked out again row by row."""

from __future__ import annotations

import statistics
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.samples.reading import City, Row

PLATFORMS = ("homework_a/records", "homework_b/records")
KINDS = ("written", "other")


def test_cohorts_have_the_mean_and_spread_of_the_loaded_marks(city: City):
    marks: dict[tuple[str, str], list[float]] = defaultdict(list)
    for file, _, row in city.sound("exams/results", city.nights[-1]):
        for header, value in row.items():
            subject, _, part = header.partition("_")
            if part == "得分" and value not in ("", "-", "缺考"):
                marks[file.name.split("/")[2], subject].append(float(value))
    cohorts = {(c["exam_id"], c["subject"]): c for c in city.truth("exam_cohorts")}
    assert cohorts.keys() == {k for k in marks if k[1] != "总分"}
    for key, told in cohorts.items():
        assert int(told["scored"]) == len(marks[key])
        assert float(told["mean"]) == pytest.approx(statistics.fmean(marks[key]), abs=1e-6)
        assert float(told["population_sd"]) == pytest.approx(statistics.pstdev(marks[key]), abs=1e-6)


def test_single_scores_are_those_of_the_files(small: City):
    codes = {c["subject"]: c["subject_code"] for c in small.truth("exam_cohorts")}
    written = {}
    for file, _, row in small.sound("exams/results", small.nights[0]):
        for subject, code in codes.items():
            if f"{subject}_得分" in row:
                written[row["student_number"], file.name.split("/")[2], code] = row[f"{subject}_得分"]
    told = {(s["student_number"], s["exam_id"], s["subject_code"]): s["score"] for s in small.truth("exam_scores")}
    assert told.keys() == written.keys()
    for key, score in told.items():
        assert (float(score) == float(written[key])) if score else written[key] in ("", "-", "缺考")


def test_absence_is_written_in_all_three_ways(usual: City):
    values = {
        v for _, _, r in usual.sound("exams/results", usual.nights[0]) for h, v in r.items() if h.endswith("得分")
    }
    assert {"", "-", "缺考"} <= values


def test_ability_lasts_from_exam_to_exam(usual: City):
    first, second = {}, {}
    for s in usual.truth("exam_scores"):
        if s["score"] and s["subject_code"] == "14" and "-jc-" not in s["exam_id"]:
            (first if "-m1-" in s["exam_id"] else second)[s["student_number"]] = float(s["score"])
    both = sorted(first.keys() & second.keys())
    assert statistics.correlation([first[p] for p in both], [second[p] for p in both]) > 0.7


@dataclass
class Homework:
    """One homework: the row that counts, and the platforms that hold it."""

    row: Row
    feeds: set[str]

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.row["assigned_at"])

    @property
    def minutes(self) -> float | None:
        """Actual minutes, else planned ones; None where nobody knows them."""
        told = self.row["actual_minutes"] or self.row["planned_minutes"]
        return float(told) if told else None


def union(city: City, night: str) -> list[Homework]:
    """All homework once. Every row of A is one of its own; a row of B is the same as one of A that no other row of B is
    yet: of the same student, subject and title, with clocks at most two minutes apart.
    """
    bad = {(r["file_name"], r["row_number"]) for r in city.truth("bad_rows") if r["severity"] == "cell"}
    void = {"actual_minutes": ""}
    found: dict[tuple[str, str, str], list[Homework]] = defaultdict(list)
    for feed in PLATFORMS:
        for file, number, row in city.sound(feed, night):
            unread = (file.name, str(number)) in bad and row["actual_minutes"] in ("999", "半小时")
            one = Homework(row | void if unread else row, {feed})
            alike = found[row["student_number"], row["subject"], row["title"]]
            twins = [h for h in alike if feed not in h.feeds and abs(h.at - one.at) <= timedelta(minutes=2)]
            if twins:
                twins[0].feeds.add(feed)
            else:
                alike.append(one)
    return [homework for alike in found.values() for homework in alike]


def days(city: City) -> dict[tuple[str, str], dict[str, Any]]:
    """Sums by student and day; a sum of which a part is unknown is None."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for homework in union(city, city.nights[-1]):
        day = sums.setdefault(
            (homework.row["student_number"], homework.row["assigned_at"][:10]),
            {"written": [], "other": [], "records": 0, "twice": 0, "feeds": set()},
        )
        day["written" if homework.row["written"] in ("是", "true") else "other"].append(homework.minutes)
        day["records"] += 1
        day["twice"] += len(homework.feeds) - 1
        day["feeds"] |= {feed.split("/")[0] for feed in homework.feeds}
    for day in sums.values():
        day["known"] = {kind: sum(m for m in day[kind] if m is not None) for kind in KINDS}
        for kind in KINDS:
            day[kind] = None if None in day[kind] else sum(day[kind])
    return sums


def test_student_days_are_the_union_of_both_platforms(city: City):
    counted = days(city)
    told = {(d["student_number"], d["school_date"]): d for d in city.truth("homework_student_days")}
    assert told.keys() == counted.keys()
    for key, day in counted.items():
        minutes = [float(told[key][f"{kind}_minutes"]) if told[key][f"{kind}_minutes"] else None for kind in KINDS]
        assert minutes == [day[kind] for kind in KINDS]
        assert (int(told[key]["records"]), int(told[key]["held_twice"])) == (day["records"], day["twice"])
        assert set(told[key]["sources"].split("+")) == day["feeds"]


def test_class_days_are_means_over_the_students_measured(city: City):
    home, minutes = {}, defaultdict(list)
    for _, _, r in city.sound("student_registry/students", city.nights[0]):
        home[r["student_number"]] = (r["school_code"], r["class_code"])
    for (student, date), day in days(city).items():
        minutes[*home[student], date].append(day["written"])
    told = {(d["school_code"], d["class_code"], d["school_date"]): d for d in city.truth("homework_class_days")}
    assert minutes.keys() <= told.keys()
    for key, day in told.items():
        measured = [written for written in minutes[key] if written is not None]
        mean = statistics.fmean(measured) if measured else None
        assert (float(day["written_minutes_mean"]) if day["written_minutes_mean"] else None) == pytest.approx(
            mean, abs=1e-6
        )
        assert (int(day["students_observed"]), int(day["students_measured"])) == (len(minutes[key]), len(measured))
        judged = day["limit_minutes"] and mean is not None and len(measured) >= 0.5 * int(day["students_enrolled"])
        judged = judged and not day["platforms_missing"]
        assert day["over_limit"] == (str(mean > float(day["limit_minutes"])).lower() if judged else "")


def test_the_city_has_what_figures_stumble_over(usual: City):
    """Clocks apart, two tasks of one subject at one time, and minutes that nobody knows."""
    homework = union(usual, usual.nights[-1])
    rows = {f: {r["record_id"]: r for _, _, r in usual.sound(f, usual.nights[-1])} for f in PLATFORMS}
    pairs = [
        (rows[PLATFORMS[0]][p["record_a"]], rows[PLATFORMS[1]][p["record_b"]])
        for p in usual.truth("homework_held_twice")
    ]
    apart = [datetime.fromisoformat(b["assigned_at"]) - datetime.fromisoformat(a["assigned_at"]) for a, b in pairs]
    assert {gap.seconds for gap in apart} == {0, 30, 90}
    at_one_time = Counter(
        (feed, h.row["student_number"], h.row["subject"], h.row["assigned_at"]) for h in homework for feed in h.feeds
    )
    assert max(at_one_time.values()) == 2
    assert 0 < sum(h.minutes is None for h in homework) < 0.05 * len(homework)


def test_records_held_twice_are_the_same_on_both_platforms(small: City):
    rows = {f: {r["record_id"]: r for _, _, r in small.sound(f, small.nights[-1])} for f in PLATFORMS}
    pairs = small.truth("homework_held_twice")
    assert len(pairs) == sum(len(homework.feeds) == 2 for homework in union(small, small.nights[-1]))
    for pair in pairs:
        a, b = rows[PLATFORMS[0]][pair["record_a"]], rows[PLATFORMS[1]][pair["record_b"]]
        assert all(a[c] == b[c] for c in ("student_number", "subject", "planned_minutes", "actual_minutes"))


def test_totals_of_a_day_add_up(city: City):
    counted, records = days(city), union(city, city.nights[-1])
    for told in city.truth("homework_days"):
        of_day = [d for (_, date), d in counted.items() if date == told["school_date"]]
        assert int(told["student_days"]) == len(of_day)
        assert int(told["written_minutes"]) == sum(d["known"]["written"] for d in of_day)
        assert int(told["other_minutes"]) == sum(d["known"]["other"] for d in of_day)
        assert int(told["union_records"]) == sum(str(h.at.date()) == told["school_date"] for h in records)
        assert int(told["loaded_a"]) + int(told["loaded_b"]) == sum(d["records"] + d["twice"] for d in of_day)


def test_classes_stand_on_both_sides_of_every_line(usual: City):
    rows = usual.truth("homework_class_days")
    for limit in ("60", "90"):
        assert {d["over_limit"] for d in rows if d["limit_minutes"] == limit} >= {"true", "false", ""}
    assert {d["students_observed"] for d in rows} > {"0"}  # a class that never sets any stands too
    seen = [d for d in rows if d["students_observed"] != "0"]
    share = [int(d["students_observed"]) / int(d["students_enrolled"]) for d in seen]
    assert min(share) < 0.4
    assert max(share) > 0.8
    assert not [s for s in share if 0.4 <= s < 0.6]
    used = {(d["school_code"], d["class_code"]) for d in seen}
    assert used < {(c["school_code"], c["class_code"]) for c in usual.truth("class_sizes")}
