/* The days on which each school is asked of by each feed of a file a day, and whether the feed has told them: every school
   day from the first day of which the feed has told anything, and the other days of which it tells. What a day brought is
   due on the night after it. */
with feed_days as (
    select * from {{ ref('feed_days') }}
),

calendar as (
    select day, day_type, cast(date_trunc('week', day) as date) as week
    from {{ ref('calendar_days') }}
),

beginnings as (
    select feed, min(day) as first_day
    from feed_days
    group by feed
),

days as (
    select beginnings.feed, calendar.day, calendar.day_type, calendar.week
    from beginnings
    inner join calendar on calendar.day >= beginnings.first_day
    where (calendar.day_type = 'school_day' and calendar.day < {{ night() }})
        or exists (select 1 from feed_days where feed_days.feed = beginnings.feed and feed_days.day = calendar.day)
),

-- a school that has ended is asked no more; one that no list has stands by its students
schools as (
    select school_code, valid_to from {{ ref('schools') }}

    union all

    select distinct {{ school_of_span('spans') }}, cast(null as date)
    from {{ ref('student_spans') }} as spans
    where known_to is null and {{ school_of_span('spans') }} not in (select school_code from {{ ref('schools') }})
)

select
    days.feed,
    schools.school_code,
    days.day,
    days.day_type,
    days.week,
    for_all.day is not null or own.day is not null as is_told
from days
inner join schools on schools.valid_to is null or days.day < schools.valid_to
left join feed_days as for_all
    on days.feed = for_all.feed and days.day = for_all.day and for_all.school_code is null
left join feed_days as own
    on days.feed = own.feed and days.day = own.day and schools.school_code = own.school_code
