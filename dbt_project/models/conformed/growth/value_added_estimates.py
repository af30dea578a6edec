"""What schools add to the marks of their pupils, by series, subject and school year; empty without a year before.

Lives here: which marks are held against what. How they are is `methods.value_added`.
"""

EMPTY = (
    "select '' as series, '' as subject, '' as school_year, '' as school_code, cast(0 as double) as estimate, "
    "cast(0 as double) as standard_error, cast(0 as double) as interval_from, cast(0 as double) as interval_to, "
    "'' as verdict, cast(0 as bigint) as n, cast(0 as bigint) as n_left_out, cast(0 as bigint) as schools, "
    "cast(0 as double) as school_deviation, cast(0 as double) as residual_deviation, '' as note where false"
)


def model(dbt, session):  # type: ignore[no-untyped-def]
    """One row per series, subject, school year and school, with its estimate or why it has none."""
    marks = dbt.ref("value_added_marks")
    bureau = dbt.source("register", "bureau")
    covariates, least = bureau.project("value_added_covariates, value_added_schools_min").fetchone()
    groups = marks.project("series, subject, school_year").distinct().order("series, subject, school_year").fetchall()
    found = [_estimates(marks, group, covariates, least) for group in groups]
    if not found:
        return session.sql(EMPTY)
    import pyarrow as pa

    return pa.concat_tables(found)


def _estimates(marks, group, covariates, least):  # type: ignore[no-untyped-def]
    import pyarrow as pa

    from methods.value_added import value_added

    names = ("series", "subject", "school_year")
    is_of_group = " and ".join(f"{name} = '{value}'" for name, value in zip(names, group, strict=True))
    fit = value_added(marks.filter(is_of_group).to_arrow_table(), "score", covariates, "school_code", least)
    found = fit.schools.rename_columns(["school_code", *fit.schools.column_names[1:]])
    counted = sum(1 for n in found["n"].to_pylist() if n)
    alike = {name: pa.scalar(value, pa.string()) for name, value in zip(names, group, strict=True)} | {
        "schools": pa.scalar(counted, pa.int64()),
        "school_deviation": pa.scalar(fit.school_deviation, pa.float64()),
        "residual_deviation": pa.scalar(fit.residual_deviation, pa.float64()),
        "note": pa.scalar(fit.note, pa.string()),
    }
    for name, value in alike.items():
        found = found.append_column(name, pa.array([value.as_py()] * len(found), value.type))
    return found
