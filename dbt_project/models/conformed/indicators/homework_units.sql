{{ config(
    materialized='by_partition', partition='school_date',
    follows=['homework_class_days', 'homework_load_student_day', 'homework_load_class_day']
) }}

-- each class-day that a limit binds, and what it adds to the homework indicators: student-days and class-days, as many as
-- are expected and as many as are known
with class_days as (
    select * from {{ ref('homework_class_days') }}
    where is_expected and limit_minutes is not null and {{ touched() }}
),

student_days as (
    select * from {{ ref('homework_load_student_day') }}
    where {{ touched() }}
),

bound_student_days as (
    {{ bound_student_days('student_days', 'class_days') }}
),

measured_student_days as (
    select
        school_code,
        class_code,
        school_date,
        grade,
        count(*) filter (where is_measured) as measured,
        count(*) filter (where is_within) as within
    from bound_student_days
    group by all
),

judged_class_days as (
    select school_code, class_code, school_date, over_limit, published
    from {{ ref('homework_load_class_day') }}
    where {{ touched() }}
)

select
    class_days.school_code,
    class_days.stage,
    class_days.grade,
    class_days.class_code,
    class_days.school_date,
    class_days.students_enrolled as student_days_expected,
    coalesce(students.measured, 0) as student_days,
    coalesce(students.within, 0) as student_days_within,
    cast(class_days.class_code is not null as integer) as class_days_expected,
    cast(judged.over_limit is not null as integer) as class_days,
    cast(coalesce(not judged.over_limit, false) as integer) as class_days_within,
    cast(class_days.class_code is not null and len(class_days.platforms_missing) = 0 as integer) as class_days_delivered,
    cast(coalesce(judged.published, false) as integer) as class_days_published
from class_days
left join measured_student_days as students
    on class_days.school_code = students.school_code
    and class_days.school_date = students.school_date
    and class_days.class_code is not distinct from students.class_code
    and class_days.grade = students.grade
left join judged_class_days as judged
    on class_days.school_code = judged.school_code
    and class_days.class_code = judged.class_code
    and class_days.school_date = judged.school_date
