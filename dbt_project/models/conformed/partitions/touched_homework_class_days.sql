{{ config(schema='intermediate') }}

/* The days whose classes may be others than at the last build, and why: what platforms have delivered, whether there is
   homework, who was where, and the limits of a school's grades. */
-- depends_on: {{ ref('homework_platform_days') }}, {{ ref('homework_records') }}, {{ ref('grade_limits') }}
{%- if builds_whole() %}
select cast(null as date) as school_date, '' as why
from {{ ref('touched_homework_places') }}
where false
{%- else %}
{%- set limits, limits_before = 'from ' ~ as_of_tonight('grade_limits'), 'from ' ~ as_built('grade_limits') %}
{%- set platforms, platforms_before = 'from ' ~ as_of_tonight('homework_platform_days'), 'from ' ~ as_built('homework_platform_days') %}
with changed_limit as (
    select school_code, grade
    from (({{ limits }} except {{ limits_before }}) union all ({{ limits_before }} except {{ limits }}))
)

select school_date, why from {{ ref('touched_homework_places') }}

union all

select school_date, 'platforms'
from (({{ platforms }} except {{ platforms_before }}) union all ({{ platforms_before }} except {{ platforms }}))

union all

select told_day, 'homework_records'
from {{ touched_table('homework_records') }}

union all

select school_date, 'limit'
from {{ as_built('homework_class_days') }}
inner join changed_limit using (school_code, grade)
{%- endif %}
