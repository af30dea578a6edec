{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='night') }}
{%- set by_school = var('senders') | selectattr('sliced_by_school') | map(attribute='feed') | list %}
with schools as (
    select school_code as organisation_code from {{ ref('schools') }}
    where valid_to is null  -- of a school that has ended nothing is expected
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

-- what the feed's slices say: of each school (the slice is its code, or ends with it), or of all together
heard as (
    select
        feed,
        case when list_contains({{ by_school }}, feed) then regexp_extract(slice, '[^/]*$') end as slice,
        bool_or(night = {{ night() }}) as arrived,
        bool_or(night = {{ night() }} and status = 'held') as held,
        max(night) filter (where status in ('loaded', 'unchanged')) as used_from_night,
        max(night) filter (where status in ('loaded', 'unchanged') and night < {{ night() }}) as last_before
    from {{ source('intake', 'slice_state') }}
    where night <= {{ night() }}
    group by all
),

years as (
    select school_year, min(first_day) as year_began from {{ source('register', 'term') }}
    group by school_year
),

-- the night among the days: its kind, and when its term and school year began (null in vacations)
tonight as (
    select days.day_type, term.first_day as term_began, years.year_began
    from {{ ref('calendar_days') }} as days
    left join {{ source('register', 'term') }} as term on days.day between term.first_day and term.last_day
    left join years on term.school_year = years.school_year
    where days.day = {{ night() }}
)

select
    looked_for.feed,
    looked_for.organisation_code,
    {{ night() }} as night,
    {{ due('looked_for.expected', 'heard.last_before', 'tonight') }} as expected,
    coalesce(heard.arrived, false) as arrived,
    coalesce(heard.held, false) as held,
    heard.used_from_night
from looked_for
cross join tonight
left join heard on looked_for.feed = heard.feed and looked_for.slice is not distinct from heard.slice
