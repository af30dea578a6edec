{{ config(materialized='by_partition', partition='told_day', follows=['homework_copies']) }}
{%- set homework = union_of('homework') %}
{%- set clock = homework.clock if homework else none %}

-- the days of which each slice of a homework platform tells, and from when to when
select
    feed,
    _slice as slice,
    cast(assigned_at as date) as school_date,
    told_day,
    min({{ clock or 'cast(null as timestamp)' }}) as earliest,
    max({{ clock or 'cast(null as timestamp)' }}) as latest
from {{ ref('homework_copies') }}
where {{ touched() }}
group by feed, _slice, cast(assigned_at as date), told_day
