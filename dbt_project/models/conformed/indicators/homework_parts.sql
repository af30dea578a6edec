-- student-days and class-days judged against the limit, by class, grade and month; only grades that a limit binds
with limits as (
    select *
    from {{ source('register', 'homework_limit') }}
    where limit_minutes is not null
),

student_days as (
    select
        days.school_code,
        days.grade,
        days.class_code,
        strftime(days.school_date, '%Y-%m') as month,
        1 as student_days,
        cast(days.written_minutes <= limits.limit_minutes as integer) as student_days_within,
        0 as class_days,
        0 as class_days_within,
        0 as class_days_seen,
        0 as class_days_published
    from {{ ref('homework_load_student_day') }} as days
    inner join limits on try_cast(days.grade as integer) between limits.grade_from and limits.grade_to
    where days.day_type = 'school_day' and days.written_minutes is not null
),

class_days as (
    select
        days.school_code,
        days.grade,
        days.class_code,
        strftime(days.school_date, '%Y-%m') as month,
        0 as student_days,
        0 as student_days_within,
        cast(days.over_limit is not null as integer) as class_days,
        cast(coalesce(not days.over_limit, false) as integer) as class_days_within,
        1 as class_days_seen,
        cast(days.published as integer) as class_days_published
    from {{ ref('homework_load_class_day') }} as days
    inner join limits on try_cast(days.grade as integer) between limits.grade_from and limits.grade_to
    where days.day_type = 'school_day'
),

days as (
    select * from student_days
    union all
    select * from class_days
)

select
    school_code,
    grade,
    class_code,
    month,
    sum(student_days) as student_days,
    sum(student_days_within) as student_days_within,
    sum(class_days) as class_days,
    sum(class_days_within) as class_days_within,
    sum(class_days_seen) as class_days_seen,
    sum(class_days_published) as class_days_published
from days
group by all
