-- student-days and class-days judged against the limit, by school, grade and month; grades that a limit binds
with bound as (
    select grades.grade
    from (select distinct grade from {{ ref('students') }}) as grades
    inner join {{ source('register', 'homework_limit') }} as limits
        on try_cast(grades.grade as integer) between limits.grade_from and limits.grade_to
    where limits.limit_minutes is not null
),

student_days as (
    select
        days.school_code,
        days.grade,
        strftime(days.school_date, '%Y-%m') as month,
        count(*) as student_days,
        count(*) filter (where days.written_minutes <= limits.limit_minutes) as student_days_within
    from {{ ref('homework_load_student_day') }} as days
    inner join {{ source('register', 'homework_limit') }} as limits
        on try_cast(days.grade as integer) between limits.grade_from and limits.grade_to
    where days.day_type = 'school_day' and limits.limit_minutes is not null and days.written_minutes is not null
    group by all
),

class_days as (
    select
        school_code,
        grade,
        strftime(school_date, '%Y-%m') as month,
        count(over_limit) as class_days,
        count(*) filter (where not over_limit) as class_days_within,
        count(*) filter (where day_type = 'school_day') as class_days_seen,
        count(*) filter (where day_type = 'school_day' and published) as class_days_published
    from {{ ref('homework_load_class_day') }}
    where grade in (select grade from bound)
    group by all
)

select
    coalesce(student_days.school_code, class_days.school_code) as school_code,
    coalesce(student_days.grade, class_days.grade) as grade,
    coalesce(student_days.month, class_days.month) as month,
    coalesce(student_days.student_days, 0) as student_days,
    coalesce(student_days.student_days_within, 0) as student_days_within,
    coalesce(class_days.class_days, 0) as class_days,
    coalesce(class_days.class_days_within, 0) as class_days_within,
    coalesce(class_days.class_days_seen, 0) as class_days_seen,
    coalesce(class_days.class_days_published, 0) as class_days_published
from student_days
full join class_days
    on student_days.school_code = class_days.school_code
    and student_days.grade = class_days.grade
    and student_days.month = class_days.month
