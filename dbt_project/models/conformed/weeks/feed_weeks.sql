/* The weeks of which each school is asked by each feed of a file a day: as many school days as are over, and of how many the
   feed has told. On `counted_on`, the last of them, the students of the week are counted; in a week without school, on the
   last day of which the feed tells. */
with days as (
    select
        *,
        coalesce(
            max(day) filter (where day_type = 'school_day') over (partition by feed, week),
            max(day) over (partition by feed, week)
        ) as counted_on
    from {{ ref('school_feed_days') }}
)

select
    feed,
    school_code,
    week,
    max(counted_on) as counted_on,
    count(*) filter (where day_type = 'school_day') as school_days,
    count(*) filter (where day_type = 'school_day' and is_told) as school_days_told,
    count(*) filter (where is_told) as days_told
from days
group by feed, school_code, week
