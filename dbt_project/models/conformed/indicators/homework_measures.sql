-- parts of the homework indicators: measure, organisation, month
with parts as (
    select * from {{ ref('homework_parts') }}
),

members as (
    select * from {{ ref('organisation_members') }}
),

bound_schools as (
    select members.organisation_code, count(distinct members.school_code) as schools
    from members
    inner join {{ ref('students') }} as students on members.school_code = students.school
    inner join {{ source('register', 'homework_limit') }} as limits
        on try_cast(students.grade as integer) between limits.grade_from and limits.grade_to
    where limits.limit_minutes is not null
    group by members.organisation_code
),

organisation_totals as (
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

classes as (
    select
        school_code || ':' || class_code as organisation_code,
        'class' as level,
        month,
        1 as schools,
        sum(student_days) as student_days,
        sum(student_days_within) as student_days_within,
        sum(class_days) as class_days,
        sum(class_days_within) as class_days_within,
        sum(class_days_seen) as class_days_seen,
        sum(class_days_published) as class_days_published
    from parts
    where class_code is not null
    group by school_code, class_code, month
),

totals as (
    select organisation_totals.*, organisation_totals.schools / bound_schools.schools as completeness
    from organisation_totals
    left join bound_schools on organisation_totals.organisation_code = bound_schools.organisation_code

    union all

    select *, 1.0 as completeness
    from classes
),

measures as (
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
    from totals
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
from measures
where part.denominator > 0
