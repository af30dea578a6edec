with parts as (
    select * from {{ ref('homework_parts') }}
),

members as (
    select * from {{ ref('organisation_members') }}
),

totals as (
    select
        members.organisation_code,
        members.level,
        parts.grade,
        parts.month,
        sum(parts.student_days) as student_days,
        sum(parts.student_days_within) as student_days_within,
        sum(parts.class_days) as class_days,
        sum(parts.class_days_within) as class_days_within
    from parts
    inner join members on parts.school_code = members.school_code
    group by all
)

select
    organisation_code,
    level,
    grade,
    month,
    cast(student_days as bigint) as student_days,
    cast(student_days_within as bigint) as student_days_within,
    round(student_days_within / nullif(student_days, 0), 6) as student_day_rate,
    cast(class_days as bigint) as class_days,
    cast(class_days_within as bigint) as class_days_within,
    round(class_days_within / nullif(class_days, 0), 6) as class_day_rate
from totals
