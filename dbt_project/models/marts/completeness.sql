{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='night') }}
{%- set by_school = [] %}
{%- set by_city = [] %}
{%- for candidate in connected_feeds() %}
    {%- do (by_school if candidate['slice'].column == 'school_code' else by_city).append(candidate.id) %}
{%- endfor %}
with schools as (
    select school_code as organisation_code from {{ ref('schools') }}
),

bureau as (
    select code as organisation_code
    from {{ source('register', 'area') }}
    order by array_position(['city', 'district', 'province'], level), code
    limit 1
),

feeds as (
    select * from {{ source('register', 'feed') }}
),

-- feeds sliced by school are looked for in each school, all others in the bureau as a whole
looked_for as (
    select feeds.id as feed, feeds.expected, schools.organisation_code, schools.organisation_code as slice
    from feeds cross join schools
    where list_contains({{ by_school }}, feeds.id)

    union all

    select feeds.id, feeds.expected, bureau.organisation_code, null
    from feeds cross join bureau
    where not list_contains({{ by_school }}, feeds.id)
),

states as (
    select * from {{ source('intake', 'slice_state') }}
    where night <= {{ night() }}
),

seen as (
    select
        looked_for.feed,
        looked_for.organisation_code,
        any_value(looked_for.expected) as expected,
        bool_or(coalesce(states.night = {{ night() }}, false)) as arrived,
        bool_or(coalesce(states.night = {{ night() }} and states.status = 'held', false)) as held,
        max(states.night) filter (where states.status in ('loaded', 'unchanged')) as used_from_night,
        max(states.night) filter (where states.status in ('loaded', 'unchanged') and states.night < {{ night() }}) as last_before
    from looked_for
    left join states
        on looked_for.feed = states.feed and (looked_for.slice is null or looked_for.slice = states.slice)
    group by looked_for.feed, looked_for.organisation_code
)

select
    seen.feed,
    seen.organisation_code,
    {{ night() }} as night,
    case seen.expected
        when 'school_day' then calendar.day_type = 'school_day'
        when 'weekly' then seen.last_before is null or seen.last_before <= {{ night() }} - interval 7 day
        when 'monthly' then seen.last_before is null or seen.last_before <= {{ night() }} - interval 31 day
        else false
    end as expected,
    seen.arrived,
    seen.held,
    seen.used_from_night
from seen
inner join {{ ref('calendar_days') }} as calendar on calendar.day = {{ night() }}
