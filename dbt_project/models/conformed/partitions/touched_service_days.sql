{{ config(schema='intermediate') }}

-- the days of which after-school service may be told otherwise than at the last build, and why
-- depends_on: {{ ref('student_alias') }}
{{ touched_days_of('after_school/sessions', 'held_on', naming_carrier('student', 'after_school/sessions')) }}
