{{ config(schema='intermediate') }}

-- growth reads the marks of an exam, of the one before it, and of those of its series in the years before
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

union all

select exam as exam_id, 'marks of an earlier year' as why
from {{ source('register', 'growth_prior') }}
where prior in (select exam_id from {{ touched_table('exam_results') }})
    or scale in (select exam_id from {{ touched_table('exam_results') }})
{%- endif %}
