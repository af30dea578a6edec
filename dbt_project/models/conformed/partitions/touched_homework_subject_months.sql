{{ config(schema='intermediate') }}

-- the months of touched days of subjects and of grades
-- depends_on: {{ ref('homework_subject_days') }}, {{ ref('homework_grade_days') }}
{%- if builds_whole() %}
select '' as month, '' as why
where false
{%- else %}
select strftime(school_date, '%Y-%m') as month, 'homework_subject_days' as why
from {{ touched_table('homework_subject_days') }}

union all

select strftime(school_date, '%Y-%m'), 'homework_grade_days'
from {{ touched_table('homework_grade_days') }}
{%- endif %}
