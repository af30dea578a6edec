{{ config(materialized='by_partition', partition='event_day', touched='touched_service_days') }}
-- depends_on: {{ ref('touched_service_days') }}
-- who was in which session of after-school service, with the student if anybody knows them; of one told twice on a day as it
-- was told last
{%- set service = naming_carrier('student', 'after_school/sessions') %}
with last_told as (
    select *
    from {{ ref('stg_after_school__sessions') }}
    where {{ touched('held_on') }}
    qualify row_number() over (
        partition by session_id, student_number, held_on order by _known_from desc, _slice desc, _row_number desc
    ) = 1
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
