{{ config(schema='intermediate') }}

/* Days that hang together: copies that are one, or contend for one, may stand on two sides of midnight, tonight or at
   the last build. Without a clock every day hangs together with every other. */
{%- set homework = union_of('homework') %}
{%- set clock = homework.clock if homework else none %}
with slice_day as (
    select told_day, earliest, latest
    from {{ ref('homework_told_days') }}
    {%- if not builds_whole() %}
    union all
    select told_day, earliest, latest
    from {{ as_built('homework_told_days') }}
    {%- endif %}
),

{% if clock -%}
{%- set reach = 'interval ' ~ 2 * homework.tolerance_seconds ~ ' second' -%}
late_day as (
    select distinct told_day from slice_day
    where cast(latest + {{ reach }} as date) > told_day
),

early_day as (
    select distinct told_day from slice_day
    where cast(earliest - {{ reach }} as date) < told_day
),

midnight as (
    select late_day.told_day as day_before, early_day.told_day as day_after
    from late_day
    inner join early_day on late_day.told_day + 1 = early_day.told_day
)

select day_before as told_day, day_after as linked_day from midnight
union all
select day_after, day_before from midnight
{%- else -%}
each_day as (
    select distinct told_day from slice_day
)

select one.told_day, other.told_day as linked_day
from each_day as one
cross join each_day as other
where one.told_day <> other.told_day
{%- endif %}
