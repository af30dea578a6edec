{{ config(materialized='by_partition', partition='event_day', touched='touched_passage_days') }}
-- depends_on: {{ ref('touched_passage_days') }}
-- the schools of whose gates a day tells anything, be it of somebody whom nobody knows
select distinct
    cast(said.occurred_at as date) as event_day,
    {{ school_on('said.school_code', 'cast(said.occurred_at as date)') }} as school_code
from {{ ref('stg_attendance__events') }} as said
where {{ touched('cast(said.occurred_at as date)') }}
    and (said.status is null or said.status not in ({{ codes_of('not_there') }}))
