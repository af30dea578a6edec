{{ config(
    materialized='by_partition', partition='school_date',
    touched='touched_homework_student_days', follows=['homework_load_student_day']
) }}
-- depends_on: {{ ref('touched_homework_student_days') }}
{%- set platforms = union_of('homework').members | map(attribute='feed') | sort if union_of('homework') else [] %}
-- the written minutes of each subject that a class has on a day, of the students whose written minutes are known
with measured_day as (
    select student_uid, school_date, school_code, class_code
    from {{ ref('homework_load_student_day') }}
    where class_code is not null and written_minutes is not null and {{ touched() }}
)

select
    measured_day.school_code,
    measured_day.class_code,
    measured_day.school_date,
    coalesce(records.subject, '-') as subject,
    sum(records.minutes) as minutes,
    cast(list_filter([
        {%- for platform in platforms %}
        case when bool_or(list_contains(records.sources, '{{ platform }}')) then '{{ platform }}' end
        {{- "," if not loop.last }}
        {%- endfor %}
    ], lambda _platform: _platform is not null) as varchar []) as sources
from {{ ref('homework_records') }} as records
inner join measured_day
    on records.student_uid = measured_day.student_uid and records.school_date = measured_day.school_date
where records.written and {{ touched('records.told_day') }}
group by all
