{{ config(schema='intermediate') }}

-- the weeks of touched days of subjects and of grades
-- depends_on: {{ ref('homework_subject_days') }}, {{ ref('homework_grade_days') }}
{%- if builds_whole() %}
select cast(null as date) as week, '' as why
where false
{%- else %}
select cast(date_trunc('week', school_date) as date) as week, 'homework_subject_days' as why
from {{ touched_table('homework_subject_days') }}

union all

select cast(date_trunc('week', school_date) as date), 'homework_grade_days'
from {{ touched_table('homework_grade_days') }}
{%- endif %}
