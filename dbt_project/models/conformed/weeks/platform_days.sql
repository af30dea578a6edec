{{ config(materialized='by_partition', partition='event_day', touched='touched_platform_days') }}
-- depends_on: {{ ref('touched_platform_days') }}
-- what a platform tells of an account on a day, with the student if it is one whom the lake knows; what is told twice as it
-- was told last
{%- set usage = naming_carrier('student', 'platform_usage/daily') %}
with last_told as (
    {{ last_told('platform_usage/daily', 'used_on', ['platform', 'account', 'used_on']) }}
)

select
    said.used_on as event_day,
    case when said.role = 'student' then {{ uid_found('student', usage) }} end as student_uid,
    {{ school_on('said.school_code', 'said.used_on') }} as school_code,
    said.platform,
    said.minutes
from last_told as said
left join {{ who_is('student', usage, 'said') }}
