{{ config(materialized='by_partition', partition='week', touched='touched_homework_weeks') }}
-- depends_on: {{ ref('touched_homework_weeks') }}
with subject_days as (
    select *, cast(date_trunc('week', school_date) as date) as week
    from {{ ref('homework_subject_days') }}
    where {{ touched("cast(date_trunc('week', school_date) as date)") }}
),

grade_days as (
    select *, cast(date_trunc('week', school_date) as date) as week
    from {{ ref('homework_grade_days') }}
    where {{ touched("cast(date_trunc('week', school_date) as date)") }}
),

-- whoever is measured counts under every subject, with or without homework in it: shares of subjects add up
grades as (
    select
        school_code,
        grade,
        week,
        count(*) as school_days,
        count(*) filter (where is_told) as school_days_told,
        max(limit_minutes) as limit_minutes,
        sum(student_days_expected) as student_days_expected,
        sum(student_days) as student_days
    from grade_days
    group by school_code, grade, week
),

subjects as (
    select
        school_code,
        grade,
        subject,
        week,
        {%- for name in ['records', 'records_without_minutes', 'records_shared', 'overlapping_records', 'records_planned', 'records_submitted', 'records_marked', 'records_returned', 'records_published', 'records_all_steps', 'publication_told', 'records_on_time', 'on_time_told', 'records_layered', 'layered_told'] %}
        cast(sum({{ name }}) as bigint) as {{ name }},
        {%- endfor %}
        sum(measured_minutes) as measured_minutes,
        {%- for kind, days in [('school_day', "day_type = 'school_day'"), ('weekend', "day_type = 'weekend'"), ('holiday', "day_type in ('holiday', 'vacation')")] %}
        coalesce(sum(records) filter (where {{ days }}), 0) as {{ kind }}_records,
        -- a sum of which a part is unknown is unknown, and so is that of days of which nothing is told
        case when coalesce(sum(records_of_unknown_load) filter (where {{ days }}), 0) = 0
            then sum(written_minutes) filter (where {{ days }})
        end as {{ kind }}_minutes,
        case when coalesce(sum(records_of_unknown_load) filter (where {{ days }}), 0) = 0
            then sum(other_minutes) filter (where {{ days }})
        end as {{ kind }}_other_minutes{{ "," if not loop.last }}
        {%- endfor %}
    from subject_days
    group by school_code, grade, subject, week
)

select
    subjects.school_code,
    subjects.grade,
    subjects.subject,
    subjects.week,
    coalesce(grades.school_days, 0) as school_days,
    coalesce(grades.school_days_told, 0) as school_days_told,
    cast(coalesce(grades.student_days_expected, 0) as bigint) as student_days_expected,
    cast(coalesce(grades.student_days, 0) as bigint) as student_days,
    round(grades.student_days / nullif(grades.student_days_expected, 0), 6) as completeness,
    cast(subjects.measured_minutes / nullif(grades.student_days, 0) as double) as written_minutes_mean,
    cast(grades.limit_minutes as double) as limit_minutes,
    round(subjects.measured_minutes / nullif(grades.student_days * grades.limit_minutes, 0), 6) as limit_share,
    subjects.records,
    subjects.records_without_minutes,
    subjects.records_shared,
    subjects.overlapping_records,
    {%- for kind in ['school_day', 'weekend', 'holiday'] %}
    cast(subjects.{{ kind }}_records as bigint) as {{ kind }}_records,
    cast(subjects.{{ kind }}_minutes as decimal(18, 2)) as {{ kind }}_minutes,
    cast(subjects.{{ kind }}_other_minutes as decimal(18, 2)) as {{ kind }}_other_minutes,
    {%- endfor %}
    subjects.records_planned,
    subjects.records_submitted,
    subjects.records_marked,
    subjects.records_returned,
    subjects.records_published,
    subjects.records_all_steps,
    round(subjects.records_published / nullif(subjects.publication_told, 0), 6) as publication_rate,
    round(subjects.publication_told / subjects.records, 6) as publication_completeness,
    subjects.records_on_time,
    round(subjects.records_on_time / nullif(subjects.on_time_told, 0), 6) as on_time_rate,
    round(subjects.on_time_told / subjects.records, 6) as on_time_completeness,
    subjects.records_layered,
    round(subjects.records_layered / nullif(subjects.layered_told, 0), 6) as layered_share,
    round(subjects.layered_told / subjects.records, 6) as layered_completeness
from subjects
left join grades
    on subjects.school_code = grades.school_code and subjects.grade = grades.grade and subjects.week = grades.week
