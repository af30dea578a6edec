{%- set homework = union_of('homework') %}
{%- set members = homework.members if homework else [] %}
/* Whether each homework platform has delivered each school day, as far as tonight knows.

   A platform whose slices are called by days has delivered those that are there, empty ones too; another has delivered
   all days up to the last of which it tells. One whose slices are a school's is asked of the schools that it ever told
   of, and has a row for each; any other speaks for all schools (null). */
with copies as (
    select feed, slice, school_date
    from {{ ref('homework_told_days') }}
),

slices as (
    select distinct feed, slice from copies
    union
    select feed, slice
    from {{ source('intake', 'slice_state') }}
    where night <= {{ night() }} and status in ('loaded', 'unchanged')
),

calendar as (
    select day
    from {{ ref('calendar_days') }}
    where day_type = 'school_day'
),

told_day as (
    {%- for member in members %}
    {%- if member.by_day %}
    select
        '{{ member.feed }}' as feed,
        {{ day_in_slice('slice') }} as school_date,
        {{ school_at_end('slice') if member.by_school else 'cast(null as varchar)' }} as school_code
    from slices
    where feed = '{{ member.feed }}'
    {%- else %}
    select
        '{{ member.feed }}' as feed,
        calendar.day as school_date,
        told.school_code
    from (
        select
            {{ school_at_end('slice') if member.by_school else 'cast(null as varchar)' }} as school_code,
            min(school_date) as first_day,
            max(school_date) as last_day
        from copies
        where feed = '{{ member.feed }}'
        group by all
    ) as told
    inner join calendar on calendar.day between told.first_day and told.last_day
    {%- endif %}
    union all
    {%- endfor %}
    select '' as feed, cast(null as date) as school_date, '' as school_code from slices
    where false
),

platform as (
    {%- for member in members %}
    {%- if member.by_school %}
    select distinct
        feed,
        school_code,
        {{ "true" if member.is_expected else "false" }} as is_expected,
        cast({{ "'" ~ member.since ~ "'" if member.since else "null" }} as date) as since
    from told_day
    where feed = '{{ member.feed }}'
    {%- else %}
    select
        '{{ member.feed }}' as feed,
        cast(null as varchar) as school_code,
        {{ "true" if member.is_expected else "false" }} as is_expected,
        cast({{ "'" ~ member.since ~ "'" if member.since else "null" }} as date) as since
    {%- endif %}
    union all
    {%- endfor %}
    select '' as feed, '' as school_code, false as is_expected, cast(null as date) as since from slices
    where false
),

-- from the first day of which any platform has told; what a day brought is due on the night after it
days as (
    select calendar.day as school_date
    from calendar
    where calendar.day >= (select min(school_date) from told_day)
        and (calendar.day < {{ night() }} or calendar.day in (select school_date from told_day))
)

select
    platform.feed,
    platform.school_code,
    days.school_date,
    platform.is_expected,
    told_day.school_date is not null as is_delivered
from platform
inner join days on platform.since is null or days.school_date >= platform.since
left join (select distinct * from told_day) as told_day
    on platform.feed = told_day.feed
    and days.school_date = told_day.school_date
    and platform.school_code is not distinct from told_day.school_code
