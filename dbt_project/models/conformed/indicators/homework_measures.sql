-- parts of the homework indicators: measure, organisation, stage, grade, month. What a limit binds and nobody has seen stands too
with parts as (
    select * from {{ ref('homework_parts') }}
),

members as (
    select * from {{ ref('organisation_members') }}
),

places as (
    select parts.*, members.organisation_code, members.level
    from parts
    inner join members on parts.school_code = members.school_code

    union all

    select *, school_code || ':' || class_code, 'class'
    from parts
    where class_code is not null
),

totals as (
    select
        organisation_code,
        level,
        stage,
        grade,
        month,
        {%- for name in ['student_days_expected', 'student_days', 'student_days_within', 'class_days_expected', 'class_days', 'class_days_within', 'class_days_delivered', 'class_days_published'] %}
        sum({{ name }}) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from places
    group by organisation_code, level, stage, grade, month
),

measures as (
    select
        {{ homework_measures() }} as part,
        organisation_code,
        level,
        stage,
        grade,
        month
    from totals
)

select
    part.measure,
    organisation_code,
    level,
    stage,
    grade,
    month as period,
    cast(part.numerator as double) as numerator,
    cast(part.denominator as double) as denominator,
    cast(part.known as bigint) as known,
    cast(part.expected as bigint) as expected
from measures
where part.expected > 0
