{{ config(schema='intermediate') }}

/* The days of homework on which somebody was elsewhere, or a class was listed otherwise, than the last build had it, and
   why. A move from tonight on changes no day before. */
-- depends_on: {{ ref('student_spans') }}, {{ ref('class_spans') }}, {{ ref('class') }}
-- depends_on: {{ ref('homework_told_days') }}, {{ ref('homework_platform_days') }}
{%- if builds_whole() %}
select cast(null as date) as school_date, '' as why
where false
{%- else %}
with homework_day as (
    select school_date from {{ as_of_tonight('homework_platform_days') }}
    union
    select told_day from {{ as_of_tonight('homework_told_days') }}
),

-- the spans that came (1) and that went (-1)
changed_span as (
    select
        'place' as why,
        student_uid as who,
        {{ school_of_span('spans') }} as school_code,
        class_code,
        grade,
        valid_from,
        valid_to,
        case when known_to is null then 1 else -1 end as change
    from {{ as_of_tonight('student_spans') }} as spans
    where (known_to is null and known_from > {{ last_build() }})
        or (known_from <= {{ last_build() }} and known_to > {{ last_build() }})

    union all

    select 'class', null, school_code, class_code, grade, valid_from, valid_to, 1
    from {{ as_of_tonight('class', 'marts') }}

    union all

    select 'class', null, school_code, class_code, grade, valid_from, valid_to, -1
    from {{ as_built('class', 'marts') }}
),

-- days before the lake's first night count as it
first_night as (
    select 'place' as why, min(known_from) as first_known from {{ as_of_tonight('student_spans') }}
    union all
    select 'class', min(known_from) from {{ as_of_tonight('class_spans') }}
),

step as (
    select
        why,
        who,
        school_code,
        class_code,
        grade,
        case when valid_from > first_known then valid_from else date '0001-01-01' end as day,
        change
    from changed_span
    inner join first_night using (why)

    union all

    select why, who, school_code, class_code, grade, valid_to, -change
    from changed_span
    where valid_to is not null
),

-- what came and went alike is no change
day_step as (
    select why, who, school_code, class_code, grade, day, sum(change) as change
    from step
    group by all
    having sum(change) <> 0
),

-- from a step to the next somebody is where nobody was, or nobody where somebody was
changed_time as (
    select
        why,
        day as first_day,
        lead(day) over place_days as next_day,
        sum(change) over place_days as change
    from day_step
    window place_days as (partition by why, who, school_code, class_code, grade order by day)
)

select distinct homework_day.school_date, changed_time.why
from homework_day
inner join changed_time
    on homework_day.school_date >= changed_time.first_day
    and (changed_time.next_day is null or homework_day.school_date < changed_time.next_day)
where changed_time.change <> 0
{%- endif %}
