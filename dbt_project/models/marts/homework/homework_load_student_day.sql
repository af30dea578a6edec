{{ config(materialized='by_partition', partition='school_date', touched='touched_homework_student_days') }}
-- depends_on: {{ ref('touched_homework_student_days') }}
{%- set platforms = union_of('homework').members | map(attribute='feed') | sort if union_of('homework') else [] %}
with records as (
    select *
    from {{ ref('homework_records') }}
    where {{ touched('told_day') }}
),

spans as (
    select * from {{ ref('student_spans') }}
),

first_night as (
    select min(known_from) as first_known from spans
),

days as (
    select
        student_uid,
        school_date,
        sum(minutes) filter (where written) as written_minutes,
        sum(minutes) filter (where written and not is_overlap) as written_minutes_if_one,
        sum(minutes) filter (where not written) as other_minutes,
        -- a record of which nobody knows whether it is written may belong to either sum
        count(*) filter (where written is null or (written and minutes is null)) as written_unknown,
        count(*) filter (where not is_overlap and (written is null or (written and minutes is null))) as written_unknown_if_one,
        count(*) filter (where written is null or (not written and minutes is null)) as other_unknown,
        count(distinct subject) as subjects,
        count(*) as records,
        count(*) filter (where minutes is null) as records_without_minutes,
        count(*) filter (where is_overlap) as overlapping_records,
        bool_or(published_at is not null) as published,
        -- one flag a platform: a list of lists a student-day costs many times as much
        list_filter([
            {%- for platform in platforms %}
            case when bool_or(list_contains(sources, '{{ platform }}')) then '{{ platform }}' end
            {{- "," if not loop.last }}
            {%- endfor %}
        ], lambda _platform: _platform is not null) as sources
    from records
    group by student_uid, school_date
),

-- where the student was on that day, as is known now; before the lake's first night, where that night found them
places as (
    select
        days.student_uid,
        days.school_date,
        {{ school_of_span('spans') }} as school_code,
        spans.grade,
        spans.class_code
    from days
    cross join first_night
    inner join spans on days.student_uid = spans.student_uid
    where {{ valid_on('spans', 'greatest(days.school_date, first_night.first_known)') }}
)

select
    days.student_uid,
    days.school_date,
    calendar.day_type,
    places.school_code,
    places.grade,
    places.class_code,
    -- a sum of which a part is unknown is unknown, and not what is left of it
    cast(case when days.written_unknown = 0 then coalesce(days.written_minutes, 0) end as decimal(9, 2)) as written_minutes,
    cast(case when days.other_unknown = 0 then coalesce(days.other_minutes, 0) end as decimal(9, 2)) as other_minutes,
    cast(coalesce(days.written_minutes, 0) as decimal(9, 2)) as written_minutes_known,
    cast(case when days.written_unknown_if_one = 0 then coalesce(days.written_minutes_if_one, 0) end as decimal(9, 2))
        as written_minutes_if_one,
    days.subjects,
    days.records,
    days.records_without_minutes,
    days.overlapping_records,
    days.published,
    cast(days.sources as varchar []) as sources
from days
left join {{ ref('calendar_days') }} as calendar on days.school_date = calendar.day
left join places on days.student_uid = places.student_uid and days.school_date = places.school_date
