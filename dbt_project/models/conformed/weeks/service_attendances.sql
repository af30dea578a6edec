{{ config(materialized='by_partition', partition='event_day', touched='touched_service_days') }}
-- depends_on: {{ ref('touched_service_days') }}
-- who was in which session of after-school service, with the student if anybody knows them; of one told twice on a day as it
-- was told last
{%- set service = naming_carrier('student', 'after_school/sessions') %}
with last_told as (
    {{ last_told('after_school/sessions', 'held_on', ['session_id', 'student_number', 'held_on']) }}
)

select
    said.held_on as event_day,
    {{ uid_found('student', service) }} as student_uid,
    {{ school_on('said.school_code', 'said.held_on') }} as school_code,
    said.session_id,
    said.kind,
    said.course,
    said.minutes,
    said.status not in ({{ codes_of('not_there') }}) as is_present
from last_told as said
left join {{ who_is('student', service, 'said') }}
