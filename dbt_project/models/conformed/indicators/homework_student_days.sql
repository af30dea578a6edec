{{ config(materialized='view') }}

-- the students of whom a platform tells something on a class-day that a limit binds; what a platform may still bring is
-- not measured
with class_days as (
    select * from {{ ref('homework_class_days') }}
    where is_expected and limit_minutes is not null
)

select
    days.student_uid,
    class_days.school_code,
    class_days.grade,
    class_days.class_code,
    class_days.school_date,
    days.written_minutes,
    class_days.limit_minutes,
    days.published,
    days.written_minutes is not null and len(class_days.platforms_missing) = 0 as is_measured,
    is_measured and days.written_minutes <= class_days.limit_minutes as is_within
from {{ ref('homework_load_student_day') }} as days
inner join class_days
    on days.school_code = class_days.school_code
    and days.school_date = class_days.school_date
    and days.class_code is not distinct from class_days.class_code
    and (class_days.class_code is not null or days.grade = class_days.grade)
