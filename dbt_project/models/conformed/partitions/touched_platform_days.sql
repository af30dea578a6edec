{{ config(schema='intermediate') }}

-- the days of which a learning platform may tell otherwise than at the last build, and why
-- depends_on: {{ ref('student_alias') }}
{{ touched_days_of('platform_usage/daily', 'used_on', naming_carrier('student', 'platform_usage/daily')) }}
