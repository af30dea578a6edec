{{ config(materialized='by_partition', partition='told_day', follows=['homework_copies']) }}

-- the days of which each slice of a homework platform tells
select distinct
    feed,
    _slice as slice,
    cast(assigned_at as date) as school_date,
    told_day
from {{ ref('homework_copies') }}
where {{ touched() }}
