{{ config(schema='intermediate') }}

-- exams go by the exams that are touched; all else of a school life is small, is made every night, and enters the lake
-- where it comes out otherwise. A chapter that nobody has any more is one of the last build
-- depends_on: {{ ref('exam_results') }}
-- depends_on: {{ ref('student_growth') }}
-- depends_on: {{ ref('registry_events') }}
-- depends_on: {{ ref('placement_events') }}
-- depends_on: {{ ref('fitness_result') }}
-- depends_on: {{ ref('quality_evaluation') }}
{%- if builds_whole() %}
select '' as chapter, '' as why
where false
{%- else %}
select 'exam:' || exam_id as chapter, 'marks' as why
from {{ touched_table('exam_results') }}

union all

select 'exam:' || exam_id as chapter, 'growth' as why
from {{ touched_table('student_growth') }}

union all

select distinct chapter, 'every night' as why
from {{ as_built('student_timeline', 'marts') }}
where chapter not like 'exam:%'

union all

select distinct chapter, 'every night' as why
from {{ ref('registry_events') }}

union all

select distinct chapter, 'every night' as why
from {{ ref('placement_events') }}

union all

select distinct 'fitness_test:' || school_year as chapter, 'every night' as why
from {{ ref('fitness_result') }}

union all

select distinct 'evaluation:' || term as chapter, 'every night' as why
from {{ ref('quality_evaluation') }}
{%- endif %}
