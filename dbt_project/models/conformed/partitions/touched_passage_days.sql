{{ config(schema='intermediate') }}

-- the days of which the gates may tell otherwise than at the last build, and why
-- depends_on: {{ ref('student_alias') }}
{{ touched_days_of('attendance/events', 'occurred_at', naming_carrier('student', 'attendance/events')) }}
