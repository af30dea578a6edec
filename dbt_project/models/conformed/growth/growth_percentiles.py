"""Growth of the exams that are made tonight and have others of their series before them; empty where there is none.

Lives here: which marks are compared. How they are is `methods.growth`.
"""

EMPTY = (
    "select '' as student_uid, '' as exam_id, '' as subject, cast(0 as integer) as growth_percentile, "
    "cast(0 as integer) as prior_count, '' as growth_method, '' as why_none where false"
)


def model(dbt, session):  # type: ignore[no-untyped-def]
    """One row per student, exam and subject of such an exam, with its growth or why it has none."""
    marks = dbt.ref("growth_marks").project(
        "exam_id || '/' || subject as subject, student_uid as student_id, cast(years as varchar) as year, "
        "cast(grades as varchar) as grade, cast(score as varchar) as score, years = 0 and grades = 0 as is_own"
    )
    minima, alike = dbt.source("register", "bureau").project("growth_minima, growth_students_min").fetchone()
    table = marks.order("subject, student_id, year, grade").to_arrow_table()
    if not table.num_rows:
        return session.sql(EMPTY)
    from methods.growth import percentiles

    found = percentiles.growth(table, minima, alike, table["is_own"].to_numpy())
    told = table.select(["subject", "student_id", "is_own"])
    for name, values in found.columns().items():
        told = told.append_column(name, values)
    reasons = " ".join(f"when '{why}' then '{code}'" for why, code in percentiles.CODES.items())
    return session.sql(
        "select student_id as student_uid, split_part(subject, '/', 1) as exam_id, "
        "split_part(subject, '/', 2) as subject, "
        "cast(growth_percentile as integer) as growth_percentile, cast(prior_count as integer) as prior_count, "
        f"growth_method, case why_none {reasons} end as why_none from told where is_own"
    ).to_arrow_table()
