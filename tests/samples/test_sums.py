"""Sums over marks and homework are those of the files, worked out again row by row."""

from __future__ import annotations

import statistics
from collections import defaultdict
from typing import Any

import pytest

from tests.samples.reading import City, Row

PLATFORMS = ("homework_a/records", "homework_b/records")


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
    told = {
        (s["student_number"], s["exam_id"], s["subject_code"]): s["score"] for s in small.truth("exam_scores")
    }
    assert told.keys() == written.keys()
    for key, score in told.items():
        assert (float(score) == float(written[key])) if score else written[key] in ("", "-", "缺考")


def test_absence_is_written_in_all_three_ways(usual: City):
    values = {
        v
        for _, _, r in usual.sound("exams/results", usual.nights[0])
        for h, v in r.items()
        if h.endswith("得分")
    }
    assert {"", "-", "缺考"} <= values


def test_ability_lasts_from_exam_to_exam(usual: City):
    first, second = {}, {}
    for s in usual.truth("exam_scores"):
        if s["score"] and s["subject_code"] == "14":
            (first if "-m1-" in s["exam_id"] else second)[s["student_number"]] = float(s["score"])
    both = sorted(first.keys() & second.keys())
    assert statistics.correlation([first[p] for p in both], [second[p] for p in both]) > 0.7


def union(city: City, night: str) -> dict[tuple[str, str, str], tuple[Row, set[str]]]:
    """Records of both platforms by student, subject and time, each once, with the platforms that hold it."""
    bad = {(r["file_name"], r["row_number"]) for r in city.truth("bad_rows") if r["severity"] == "cell"}
    void = {"actual_minutes": ""}
    records: dict[tuple[str, str, str], tuple[Row, set[str]]] = {}
    for feed in PLATFORMS:
        for file, number, row in city.sound(feed, night):
            unread = (file.name, str(number)) in bad and row["actual_minutes"] in ("999", "半小时")
            key = (row["student_number"], row["subject"], row["assigned_at"].replace("T", " "))
            records.setdefault(key, (row | void if unread else row, set()))[1].add(feed)
    return records


def days(city: City) -> dict[tuple[str, str], dict[str, Any]]:
    """Sums by student and day."""
    sums: dict[tuple[str, str], dict[str, Any]] = {}
    for (student, _, at), (row, held) in union(city, city.nights[-1]).items():
        day = sums.setdefault(
            (student, at[:10]), {"written": 0, "other": 0, "records": 0, "twice": 0, "feeds": set()}
        )
        kind = "written" if row["written"] in ("是", "true") else "other"
        day[kind] += float(row["actual_minutes"] or row["planned_minutes"])
        day["records"] += 1
        day["twice"] += len(held) - 1
        day["feeds"] |= {feed.split("/")[0] for feed in held}
    return sums


def test_student_days_are_the_union_of_both_platforms(city: City):
    counted = days(city)
    told = {(d["student_number"], d["school_date"]): d for d in city.truth("homework_student_days")}
    assert told.keys() == counted.keys()
    for key, day in counted.items():
        assert (float(told[key]["written_minutes"]), float(told[key]["other_minutes"])) == (
            day["written"],
            day["other"],
        )
        assert (int(told[key]["records"]), int(told[key]["held_twice"])) == (day["records"], day["twice"])
        assert set(told[key]["sources"].split("+")) == day["feeds"]


def test_class_days_are_means_over_the_students_observed(city: City):
    home, minutes = {}, defaultdict(list)
    for _, _, r in city.sound("student_registry/students", city.nights[0]):
        home[r["student_number"]] = (r["school_code"], r["class_code"])
    for (student, date), day in days(city).items():
        minutes[*home[student], date].append(day["written"])
    told = {
        (d["school_code"], d["class_code"], d["school_date"]): d for d in city.truth("homework_class_days")
    }
    assert told.keys() == minutes.keys()
    for key, written in minutes.items():
        mean, day = statistics.fmean(written), told[key]
        assert float(day["written_minutes_mean"]) == pytest.approx(mean, abs=1e-6)
        assert int(day["students_observed"]) == len(written)
        judged = day["limit_minutes"] and len(written) >= 0.5 * int(day["students_enrolled"])
        assert day["over_limit"] == (str(mean > float(day["limit_minutes"])).lower() if judged else "")


def test_records_held_twice_are_the_same_on_both_platforms(small: City):
    rows = {f: {r["record_id"]: r for _, _, r in small.sound(f, small.nights[-1])} for f in PLATFORMS}
    pairs = small.truth("homework_held_twice")
    assert len(pairs) == sum(len(held) == 2 for _, held in union(small, small.nights[-1]).values())
    for pair in pairs:
        a, b = rows[PLATFORMS[0]][pair["record_a"]], rows[PLATFORMS[1]][pair["record_b"]]
        assert all(a[c] == b[c] for c in ("student_number", "subject", "planned_minutes", "actual_minutes"))


def test_totals_of_a_day_add_up(city: City):
    counted, records = days(city), union(city, city.nights[-1])
    for told in city.truth("homework_days"):
        of_day = [d for (_, date), d in counted.items() if date == told["school_date"]]
        assert int(told["student_days"]) == len(of_day)
        assert int(told["written_minutes"]) == sum(d["written"] for d in of_day)
        assert int(told["other_minutes"]) == sum(d["other"] for d in of_day)
        assert int(told["union_records"]) == sum(at[:10] == told["school_date"] for _, _, at in records)
        assert int(told["loaded_a"]) + int(told["loaded_b"]) == sum(d["records"] + d["twice"] for d in of_day)


def test_classes_stand_on_both_sides_of_every_line(usual: City):
    rows = usual.truth("homework_class_days")
    for limit in ("60", "90"):
        assert {d["over_limit"] for d in rows if d["limit_minutes"] == limit} >= {"true", "false", ""}
    share = [int(d["students_observed"]) / int(d["students_enrolled"]) for d in rows]
    assert min(share) < 0.4
    assert max(share) > 0.8
    assert not [s for s in share if 0.4 <= s < 0.6]
    used = {(d["school_code"], d["class_code"]) for d in rows}
    assert used < {(c["school_code"], c["class_code"]) for c in usual.truth("class_sizes")}
