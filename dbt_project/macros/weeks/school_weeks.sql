{# What the marts by school and week share: who is counted in a week, and why there is no figure. #}

{# The CTE `school_weeks`: each week of which a school is asked by a feed of a file a day, with its students.
   `is_measured`: some day is told, and there is somebody to count; `is_whole`: every school day of it is told. #}
{% macro school_weeks(feed_id) -%}
with school_students as (
    select school_code, day, sum(students) as students, sum(students_away) as students_away
    from {{ ref('enrolled_class_days') }}
    group by school_code, day
),

school_weeks as (
    select
        weeks.school_code,
        weeks.week,
        weeks.school_days,
        weeks.school_days_told,
        weeks.days_told,
        cast(coalesce(students.students, 0) as bigint) as students,
        cast(coalesce(students.students_away, 0) as bigint) as students_away,
        weeks.days_told > 0 and coalesce(students.students, 0) > 0 as is_measured,
        weeks.school_days = weeks.school_days_told as is_whole
    from {{ ref('feed_weeks') }} as weeks
    left join school_students as students on weeks.school_code = students.school_code and weeks.counted_on = students.day
    where weeks.feed = '{{ feed_id }}'
)
{%- endmacro %}

{# The CTE `measures`: those weeks, and what of the CTE `sums` (by school and week) belongs to none of them. #}
{% macro measures_of_weeks() -%}
measures as (
    select
        coalesce(weeks.school_code, sums.school_code) as school_code,
        coalesce(weeks.week, sums.week) as week,
        weeks.* exclude (school_code, week),
        coalesce(weeks.is_measured, false) as has_figures,
        sums.* exclude (school_code, week)
    from school_weeks as weeks
    full join sums on weeks.school_code = sums.school_code and weeks.week = sums.week
)
{%- endmacro %}

{% macro why_no_figures(has_figures, relation='') -%}
    case
        when coalesce({{ relation }}students, 0) = 0 then 'no_student_expected'
        when not {{ has_figures }} then 'not_delivered'
        when not {{ relation }}is_whole then 'days_missing'
    end
{%- endmacro %}

{#
  The joins by which rows of students find where they were on a day (SQL), as `spans`, and whether they were away then,
  as `absences`; before the lake's first night, where that night found them. Reads the CTE `first_night`.
#}
{% macro join_places(relation, day) -%}
cross join first_night
left join {{ ref('student_spans') }} as spans
    on {{ relation }}.student_uid = spans.student_uid
    and {{ valid_on('spans', 'greatest(' ~ day ~ ', first_night.first_known)') }}
left join {{ ref('student_absences') }} as absences
    on {{ relation }}.student_uid = absences.student_uid
    and {{ day }} >= absences.away_from
    and {{ day }} < coalesce(absences.away_to, date 'infinity')
{%- endmacro %}

{#
  Where each student of whom a feed of a file a day tells in a week was on the day on which the students of that week are
  counted, as is known now; before the lake's first night, where that night found them. Null where they were enrolled
  nowhere; who was away was not at school. `model` has the feed's events, each with `event_day` and `student_uid`.
#}
{% macro student_weeks(feed_id, model) -%}
with student_week as (
    select distinct
        cast(date_trunc('week', event_day) as date) as week,
        student_uid
    from {{ ref(model) }}
    where student_uid is not null
),

weeks as (
    select week, max(counted_on) as counted_on
    from {{ ref('feed_weeks') }}
    where feed = '{{ feed_id }}'
    group by week
),

first_night as (
    select min(known_from) as first_known from {{ ref('student_spans') }}
),

student_day as (
    select student_week.*, coalesce(weeks.counted_on, student_week.week + 6) as day
    from student_week
    left join weeks on student_week.week = weeks.week
)

select
    student_day.week,
    student_day.student_uid,
    {{ school_of_span('spans') }} as school_code,
    spans.class_code,
    bool_or(absences.student_uid is not null) as is_away
from student_day
{{ join_places('student_day', 'student_day.day') }}
group by all
{%- endmacro %}
