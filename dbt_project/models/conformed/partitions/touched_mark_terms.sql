{{ config(schema='intermediate') }}

-- the terms of touched exams, and those whose days before a policy are of such a term
-- depends_on: {{ ref('student_growth') }}, {{ ref('policy_terms') }}
{%- if builds_whole() %}
select '' as term, '' as why
where false
{%- else %}
select terms.term, 'student_growth' as why
from {{ touched_table('student_growth') }} as touched
inner join {{ source('register', 'exam') }} as exams on touched.exam_id = exams.id
inner join {{ ref('policy_terms') }} as held on exams.held_on between held.first_day and held.last_day
inner join {{ ref('policy_terms') }} as terms on held.term = terms.term or held.term = terms.base_term
{%- endif %}
