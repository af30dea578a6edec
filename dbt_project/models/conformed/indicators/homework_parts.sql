-- student-days and class-days by class, grade and month, as many as are expected and as many as are known; only grades
-- that a limit binds, and school days
with class_days as (
    select * from {{ ref('homework_class_days') }}
    where is_expected and limit_minutes is not null
),

measured_student_days as (
    select
        days.school_code,
        days.class_code,
        days.school_date,
        class_days.grade,
        count(*) as measured,
        count(*) filter (where days.written_minutes <= class_days.limit_minutes) as within
    from {{ ref('homework_load_student_day') }} as days
    inner join class_days
        on days.school_code = class_days.school_code
        and days.school_date = class_days.school_date
        and days.class_code is not distinct from class_days.class_code
        and (class_days.class_code is not null or days.grade = class_days.grade)
    -- what a platform may still bring is not measured
    where days.written_minutes is not null and len(class_days.platforms_missing) = 0
    group by all
),

judged_class_days as (
    select school_code, class_code, school_date, over_limit, published
    from {{ ref('homework_load_class_day') }}
)

select
    class_days.school_code,
    class_days.grade,
    class_days.class_code,
    strftime(class_days.school_date, '%Y-%m') as month,
    sum(class_days.students_enrolled) as student_days_expected,
    sum(coalesce(students.measured, 0)) as student_days,
    sum(coalesce(students.within, 0)) as student_days_within,
    count(class_days.class_code) as class_days_expected,
    count(judged.over_limit) as class_days,
    count(*) filter (where not judged.over_limit) as class_days_within,
    count(class_days.class_code) filter (where len(class_days.platforms_missing) = 0) as class_days_delivered,
    count(*) filter (where judged.published) as class_days_published
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
group by all
