"""Rules between figures at door 2: ranks that hold, totals that never fall, sums that agree, parts within wholes."""

import json
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from expectations import Baseline, Check, ExpectationsError, PassedBefore, check_release
from expectations.baseline import AcceptedFailure
from expectations.suite import load
from warehouse.release import gate_report

NIGHT = date(2025, 10, 15)
TEXT = {"zh": "一", "en": "a"}
TEXTS = dict.fromkeys(("what", "when_it_matters", "how_to_fix", "who_fixes"), TEXT)


def own_suite(own: Path, mart: str, rule: dict[str, Any], severity: str = "warn") -> None:
    path = own / "release" / f"{mart}.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"rules": [{"id": "judged", "severity": severity, **rule, **TEXTS}]}), "utf-8")


def release(place: Path, **marts: str) -> Path:
    """A small release: each mart by the SQL of its rows, in the database and as Parquet."""
    (place / "parquet").mkdir(parents=True)
    (place / "manifest.json").write_text(json.dumps({"personal_data": {"k": 2, "share_max": {}, "people": []}}))
    with duckdb.connect() as connection:
        connection.execute(f"attach '{place / 'marts.duckdb'}' as marts; use marts")
        for name, sql in marts.items():
            connection.execute(f"create table {name} as {sql}")
            connection.execute(f"copy {name} to '{place / 'parquet' / name}.parquet' (format parquet)")
    return place


def judged(
    tmp_path: Path, rule: dict[str, Any], here: dict[str, str], last: dict[str, str] | None = None, **more: Any
) -> Check:
    """What a rule on the mart `mine` says of a small release, after another."""
    own_suite(tmp_path / "own", "mine", rule)
    earlier = release(tmp_path / "last", **last) if last else None
    report = check_release(
        release(tmp_path / "new", **here), NIGHT, own_suites=tmp_path / "own", last_release=earlier, **more
    )
    (check,) = [check for check in report.checks if check.id == "release/mine/judged"]
    return check


def schools(figure: str, number: int = 40, columns: str = "'2025-10' as month") -> str:
    """A figure of each school, by its number n from 0 on."""
    return (
        f"select 's' || lpad(n::varchar, 3, '0') as school, {figure} as figure, {columns} from range({number}) as t(n)"
    )


LAST_RELEASE = {"continuity": {"figure": "figure", "units": ["school"], "against": "release", "at_least": 0.5}}
LAST_PERIOD = {
    "continuity": {"figure": "figure", "units": ["school"], "against": "period", "period": "month", "at_least": 0.5}
}
SISTER = {
    "continuity": {
        "figure": "figure", "units": ["school"], "against": "sister", "at_least": 0.5,
        "sister": {"mart": "other", "figure": "figure"},
    }
}  # fmt: skip
SHUFFLED = "(n * 17) % 40"  # the schools of a district have been given each other's figures: a permutation of 0 to 39


@pytest.mark.parametrize(("there", "passed"), [("n * n", True), (SHUFFLED, False)])
def test_ranks_are_held_against_the_release_before(tmp_path: Path, there: str, passed: bool):
    check = judged(tmp_path, LAST_RELEASE, {"mine": schools("n")}, {"mine": schools(there)})
    assert (check.passed, check.not_judged, check.figures["units"]) == (passed, None, 40)
    if passed:
        assert check.figures["correlation"] == 1, "squares have the ranks of their roots"
    else:
        assert check.failing_count == 1
        assert check.failing_rows[0]["correlation"] < 0.5


