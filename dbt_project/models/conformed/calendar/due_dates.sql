/* The days after tonight on which a model may say something else though nothing arrives: what begins, ends or runs out.

   Each model that asks for the night names in its `meta.night` what of this it depends on, or that the night is only a
   stamp in it. Too many days cost a build; one that is left out costs the truth. What the register says of a night is
   handed over as variables, which are compared as they are (`warehouse.unchanged`). */
with problem as (
    select feed, rule from {{ ref('problems') }}
    where closed_on is null
),

-- references that nothing knows, and names in texts of events, are listed for 30 nights
reference_feed as (
    select distinct feed from problem
    where rule in (
        'former_school', 'lost_zeros', 'name_in_text', 'unknown_class', 'unknown_exam', 'unknown_reference',
        'unknown_school', 'unknown_school_year', 'unknown_student', 'unknown_term'
    )
),

-- what was closed is listed for 30 nights
closing as (
    select closed_on as day from {{ ref('problems') }}
    union
    select closed_on from {{ ref('discrepancies') }}
    union
    select closed from {{ ref('problem_list_entries') }}
),

homework_day as (
    select distinct school_date from {{ ref('homework_platform_days') }}
),

-- whom nobody was found for is asked again, and others who were decided tonight may tell more of them
undecided_feed as (
    select entity, feed
    from {{ ref('identity_records') }}
    where known_to is null
    group by entity, feed
    having bool_or(uid is null) and bool_or(uid is not null and known_from = {{ night() }})
),

dated as (
    {%- for table, column, reason in [
        ('authority', 'from_', 'authority'),
        ('authority', 'until', 'authority'),
        ('succession', 'since', 'succession'),
        ('succession', 'until', 'succession'),
        ('organisation', 'ended', 'succession'),
        ('organisation_name', 'valid_to', 'school name'),
        ('indicator', 'valid_from', 'indicator'),
        ('indicator', 'valid_to', 'indicator'),
        ('verdict', 'since', 'reviewed line'),
        ('objection_step', 'day', 'objection'),
    ] %}
    select {{ column }} as day, '{{ reason }}' as reason from {{ source('register', table) }}
    union all
    {%- endfor %}
    {%- for model, column, reason in [
        ('stg_student_registry__changes', 'changed_on', 'transfer'),
        ('stg_declarations__facts', 'declared_on', 'declaration'),
        ('stg_declarations__facts', 'valid_from', 'declaration'),
        ('stg_declarations__facts', 'valid_to', 'declaration'),
        ('classes', 'valid_to', 'class'),
        ('stg_honours__records', 'valid_until + 1', 'honour'),
    ] %}
    select {{ column }}, '{{ reason }}' from {{ ref(model) }}
    union all
    {%- endfor %}
    {%- for source in rosters() %}
    select begin_date, 'role' from {{ ref('stg_' ~ source ~ '__roles') }}
    union all
    select end_date + 1, 'role' from {{ ref('stg_' ~ source ~ '__roles') }}
    union all
    {%- endfor %}
    select deliveries.night + 30, 'reference'
    from {{ source('intake', 'delivery') }} as deliveries
    inner join reference_feed on deliveries.feed = reference_feed.feed
    union all
    select day + 30, 'problem list' from closing
    union all
    select due + 1, 'problem list' from {{ ref('problem_list_entries') }}
    where status = 'open'
    union all
    -- a school day of which no homework platform has told yet counts as missing from the night after it
    select min(day) + 1, 'homework day'
    from {{ ref('calendar_days') }}
    where day_type = 'school_day'
        and day >= {{ night() }}
        and day >= (select min(school_date) from homework_day)
        and day not in (select school_date from homework_day)
    union all
    -- a school day of which a feed of a file a day has not told counts as missing from the night after it; one that it has
    -- told counts already
    select min(calendar.day) + 1, 'school day'
    from {{ ref('calendar_days') }} as calendar
    cross join (select distinct feed from {{ ref('feed_days') }}) as daily
    where calendar.day_type = 'school_day'
        and calendar.day >= {{ night() }}
        and (daily.feed, calendar.day) not in (select feed, day from {{ ref('feed_days') }})
    union all
    select {{ night() }} + 1, 'identity' from undecided_feed
    union all
    select max(day), 'calendar' from {{ ref('calendar_days') }}
)

select distinct day, reason
from dated
where day > {{ night() }}
