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
        {%- for name in ['student_days_expected', 'student_days', 'student_days_within', 'class_days_expected', 'class_days', 'class_days_within', 'class_days_delivered', 'class_days_published'] %}
        cast(sum(parts.{{ name }}) as bigint) as {{ name }}{{ "," if not loop.last }}
        {%- endfor %}
    from parts
    inner join members on parts.school_code = members.school_code
    group by all
)

select
    organisation_code,
    level,
    grade,
    month,
    student_days,
    student_days_within,
    round(student_days_within / nullif(student_days, 0), 6) as student_day_rate,
    student_days_expected,
    round(student_days / nullif(student_days_expected, 0), 6) as student_day_completeness,
    class_days,
    class_days_within,
    round(class_days_within / nullif(class_days, 0), 6) as class_day_rate,
    class_days_expected,
    round(class_days / nullif(class_days_expected, 0), 6) as class_day_completeness,
    class_days_published,
    round(class_days_published / nullif(class_days_expected, 0), 6) as publication_rate,
    round(class_days_delivered / nullif(class_days_expected, 0), 6) as publication_completeness
from totals
