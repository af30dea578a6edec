with records as (
    select * from {{ ref('homework_records') }}
),

spans as (
    select
        *,
        min(known_from) over (partition by student_uid) as first_known
    from {{ ref('student_spans') }}
),

days as (
    select
        student_uid,
        school_date,
        sum(minutes) filter (where written) as written_minutes,
        sum(minutes) filter (where not written) as other_minutes,
        count(distinct subject) as subjects,
        count(*) as records,
        count(*) filter (where minutes is null) as records_without_minutes,
        bool_or(published_at is not null) as published,
        list_sort(list_distinct(flatten(list(sources)))) as sources
    from records
    group by student_uid, school_date
)

select
    days.student_uid,
    days.school_date,
    calendar.day_type,
    spans.school_code,
    spans.grade,
    spans.class_code,
    cast(case when days.records_without_minutes < days.records then coalesce(days.written_minutes, 0) end as decimal(9, 2))
        as written_minutes,
    cast(case when days.records_without_minutes < days.records then coalesce(days.other_minutes, 0) end as decimal(9, 2))
        as other_minutes,
    days.subjects,
    days.records,
    days.records_without_minutes,
    days.published,
    days.sources
from days
inner join {{ ref('calendar_days') }} as calendar on days.school_date = calendar.day
-- where the student was on that day, as far as is known; before the first known night, where first seen
left join spans
    on days.student_uid = spans.student_uid
    and greatest(days.school_date, spans.first_known) >= spans.known_from
    and (spans.known_to is null or greatest(days.school_date, spans.first_known) < spans.known_to)