def test_the_correlation_of_ranks_is_spearman_s_with_ties_at_their_mean_rank(tmp_path: Path):
    scipy_stats = pytest.importorskip("scipy.stats")
    x, y = [n // 3 for n in range(40)], [(n * 17) % 40 // 4 for n in range(40)]
    check = judged(tmp_path, LAST_RELEASE, {"mine": schools("n // 3")}, {"mine": schools(f"{SHUFFLED} // 4")})
    assert check.figures["correlation"] == round(float(scipy_stats.spearmanr(x, y).statistic), 4)


@pytest.mark.parametrize(("figure", "passed"), [("n + 5", True), (SHUFFLED, False)])
def test_ranks_are_held_against_the_last_period_of_the_mart(tmp_path: Path, figure: str, passed: bool):
    months = f"{schools('100 - n', columns=repr('2025-08') + ' as month')} union all "
    months += f"{schools('n', columns=repr('2025-09') + ' as month')} union all {schools(figure)}"
    check = judged(tmp_path, LAST_PERIOD, {"mine": months})
    assert (check.figures["period"], check.figures["period_there"]) == ("2025-10", "2025-09")
    assert (check.passed, check.not_judged) == (passed, None)


@pytest.mark.parametrize(("figure", "passed"), [("n / 7", True), (SHUFFLED, False)])
def test_ranks_are_held_against_a_sister_figure(tmp_path: Path, figure: str, passed: bool):
    check = judged(tmp_path, SISTER, {"mine": schools("n"), "other": schools(figure)})
    assert (check.passed, check.not_judged) == (passed, None)


@pytest.mark.parametrize(
    ("here", "there", "said"),
    [
        (schools("n", 19), schools("-n", 40), "units 19 < 20"),
        (schools("n % 4"), schools("-n"), "different_values 4 < 5"),
        (schools("n"), schools("-(n % 4)"), "different_values_there 4 < 5"),
        (schools("case when n < 19 then n end"), schools("-n"), "units 19 < 20"),
    ],
)
def test_few_units_or_few_values_have_no_ranks_to_judge(tmp_path: Path, here: str, there: str, said: str):
    check = judged(tmp_path, LAST_RELEASE, {"mine": here}, {"mine": there})
    assert check.passed
    assert said in check.not_judged["en"]
    assert said in check.not_judged["zh"]


def test_twenty_units_and_five_values_are_judged(tmp_path: Path):
    check = judged(tmp_path, LAST_RELEASE, {"mine": schools("n % 5", 20)}, {"mine": schools("-(n % 5)", 20)})
    assert (check.passed, check.not_judged, check.figures["correlation"]) == (False, None, -1)


TOTAL = {"never_falls": {"figure": "records", "by": ["year"]}}
YEARS = "select * from (values {}) as t(year, records)"


@pytest.mark.parametrize(
    ("now", "fallen"),
    [
        ("('2024', 70), ('2025', 50), ('2026', 1)", []),
        ("('2024', 69), ('2025', 90)", ["2024"]),
        ("('2025', 50)", ["2024"]),
        ("('2024', null), ('2025', 50)", ["2024"]),
    ],
)
def test_a_total_that_fell_is_named_whatever_rose_beside_it(tmp_path: Path, now: str, fallen: list[str]):
    last = YEARS.format("('2024', 40), ('2024', 30), ('2025', 50), ('2023', null::integer)")
    check = judged(tmp_path, TOTAL, {"mine": YEARS.format(now)}, {"mine": last})
    assert [row["year"] for row in check.failing_rows] == fallen
    assert (check.passed, check.failing_count) == (not fallen, len(fallen))
    assert check.figures["compared"] == 2, "of a total that nobody knew nothing is said"


PROBLEMS = "select * from (values {}) as t(problem_id, feed, rule, closed)"
OPEN = PROBLEMS.format(
    "('p', 'a/b', 'duplicate_key', null::date), ('q', 'a/b', 'range', null), ('r', 'a/c', 'x', null)"
)
CLOSED = PROBLEMS.format("('p', 'a/b', 'duplicate_key', date '2025-10-15'), ('q', 'a/b', 'range', date '2025-10-15')")


@pytest.mark.parametrize(("rows", "passed"), [(9, True), (8, False)])
def test_a_total_may_fall_by_the_doubles_that_were_mended(tmp_path: Path, rows: int, passed: bool):
    rule = {"never_falls": {"by": [], "mended_by": {"feed": "a/b", "rules": ["duplicate_key"]}}}
    last = {"mine": "from range(10)", "data_problem": OPEN}
    check = judged(tmp_path, rule, {"mine": f"from range({rows})", "data_problem": CLOSED}, last)
    assert (check.passed, check.figures["mended"], check.figures["fall"]) == (passed, 1, 10 - rows)


def test_a_fall_that_a_person_has_accepted_passes(tmp_path: Path):
    days = {"accepted_on": NIGHT, "expires_on": NIGHT}
    entry = AcceptedFailure(check="release/mine/judged", up_to=1, reason="r", accepted_by="w", owner="o", **days)
    rows = {"mine": YEARS.format("('2024', 1)")}, {"mine": YEARS.format("('2024', 2)")}
    check = judged(tmp_path, TOTAL, *rows, baseline=Baseline((entry,)))
    assert (check.passed, check.fails) == (False, False)
    assert check.accepted


@pytest.mark.parametrize("rule", [TOTAL, LAST_RELEASE], ids=["never_falls", "continuity"])
@pytest.mark.parametrize("last", [None, {"another": "select 1 as x"}, {"mine": "select 1 as x"}])
def test_without_the_figure_in_a_release_before_nothing_is_judged(
    tmp_path: Path, rule: dict[str, Any], last: dict[str, str] | None
):
    rows = f"select *, '2024' as year, 1 as records from ({schools('n')})"
    check = judged(tmp_path, rule, {"mine": rows}, last)
    assert check.passed
    assert ("no release of an earlier night" if last is None else "has no mine with") in check.not_judged["en"]
    assert check.not_judged["zh"]


SCHOOLS = "select * from (values ('a', {a}), ('b', 2)) as t(school, students)"
PUPILS = "select * from (values ('a', 0.1), ('a', 0.2), ('b', 1.7), ('b', {b})) as t(school, weight)"
ROWS = {"adds_up_with": {"figure": "students", "by": ["school"], "other": {"mart": "other"}}}
SUMS = {"adds_up_with": {"figure": "students", "by": ["school"], "other": {"mart": "other", "figure": "weight"}}}


@pytest.mark.parametrize(
    ("rule", "a", "pupils", "failing"),
    [
        (ROWS, "2", PUPILS.format(b=0), []),
        (ROWS, "3", PUPILS.format(b=0), [("a", "3", "2")]),
        (ROWS, "2", f"{PUPILS.format(b=0)} union all select 'lost', 1", [("lost", "0", "1")]),
        (SUMS, "0.3::double", f"select school, weight::double as weight from ({PUPILS.format(b=0.3)})", []),
        (SUMS, "0.3", PUPILS.format(b=0.30001), [("b", "2", "2.00001")]),
        (SUMS, "0.3", PUPILS.format(b="null"), []),
        (SUMS, "null", PUPILS.format(b="0.3"), []),
    ],
    ids=["equal", "one-more", "a-lost-school", "exact-in-decimals", "a-hair-more", "unknown-part", "unknown-figure"],
)
def test_a_figure_is_the_sum_of_another_mart_s(
    tmp_path: Path, rule: dict[str, Any], a: str, pupils: str, failing: list[tuple[str, str, str]]
):
    check = judged(tmp_path, rule, {"mine": SCHOOLS.format(a=a), "other": pupils})
    assert [tuple(row.values()) for row in check.failing_rows] == failing
    assert (check.passed, check.detail) == (not failing, None)
    assert check.figures["compared"] + check.figures["unknown"] == 2 + (failing[:1] != [] and failing[0][0] == "lost")


def test_rows_that_no_figure_is_about_are_left_out_by_a_condition(tmp_path: Path):
    other = {"mart": "other", "where": "school <> 'lost'"}
    rule = {"adds_up_with": {"figure": "students", "by": ["school"], "where": "school <> 'city'", "other": other}}
    mine = f"{SCHOOLS.format(a=2)} union all select 'city', 99"
    check = judged(tmp_path, rule, {"mine": mine, "other": f"{PUPILS.format(b=0)} union all select 'lost', 1"})
    assert (check.passed, check.figures["compared"]) == (True, 2)


def test_without_a_known_figure_nothing_adds_up_and_nothing_is_judged(tmp_path: Path):
    check = judged(
        tmp_path,
        SUMS,
        {"mine": SCHOOLS.format(a=1) + " where false", "other": "select 'a' as school, null::double as weight"},
    )
    assert check.passed
    assert "compared 0 < 1" in check.not_judged["en"]


@pytest.mark.parametrize(("b", "failing"), [("2", 0), ("1.5", 1), ("null", 0)])
def test_a_part_of_a_row_is_at_most_its_whole(tmp_path: Path, b: str, failing: int):
    rows = f"select * from (values ('a', 1, 1), ('b', 2, {b})) as t(school, part, whole)"
    check = judged(tmp_path, {"at_most": {"figure": "part", "of": "whole"}}, {"mine": rows})
    assert (check.passed, check.failing_count) == (failing == 0, failing)
    assert len(check.failing_rows) == failing


@pytest.mark.parametrize(
    ("other", "failing"),
    [
        ("('a', 2), ('b', 2)", []),
        ("('a', 2), ('b', 1)", ["b"]),
        ("('a', 1), ('a', null)", []),
        ("('a', 3), ('c', 0)", []),
    ],
    ids=["equal", "less", "unknown", "not-there"],
)
def test_a_figure_is_at_most_that_of_another_mart(tmp_path: Path, other: str, failing: list[str]):
    rule = {"at_most": {"figure": "students", "by": ["school"], "other": {"mart": "other", "figure": "students"}}}
    there = f"select * from (values {other}) as t(school, students)"
    check = judged(tmp_path, rule, {"mine": SCHOOLS.format(a=2), "other": there})
    assert [row["school"] for row in check.failing_rows] == failing
    assert check.figures["compared"] + check.figures["unknown"] == 2


def test_a_figure_is_at_most_the_rows_of_another_mart_and_none_are_0(tmp_path: Path):
    rule = {"at_most": {"figure": "students", "by": ["school"], "other": {"mart": "other"}}}
    check = judged(tmp_path, rule, {"mine": SCHOOLS.format(a=2), "other": "select 'a' as school from range(2)"})
    assert [row["school"] for row in check.failing_rows] == ["b"]


def test_a_mart_that_is_not_there_leaves_the_rule_without_an_answer(tmp_path: Path):
    check = judged(tmp_path, ROWS, {"mine": SCHOOLS.format(a=2)})
    assert not check.passed
    assert "cannot be computed" in check.detail


def test_a_rule_that_looks_back_is_asked_again_though_its_mart_is_the_same(tmp_path: Path):
    """It was held against another release; what looks at this one alone keeps its answer."""
    here = {"mine": YEARS.format("('2024', 1)")}
    first = judged(tmp_path, TOTAL, here, {"mine": YEARS.format("('2024', 1)")})
    results = {"release/mine/judged": asdict(first)}
    before = PassedBefore({}, frozenset(), frozenset({"mine"}), results)
    (tmp_path / "again").mkdir()
    again = judged(tmp_path / "again", TOTAL, here, {"mine": YEARS.format("('2024', 2)")}, before=before)
    assert (first.passed, again.passed) == (True, False)


def test_the_report_of_a_release_says_what_was_not_judged(tmp_path: Path):
    check = judged(tmp_path, TOTAL, {"mine": YEARS.format("('2024', 1)")})
    report = {"door": "release", "passed": True, "checks": [asdict(check)]}
    page = gate_report.write(tmp_path, "r", [json.loads(json.dumps(report))]).read_text("utf-8")
    assert "not judged" in page
    assert "There is no release of an earlier night" in page
    assert gate_report.summary([report])[0]["figures"] == []


def test_the_figures_of_a_comparison_stand_in_the_report(tmp_path: Path):
    check = judged(tmp_path, ROWS, {"mine": SCHOOLS.format(a=3), "other": PUPILS.format(b=0)})
    page = gate_report.write(tmp_path, "r", [{"door": "release", "passed": True, "checks": [asdict(check)]}])
    assert "compared: 2" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"continuity": {"figure": "x", "units": ["s"], "at_least": 1}},
            "against, at_least, figure, units must be given",
        ),
        ({"continuity": {**LAST_RELEASE["continuity"], "against": "week"}}, "one of period, release, sister"),
        ({"continuity": {**LAST_RELEASE["continuity"], "against": "period"}}, "orders the periods"),
        ({"continuity": {**LAST_RELEASE["continuity"], "against": "sister"}}, "sister is given where"),
        ({"continuity": {**LAST_RELEASE["continuity"], "at_least": 70}}, "from -1 to 1"),
        ({"continuity": {**LAST_RELEASE["continuity"], "units": []}}, "make a unit"),
        ({"continuity": {**SISTER["continuity"], "sister": {"mart": "m"}}}, r"\(under sister\)"),
        ({"never_falls": {"by": "year"}}, "by must be a list of names"),
        ({"never_falls": {"by": [], "mended_by": {"rules": ["x"]}}}, r"\(under mended_by\)"),
        ({"adds_up_with": {"figure": "x", "by": ["a"], "other": {"mart": "m", "by": []}}}, "as many columns"),
        ({"adds_up_with": ["x"]}, "nothing else"),
        ({"at_most": {"figure": "x"}}, "either of"),
        ({"at_most": {"figure": "x", "of": "y", "by": ["z"]}}, "by is given with other"),
        ({"at_most": {"figure": " ", "of": "y"}}, "figure must be a text"),
    ],
)
def test_a_rule_that_cannot_be_understood_is_refused_with_a_sentence(tmp_path: Path, rule: dict[str, Any], said: str):
    own_suite(tmp_path, "mine", rule)
    with pytest.raises(ExpectationsError, match=f"The rule judged of mine.yml cannot be understood: .*{said}"):
        load(tmp_path / "release" / "mine.yml")
