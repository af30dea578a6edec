{%- set half_days = var('register').bureau.half_days | length %}
with school_days as (
    select * from {{ ref('school_feed_days') }}
    where feed = 'attendance/events'
),

-- a day is seen where the gates of the school told of it: a school without a single passage has no gates, or they were silent
school_day_seen as (
    select
        school_days.school_code,
        school_days.day,
        school_days.week,
        school_days.is_told,
        school_days.is_told and gates.school_code is not null as is_seen
    from school_days
    left join {{ ref('gate_days') }} as gates
        on school_days.school_code = gates.school_code and school_days.day = gates.event_day
    where school_days.day_type = 'school_day'
),

first_night as (
    select min(known_from) as first_known from {{ ref('student_spans') }}
),

-- where the student was on that day, as is known now; before the lake's first night, where that night found them
places as (
    select
        attendance.event_day,
        attendance.student_uid,
        attendance.half_days_present,
        attendance.gate_school_code,
        {{ school_of_span('spans') }} as school_code,
        spans.class_code,
        bool_or(absences.student_uid is not null) as is_away
    from {{ ref('attendance_days') }} as attendance
    {{ join_places('attendance', 'attendance.event_day') | indent(4) }}
    group by all
),

-- who is seen counts where they are enrolled; who is enrolled nowhere, or away, stands apart, at the school of the gate
sightings as (
    select
        coalesce(places.school_code, places.gate_school_code) as school_code,
        coalesce(places.class_code, '-') as class_code,
        cast(date_trunc('week', places.event_day) as date) as week,
        places.half_days_present,
        coalesce(days.is_seen and places.school_code is not null and not places.is_away, false) as is_counted
    from places
    left join school_day_seen as days on places.school_code = days.school_code and places.event_day = days.day
),

sums as (
    select
        school_code,
        class_code,
        week,
        count(*) filter (where is_counted) as days_seen,
        count(*) filter (where is_counted and half_days_present >= {{ half_days }}) as days_present,
        sum(half_days_present) filter (where is_counted) as half_days_present,
        count(*) filter (where not is_counted) as other_days_seen
    from sightings
    group by all
),

class_weeks as (
    select
        enrolled.school_code,
        coalesce(enrolled.class_code, '-') as class_code,
        days.week,
        min(enrolled.grade) as grade,
        count(*) as school_days,
        count(*) filter (where days.is_told) as school_days_told,
        count(*) filter (where days.is_seen) as school_days_seen,
        arg_max(enrolled.students, days.day) as students_enrolled,
        arg_max(enrolled.students_away, days.day) as students_away,
        sum(enrolled.students) as days_expected,
        coalesce(sum(enrolled.students) filter (where days.is_seen), 0) as days_measured
    from {{ ref('enrolled_class_days') }} as enrolled
    inner join school_day_seen as days on enrolled.school_code = days.school_code and enrolled.day = days.day
    group by all
),

measures as (
    select
        coalesce(class_weeks.school_code, sums.school_code) as school_code,
        coalesce(class_weeks.class_code, sums.class_code) as class_code,
        coalesce(class_weeks.week, sums.week) as week,
        class_weeks.* exclude (school_code, class_code, week),
        coalesce(class_weeks.days_expected, 0) as expected,
        coalesce(class_weeks.days_measured, 0) as measured,
        coalesce(sums.days_seen, 0) as days_seen,
        coalesce(sums.days_present, 0) as days_present,
        coalesce(sums.half_days_present, 0) as half_days_present,
        coalesce(sums.other_days_seen, 0) as other_days_seen
    from class_weeks
    full join sums
        on class_weeks.school_code = sums.school_code
        and class_weeks.class_code = sums.class_code
        and class_weeks.week = sums.week
)

select
    school_code,
    grade,
    class_code,
    week,
    coalesce(school_days, 0) as school_days,
    coalesce(school_days_seen, 0) as school_days_seen,
    students_enrolled,
    students_away,
    cast(expected as bigint) as days_expected,
    cast(measured as bigint) as days_measured,
    case when measured > 0 then days_seen end as days_seen,
    case when measured > 0 and {{ half_days }} > 0 then days_present end as days_present,
    cast(case when {{ half_days }} > 0 then expected * {{ half_days }} end as bigint) as half_days_expected,
    cast(case when {{ half_days }} > 0 then measured * {{ half_days }} end as bigint) as half_days_measured,
    cast(case when measured > 0 and {{ half_days }} > 0 then half_days_present end as bigint) as half_days_present,
    round(half_days_present / nullif(measured * {{ half_days }}, 0), 6) as attendance_rate,
    round(measured / nullif(expected, 0), 6) as completeness,
    other_days_seen,
    case
        when expected = 0 then 'no_student_expected'
        when school_days_told = 0 then 'not_delivered'
        when measured = 0 then 'no_passages'
        {%- if not half_days %}
        else 'no_half_day_rule'
        {%- endif %}
    end as reason
from measures
