{{ config(materialized='by_partition', partition='event_day', touched='touched_reading_days') }}
-- depends_on: {{ ref('touched_reading_days') }}
-- what the reading platform tells of a reading, with the student if anybody knows them; of one number told twice on a day
-- as it was told last
{%- set reading = naming_carrier('student', 'reading/records') %}
with last_told as (
    {{ last_told('reading/records', 'read_on', ['record_id', 'read_on']) }}
)

select
    said.read_on as event_day,
    {{ uid_found('student', reading) }} as student_uid,
    {{ school_on('said.school_code', 'said.read_on') }} as school_code,
    nullif(lower(regexp_replace(said.book, '[《》\s]', '', 'g')), '') as book,
    said.minutes,
    said.finished
from last_told as said
left join {{ who_is('student', reading, 'said') }}
