{{ school_weeks('platform_usage/daily') }},

-- use counts where its student is enrolled; that of everybody else stands apart at the school that the platform names
places as (
    select
        usage.*,
        cast(date_trunc('week', usage.event_day) as date) as week,
        coalesce(students.school_code, usage.school_code, '-') as place_school_code,
        coalesce(students.school_code is not null and not students.is_away, false) as is_counted
    from {{ ref('platform_days') }} as usage
    left join {{ ref('platform_student_weeks') }} as students
        on usage.student_uid = students.student_uid
        and cast(date_trunc('week', usage.event_day) as date) = students.week
),

sums as (
    select
        place_school_code as school_code,
        week,
        count(distinct student_uid) filter (where is_counted) as visitors,
        count(distinct student_uid) filter (where is_counted and minutes > 0) as active_learners,
        sum(minutes) filter (where is_counted) as minutes,
        count(*) filter (where is_counted and minutes is null) as records_without_minutes,
        count(distinct platform) filter (where is_counted and minutes > 0) as platforms,
        count(*) filter (where is_counted) as records,
        count(*) filter (where not is_counted) as other_records
    from places
    group by all
),

{{ measures_of_weeks() }}

select
    school_code,
    week,
    coalesce(school_days, 0) as school_days,
    coalesce(school_days_told, 0) as school_days_told,
    students as students_enrolled,
    students_away,
    case when has_figures then coalesce(visitors, 0) end as visitors,
    case when has_figures then coalesce(active_learners, 0) end as active_learners,
    case when has_figures and is_whole then round(coalesce(active_learners, 0) / students, 6) end as coverage,
    -- a sum of which a part is unknown is unknown, and not what is left of it
    case when has_figures and coalesce(records_without_minutes, 0) = 0
        then cast(round(coalesce(minutes, 0) / 60, 4) as decimal(18, 4))
    end as learning_hours,
    case when has_figures then coalesce(records_without_minutes, 0) end as records_without_minutes,
    case when has_figures then coalesce(platforms, 0) end as platforms,
    coalesce(other_records, 0) + case when has_figures then 0 else coalesce(records, 0) end as other_records,
    {{ why_no_figures('has_figures') }} as reason
from measures
