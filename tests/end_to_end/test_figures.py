"""The figures of the marts against the planted truth and a computation in another style."""

from __future__ import annotations

import statistics
from collections import defaultdict

import pytest

from tests.end_to_end.conftest import FIRST, LAST, Nights


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
        (number, str(day)): (float(written), float(other), records, ",".join(sources))
        for number, day, written, other, records, sources in nights.restricted(
            "select split_part(student_uid, ':', 2), school_date, written_minutes, other_minutes, records, sources "
            "from lake.marts.homework_load_student_day"
        )
    }
    planted = {
        (r["student_number"], r["school_date"]): (
            float(r["written_minutes"]), float(r["other_minutes"]), int(r["records"]), r["sources"],
        )
        for r in nights.truth("homework_student_days")
    }  # fmt: skip
    assert any(int(r["held_twice"]) for r in nights.truth("homework_student_days"))
    assert {k: v[:3] for k, v in found.items()} == {k: v[:3] for k, v in planted.items()}


def test_class_days_are_judged_as_planted(nights: Nights) -> None:
    found = {
        (school, code, str(day)): (mean, limit, over, observed, enrolled, published)
        for school, code, day, mean, limit, over, observed, enrolled, published in nights.published(
            LAST,
            "select school_code, class_code, school_date, written_minutes_mean, limit_minutes, over_limit, "
            "students_observed, students_enrolled, published from marts.homework_load_class_day",
        )
    }
    planted = nights.truth("homework_class_days")
    sizes = {
        (r["school_code"], r["class_code"], r["night"]): int(r["students"]) for r in nights.truth("class_sizes")
    }
    assert {(r["school_code"], r["class_code"], r["school_date"]) for r in planted} == set(found)
    judged = set()
    for r in planted:
        mean, limit, over, observed, enrolled, published = found[r["school_code"], r["class_code"], r["school_date"]]
        assert mean == pytest.approx(float(r["written_minutes_mean"]), abs=1e-3)
        assert observed == int(r["students_observed"])
        # the class as it was known on that day; before the first night, as it was known first
        assert enrolled == sizes[r["school_code"], r["class_code"], max(r["school_date"], FIRST.isoformat())]
        assert str(over).lower().replace("none", "") == r["over_limit"]
        assert str(published).lower() == r["published"]
        assert limit == (float(r["limit_minutes"]) if r["limit_minutes"] else None)
        judged.add(over)
    assert judged == {True, False, None}


def test_indicators_are_the_sums_of_their_parts(nights: Nights) -> None:
    class_days = [r for r in nights.truth("homework_class_days") if r["over_limit"]]
    within = sum(r["over_limit"] == "false" for r in class_days)
    ((numerator, denominator, value),) = nights.published(
        LAST,
        "select numerator, denominator, value from marts.indicator_value "
        "where indicator_id = 'sj2021.written_limit_class_day' and level = 'city'",
    )
    assert (numerator, denominator) == (within, len(class_days))
    assert value == pytest.approx(within / len(class_days), abs=1e-6)
