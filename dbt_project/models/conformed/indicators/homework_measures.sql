-- parts of the homework indicators: measure, organisation, month
with parts as (
    select * from {{ ref('homework_parts') }}
),

members as (
    select * from {{ ref('organisation_members') }}
),

expected as (
    select members.organisation_code, count(distinct members.school_code) as schools
    from members
    inner join {{ ref('students') }} as students on members.school_code = students.school
    inner join {{ source('register', 'homework_limit') }} as limits
        on try_cast(students.grade as integer) between limits.grade_from and limits.grade_to
    where limits.limit_minutes is not null
    group by members.organisation_code
),

summed as (
    select
        members.organisation_code,
        members.level,
        parts.month,
        count(distinct parts.school_code) as schools,
        sum(parts.student_days) as student_days,
        sum(parts.student_days_within) as student_days_within,
        sum(parts.class_days) as class_days,
        sum(parts.class_days_within) as class_days_within,
        sum(parts.class_days_seen) as class_days_seen,
        sum(parts.class_days_published) as class_days_published
    from parts
    inner join members on parts.school_code = members.school_code
    group by all
),

class_student_days as (
    select
        days.school_code,
        days.class_code,
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
        class_code,
        strftime(school_date, '%Y-%m') as month,
        count(over_limit) as class_days,
        count(*) filter (where not over_limit) as class_days_within,
        count(*) filter (where day_type = 'school_day') as class_days_seen,
        count(*) filter (where day_type = 'school_day' and published) as class_days_published
    from {{ ref('homework_load_class_day') }}
    where grade in (select grade from parts)
    group by all
),

classes as (
    select
        class_days.school_code || ':' || class_days.class_code as organisation_code,
        'class' as level,
        class_days.month,
        1 as schools,
        coalesce(class_student_days.student_days, 0) as student_days,
        coalesce(class_student_days.student_days_within, 0) as student_days_within,
        class_days.class_days,
        class_days.class_days_within,
        class_days.class_days_seen,
        class_days.class_days_published
    from class_days
    left join class_student_days
        on class_days.school_code = class_student_days.school_code
        and class_days.class_code = class_student_days.class_code
        and class_days.month = class_student_days.month
),

together as (
    select summed.*, summed.schools / expected.schools as completeness
    from summed
    left join expected on summed.organisation_code = expected.organisation_code

    union all

    select *, 1.0 as completeness
    from classes
),

measured as (
    select
        unnest([
            {measure: 'homework_student_day_within_limit', numerator: student_days_within, denominator: student_days},
            {measure: 'homework_class_day_within_limit', numerator: class_days_within, denominator: class_days},
            {measure: 'homework_class_day_over_limit', numerator: class_days - class_days_within, denominator: class_days},
            {measure: 'homework_class_day_published', numerator: class_days_published, denominator: class_days_seen}
        ]) as part,
        organisation_code,
        level,
        month,
        completeness
    from together
)

select
    part.measure,
    organisation_code,
    level,
    cast(null as varchar) as stage,
    month as period,
    cast(part.numerator as double) as numerator,
    cast(part.denominator as double) as denominator,
    cast(completeness as double) as completeness
from measured
where part.denominator > 0
