{{ config(schema='intermediate') }}

-- growth reads the marks of an exam and of the one before it
-- depends_on: {{ ref('exam_results') }}
{%- if builds_whole() %}
select '' as exam_id, '' as why
where false
{%- else %}
select exam_id, 'marks' as why
from {{ touched_table('exam_results') }}

union all

select id as exam_id, 'marks of the exam before' as why
from {{ source('register', 'exam') }}
where previous in (select exam_id from {{ touched_table('exam_results') }})
{%- endif %}
