{{ config(materialized='by_partition', partition='event_day', touched='touched_passage_days') }}
-- depends_on: {{ ref('touched_passage_days') }}
/* What the gates tell of a student on a day: the passages, and in how many halves of the day the student was inside for
   as long as the register asks (null where it does not say what half a day is). Inside is who has come in and not gone out
   since; whose first passage leads out was inside before it, whose last leads in stays until the end of the day. A row of
   leave or absence is no passage. */
{%- set gates = naming_carrier('student', 'attendance/events') %}
{%- set half_days = var('register').bureau.half_days %}
with passages as (
    select
        {{ uid_found('student', gates) }} as student_uid,
        said.school_code,
        said.occurred_at,
        said.direction,
        cast(said.occurred_at as date) as event_day
    from {{ ref('stg_attendance__events') }} as said
    inner join {{ who_is('student', gates, 'said') }}
    where {{ touched('cast(said.occurred_at as date)') }}
        and (said.status is null or said.status not in ({{ codes_of('not_there') }}))
),

student_days as (
    select
        event_day,
        student_uid,
        min(school_code) as gate_school_code
    from passages
    group by event_day, student_uid
),

-- of two passages at one moment the one out comes first: who is inside then stays
turns as (
    select
        event_day,
        student_uid,
        occurred_at,
        direction,
        lag(direction) over day_order is null as is_first,
        lead(occurred_at) over day_order as next_at
    from passages
    where direction is not null
    window day_order as (
        partition by event_day, student_uid order by occurred_at asc, direction desc
    )
),

stays as (
    select event_day, student_uid, occurred_at as inside_from, coalesce(next_at, cast(event_day + 1 as timestamp)) as inside_until
    from turns
    where direction = 'in'

    union all

    select event_day, student_uid, cast(event_day as timestamp), occurred_at
    from turns
    where direction = 'out' and is_first
),

half_days as (
    {%- for half in half_days %}
    select
        {{ loop.index }} as half_day,
        time '{{ half['from'] }}' as half_from,
        time '{{ half.until }}' as half_until,
        {{ half.minutes_min }} as minutes_min
    {{ "union all" if not loop.last }}
    {%- else %}
    select 0 as half_day, time '00:00' as half_from, time '00:00' as half_until, 0 as minutes_min
    where false
    {%- endfor %}
),

-- how long the student was inside in each half of the day
half_stays as (
    select
        stays.event_day,
        stays.student_uid,
        half_days.half_day,
        half_days.minutes_min,
        sum(greatest(date_diff(
            'second',
            greatest(stays.inside_from, stays.event_day + half_days.half_from),
            least(stays.inside_until, stays.event_day + half_days.half_until)
        ), 0)) as seconds_inside
    from stays
    cross join half_days
    group by all
),

half_days_inside as (
    select event_day, student_uid, count(*) filter (where seconds_inside >= 60 * minutes_min) as half_days_present
    from half_stays
    group by event_day, student_uid
)

select
    student_days.event_day,
    student_days.student_uid,
    student_days.gate_school_code,
    case when {{ half_days | length }} > 0 then coalesce(half_days_inside.half_days_present, 0) end as half_days_present
from student_days
left join half_days_inside
    on student_days.event_day = half_days_inside.event_day and student_days.student_uid = half_days_inside.student_uid
