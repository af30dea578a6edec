{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='night', on_schema_change='append_new_columns'
) }}

/* What arrived, and what was due. Only on a school day: on other days nobody exports, so silence then is no alarm. A file
   that comes once a term or year is due from some days into it, when the figures of that term or year can be there. Of one
   of a standard's versions nothing is due before its first delivery. */
{%- set days_into = {'term': 30, 'school_year': 60} %}
with schools as (
    select school_code as organisation_code, {{ stages_of_type('type') }} as stages
    from {{ ref('schools') }}
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

-- feeds sliced by school are looked for in each school of their stages, all others in the bureau as a whole
expectations as (
    select feeds.id as feed, feeds.expected, feeds.from_first_delivery, schools.organisation_code, schools.organisation_code as slice
    from feeds cross join schools
    where feeds.slice_by_school
        and (len(feeds.stages) = 0 or schools.stages is null or list_has_any(feeds.stages, schools.stages))

    union all

    select feeds.id, feeds.expected, feeds.from_first_delivery, bureau.organisation_code, null
    from feeds cross join bureau
    where not feeds.slice_by_school
),

-- the files of which each slice was ever made, by their bytes
files as (
    select part.feed, part.slice, delivery.file_sha256, min(part.night) as first_night, max(part.night) as last_night
    from {{ source('intake', 'slice_part') }} as part
    inner join {{ source('intake', 'delivery') }} as delivery on part.delivery_id = delivery.delivery_id
    where part.night <= {{ night() }}
    group by all
),

used_files as (
    select * from files
    qualify last_night = max(last_night) over (partition by feed, slice)
),

contents as (
    select feed, slice, max(first_night) as content_from_night from used_files
    group by all
),

-- what the feed's slices say: of each school, or of all together
arrivals as (
    select
        states.feed,
        case when feeds.slice_by_school then {{ school_at_end('states.slice') }} end as slice,
        bool_or(states.night = {{ night() }}) as arrived,
        bool_or(states.night = {{ night() }} and states.status = 'held') as held,
        max(states.night) filter (where states.status in ('loaded', 'unchanged')) as used_from_night,
        max(states.night) filter (where states.status in ('loaded', 'unchanged') and states.night < {{ night() }})
            as last_before,
        max(contents.content_from_night) as content_from_night
    from {{ source('intake', 'slice_state') }} as states
    inner join feeds on states.feed = feeds.id
    left join contents on states.feed = contents.feed and states.slice = contents.slice
    where states.night <= {{ night() }}
    group by all
),

years as (
    select school_year, min(first_day) as year_began from {{ source('register', 'term') }}
    group by school_year
),

-- the night among the days: its kind, and when its term and school year began (null in vacations)
calendar as (
    select days.day_type, term.first_day as term_began, years.year_began
    from {{ ref('calendar_days') }} as days
    left join {{ source('register', 'term') }} as term on days.day between term.first_day and term.last_day
    left join years on term.school_year = years.school_year
    where days.day = {{ night() }}
)

select
    expectations.feed,
    expectations.organisation_code,
    {{ night() }} as night,
    calendar.day_type = 'school_day' and not (expectations.from_first_delivery and arrivals.last_before is null)
    and case expectations.expected
        when 'school_day' then true
        when 'weekly' then arrivals.last_before is null or arrivals.last_before <= {{ night() }} - interval 7 day
        when 'monthly' then arrivals.last_before is null or arrivals.last_before <= {{ night() }} - interval 31 day
        when 'term' then coalesce(arrivals.last_before < calendar.term_began, true)
            and {{ night() }} >= calendar.term_began + interval {{ days_into.term }} day
        when 'school_year' then coalesce(arrivals.last_before < calendar.year_began, true)
            and {{ night() }} >= calendar.year_began + interval {{ days_into.school_year }} day
        else false
    end as expected,
    coalesce(arrivals.arrived, false) as arrived,
    coalesce(arrivals.held, false) as held,
    arrivals.used_from_night,
    arrivals.content_from_night
from expectations
cross join calendar
left join arrivals on expectations.feed = arrivals.feed and expectations.slice is not distinct from arrivals.slice
