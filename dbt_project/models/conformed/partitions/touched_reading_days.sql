{{ config(schema='intermediate') }}

-- the days of which the reading platform may tell otherwise than at the last build, and why
-- depends_on: {{ ref('student_alias') }}
{{ touched_days_of('reading/records', 'read_on', naming_carrier('student', 'reading/records')) }}
