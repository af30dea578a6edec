"""The limit's marts against ours: no time counts before both say the same.

Lives here: for each mart that both make, the columns that mean the same, and how the rows are told apart.
Add here: the comparison of a mart that the limit has gained.
Stays out: what is measured (`nights`), the limit itself (`limit`).

Left out, since the limit does not know it: classes of a day on which nobody was seen (ours alone lists them), the
values of a difference (pseudonyms in a release), differences in anything but the name, what stands behind a figure
(source, completeness, reason), and growth between two exams.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
from duckdb.sqltypes import VARCHAR

from warehouse.disclosure.pseudonyms import hmac_sm3

TOLERANCE = 2e-6  # of a double that both have rounded to six places
_PERSONS = """
create temp table person as
select student_number, key_of(student_number) as student_key
from (
    select student_number from limit_.one_student_one_file
    union select student_number from limit_.student_day
    union select student_number from limit_.growth
)"""


@dataclass(frozen=True)
class Comparison:
    """Two queries of the same columns, of which the first `keys` tell the rows apart; `{ours}` and `{limit}` are the
    databases.
    """

    mart: str
    keys: int
    ours: str
    limit: str


COMPARISONS = (
    Comparison("one_student_one_file", 1,
        """select student_key, school_code, grade, class_code, latest_exam_id, exams, percentile_rank_mean,
            homework_days, written_minutes_mean, homework_as_of from ours.one_student_one_file""",
        """select student_key, school_code, grade, class_code, latest, exams, round(pr, 6), homework_days,
            round(minutes_mean, 4), as_of from limit_.one_student_one_file inner join person using (student_number)"""),
    Comparison("one_school_one_file", 1,
        "select school_code, name, district_code, students, classes from ours.one_school_one_file",
        "select school_code, name, district, students, classes from limit_.one_school_one_file"),
    Comparison("one_teacher_one_file", 1,
        "select school_code, count(*) as teachers from ours.one_teacher_one_file group by all",
        "select school_code, count(*) as teachers from limit_.teachers group by all"),
    Comparison("homework_load_student_day", 2,
        """select student_key, school_date, school_code, grade, class_code, written_minutes, other_minutes, subjects,
            records, published from ours.homework_load_student_day""",
        """select student_key, school_date, school_code, grade, class_code, written_minutes, other_minutes, subjects,
            records, published from limit_.student_day inner join person using (student_number)"""),
    Comparison("homework_load_class_day", 3,
        """select school_code, class_code, school_date, grade, written_minutes_mean,
            written_minutes_by_subject_medians, students_measured, students_enrolled, published
            from ours.homework_load_class_day where students_observed > 0""",
        """select school_code, class_code, school_date, grade, written_minutes_mean, medians, observed, enrolled,
            published from limit_.class_day"""),
    Comparison("student_growth", 3,
        """select student_key, exam_id, subject, score, z_score, t_score, percentile_rank, cohort_size
            from ours.student_growth""",
        """select student_key, exam_id, subject, score, z, t, pr, n
            from limit_.growth inner join person using (student_number)"""),
    Comparison("discrepancy", 2,
        """select distinct record_key, split_part(copy_source, '/', 1) as copy_source from ours.discrepancy
            where element_id = 'student.name' and status = 'open'""",
        """select distinct student_key, copy_source
            from limit_.discrepancy inner join person using (student_number)"""),
    Comparison("indicator_value", 3,
        """select level, organisation_code, period, numerator, denominator, value from ours.indicator_value
            where indicator_id = 'sj2021.written_limit_class_day' and level in ('school', 'district', 'city')
                and denominator > 0""",
        "select level, organisation, month, numerator, denominator, value from limit_.indicator_value"),
)  # fmt: skip


def differences(release: Path, limit: Path, secret: bytes) -> list[str]:
    """How the marts of a release differ from the limit's, each a DuckDB file: a sentence a mart, none of equal ones."""
    with duckdb.connect() as connection:
        connection.execute(f"attach '{release}' as ours (read_only); set variable release = '{release.parent}'")
        connection.execute(f"attach '{limit}' as limit_ (read_only)")
        key = hmac_sm3(secret)
        connection.create_function("key_of", lambda number: key(f"student_number:{number}"), [VARCHAR], VARCHAR)
        connection.execute(_PERSONS)
        return [text for comparison in COMPARISONS if (text := difference(connection, comparison))]


def difference(connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> str:
    """How two queries differ, as a sentence; empty where they say the same."""
    try:
        counts = _counts(connection, comparison)
    except duckdb.Error as error:
        return f"{comparison.mart} cannot be compared: {str(error).splitlines()[0]}"
    parts = [f"{count:,} rows {kind}" for kind, count in counts.items() if count]
    return f"{comparison.mart}: {', '.join(parts)}" if parts else ""


def _counts(connection: duckdb.DuckDBPyConnection, comparison: Comparison) -> dict[str, int]:
    """The number of rows that differ, by how they do."""
    connection.execute(f"create or replace temp table a as {comparison.ours}")
    connection.execute(f"create or replace temp table b as {comparison.limit}")
    ours, limit = ([row[:2] for row in connection.execute(f"describe {table}").fetchall()] for table in ("a", "b"))
    pairs = [(f'a."{mine}"', f'b."{theirs}"', kind) for (mine, kind), (theirs, _) in zip(ours, limit, strict=True)]
    join = " and ".join(f"{mine} is not distinct from {theirs}" for mine, theirs, _ in pairs[: comparison.keys])
    differing = {"only ours": "b.there is null", "only the limit's": "a.there is null"}
    for (name, _), pair in zip(ours[comparison.keys :], pairs[comparison.keys :], strict=True):
        differing[f"of another {name}"] = f"a.there and b.there and {_differs(*pair)}"
    aggregates = ", ".join(f"count(*) filter (where {condition})" for condition in differing.values())
    both = f"(select *, true as there from a) as a full join (select *, true as there from b) as b on {join}"
    counts = connection.execute(f"select {aggregates} from {both}").fetchone() or ()
    return dict(zip(differing, counts, strict=True))


def _differs(mine: str, theirs: str, kind: str) -> str:
    """SQL that is true where the two say otherwise."""
    if kind != "DOUBLE":
        return f"{mine} is distinct from {theirs}"
    apart = f"abs({mine} - {theirs}) > {TOLERANCE} * greatest(1, abs({mine}))"
    return f"(({mine} is null) <> ({theirs} is null) or coalesce({apart}, false))"
