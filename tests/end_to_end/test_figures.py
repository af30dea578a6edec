"""The figures of the marts against the planted truth and a computation in another style."""

from __future__ import annotations

import statistics
from collections import defaultdict
from pathlib import Path

import pytest

import registry
from registry.desk_files.indicator_files import with_file
from tests.end_to_end.conftest import FIRST, LAST, Nights
from warehouse import build
from warehouse.indicators import trial


def test_scores_means_and_percentiles_agree_with_a_plain_computation(nights: Nights) -> None:
    cohorts: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    for r in nights.truth("exam_scores"):
        if r["score"]:
            cohorts[r["exam_id"], r["subject_code"]][r["student_number"]] = float(r["score"])
    found = nights.restricted(
        "select exam_id, subject, split_part(student_uid, ':', 2), score, z_score, t_score, percentile_rank "
        "from lake.marts.student_growth"
    )
    seen = defaultdict(set)
    for exam, subject, number, score, z, t, rank in found:
        marks = cohorts[exam, subject]
        seen[exam, subject].add(number)
        assert float(score) == marks[number]
        values = list(marks.values())
        below, equal = sum(v < marks[number] for v in values), sum(v == marks[number] for v in values)
        assert rank == pytest.approx(100 * (below + 0.5 * equal) / len(values), abs=1e-6)
        expected = (marks[number] - statistics.fmean(values)) / statistics.pstdev(values)
        assert z == pytest.approx(expected, abs=1e-6)
        assert t == pytest.approx(50 + 10 * expected, abs=1e-5)
    assert {key: set(marks) for key, marks in cohorts.items()} == dict(seen)


def test_homework_of_a_student_day_counts_a_record_of_two_platforms_once(nights: Nights) -> None:
    found = {
        (number, str(day)): (_number(written), _number(other), records, sources)
        for number, day, written, other, records, sources in nights.restricted(
            "select split_part(student_uid, ':', 2), school_date, written_minutes, other_minutes, records, "
            "array_to_string(sources, '+') from lake.marts.homework_load_student_day"
        )
    }
    planted = {
        (r["student_number"], r["school_date"]): (
            _number(r["written_minutes"]), _number(r["other_minutes"]), int(r["records"]),
            "+".join(f"{source}/records" for source in r["sources"].split("+")),
        )
        for r in nights.truth("homework_student_days")
    }  # fmt: skip
    assert any(int(r["held_twice"]) for r in nights.truth("homework_student_days"))
    assert any(written is None for written, *_ in planted.values())
    assert found == planted


def test_class_days_are_judged_as_planted(nights: Nights) -> None:
    found = {
        (school, code, str(day)): rest
        for school, code, day, *rest in nights.published(
            LAST,
            "select school_code, class_code, school_date, written_minutes_mean, limit_minutes, over_limit, "
            "students_observed, students_measured, students_enrolled, "
            "replace(coalesce(platforms_missing, ''), ',', '+'), published from marts.homework_load_class_day",
        )
    }
    planted = nights.truth("homework_class_days")
    sizes = {(r["school_code"], r["class_code"], r["night"]): int(r["students"]) for r in nights.truth("class_sizes")}
    assert {(r["school_code"], r["class_code"], r["school_date"]) for r in planted} == set(found)
    judged = set()
    for r in planted:
        school, code, day = r["school_code"], r["class_code"], r["school_date"]
        mean, limit, over, observed, measured, enrolled, missing, published = found[school, code, day]
        assert mean == pytest.approx(_number(r["written_minutes_mean"]), abs=1e-3)
        assert (observed, measured) == (int(r["students_observed"]), int(r["students_measured"]))
        # the class as it was known on that day; before the first night, as it was known first
        assert enrolled == sizes[school, code, max(day, FIRST.isoformat())]
        assert str(over).lower().replace("none", "") == r["over_limit"]
        assert (missing, str(published).lower()) == (r["platforms_missing"], r["published"])
        assert limit == _number(r["limit_minutes"])
        judged.add((over, observed > 0, measured < observed, missing))
    assert {over for over, *_ in judged} == {True, False, None}
    assert {(None, False, False, ""), (None, True, False, "homework_a/records")} <= judged
    assert any(unknown for _, _, unknown, _ in judged)


