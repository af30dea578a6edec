{{ config(
    materialized='by_partition', partition='school_date', follows=['homework_class_days', 'homework_load_student_day']
) }}

-- each grade of a school on a school day: of how many students the written homework was to be measured, and of how many it
-- was. A day of which an expected platform has not delivered is measured of nobody
with class_days as (
    select * from {{ ref('homework_class_days') }}
    where is_expected and grade is not null and {{ touched() }}
),

student_days as (
    select * from {{ ref('homework_load_student_day') }}
    where {{ touched() }}
),

placed_student_days as (
    {{ bound_student_days('student_days', 'class_days') }}
),

measured_grade_days as (
    select school_code, grade, school_date, count(*) as student_days
    from placed_student_days
    where is_measured
    group by all
),

expected_grade_days as (
    select
        school_code,
        grade,
        school_date,
        max(limit_minutes) as limit_minutes,
        sum(students_enrolled) as student_days_expected,
        bool_and(len(platforms_missing) = 0) as is_told
    from class_days
    group by all
)

select
    expected.school_code,
    expected.grade,
    expected.school_date,
    expected.limit_minutes,
    cast(expected.student_days_expected as bigint) as student_days_expected,
    coalesce(measured.student_days, 0) as student_days,
    expected.is_told
from expected_grade_days as expected
left join measured_grade_days as measured using (school_code, grade, school_date)