def test_indicators_are_the_sums_of_their_parts(nights: Nights) -> None:
    """Measured: the class-days judged. Expected: all that a limit binds, seen or not."""
    expected = [r for r in nights.truth("homework_class_days") if r["limit_minutes"]]
    class_days = [r for r in expected if r["over_limit"]]
    within = sum(r["over_limit"] == "false" for r in class_days)
    published = sum(r["published"] == "true" for r in expected)
    whole = sum(not r["platforms_missing"] for r in expected)
    assert any(r["students_observed"] == "0" for r in expected)
    told = {
        indicator: rest
        for indicator, *rest in nights.published(
            LAST,
            "select indicator_id, numerator, denominator, value, completeness, units from marts.indicator_value "
            "where level = 'city' and indicator_id like 'sj2021.%'",
        )
    }
    n, judged = len(expected), len(class_days)
    assert told["sj2021.written_limit_class_day"] == [
        within, judged, pytest.approx(within / judged, abs=1e-6), pytest.approx(judged / n, abs=1e-6), "measured",
    ]  # fmt: skip
    assert told["sj2021.over_limit_days"] == [
        judged - within, judged, judged - within, pytest.approx(judged / n, abs=1e-6), "measured",
    ]  # fmt: skip
    assert told["sj2021.published_class_day"] == [
        published, n, pytest.approx(published / n, abs=1e-6), pytest.approx(whole / n, abs=1e-6), "expected",
    ]  # fmt: skip


def test_a_file_of_indicators_on_trial_has_the_figures_that_the_night_published(nights: Nights, tmp_path: Path) -> None:
    file = registry.HOUSE / "indicators" / "js2023.yml"
    register, tried = with_file(registry.load(registry.HOUSE), file)
    columns = ("organisation_code", "numerator", "denominator", "value", "passed", "completeness", "reason")
    for report in trial.try_out(nights.lake, register, tried, build.PROJECT, tmp_path, limit=0):
        shown = {tuple(row[column] for column in columns) for row in report.part("figures").dicts()}
        stated = f"select {', '.join(columns)} from indicator_value where indicator_id = '{report.facts['name']}'"
        assert shown == set(nights.published(LAST, stated))
        assert any(row["value"] is not None for row in report.part("figures").dicts())
        assert report.part("numerator_rows").rows


def _number(told: object) -> float | None:
    return None if told in (None, "") else float(str(told))


def test_knowledge_points_are_scored_as_planted_and_weak_ones_found(nights: Nights) -> None:
    """A point is weak where a class of ten or more is 0.05 below the city on the same paper (`class_report`)."""
    planted = nights.truth("knowledge_points")
    city: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for r in planted:
        city[r["exam"], r["knowledge_point"]][0] += int(r["scored"])
        city[r["exam"], r["knowledge_point"]][1] += int(r["full_mark"])
    classes = {(r["exam"], r["school_code"], r["class_code"]) for r in planted}
    weak = defaultdict(set)
    for r in planted:
        scored, full = city[r["exam"], r["knowledge_point"]]
        gap = scored / full - int(r["scored"]) / int(r["full_mark"])
        if int(r["students"]) >= 10 and gap >= 0.05 and sum(exam == r["exam"] for exam, *_ in classes) > 1:
            weak[r["school_code"], r["class_code"]].add(r["knowledge_point"])
    asked = "select school_code, class_code, weak_points from class_learning_report where weak_points is not null"
    found = {(school, code): set(points.split(",")) for school, code, points in nights.published(FIRST, asked)}
    assert found == dict(weak)
    assert any(int(r["is_weak"]) for r in planted)
