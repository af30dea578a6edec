{{ school_weeks('after_school/sessions') }},

attendances as (
    select *, cast(date_trunc('week', event_day) as date) as week
    from {{ ref('service_attendances') }}
),

-- a session is its school's, whoever is in it; of rows that say its length otherwise the longest counts
sessions as (
    select
        school_code,
        week,
        event_day,
        session_id,
        max(minutes) as minutes
    from attendances
    group by all
),

offers as (
    select
        school_code,
        week,
        count(*) as sessions,
        count(distinct event_day) as service_days,
        sum(minutes) as minutes,
        count(minutes) as sessions_with_minutes
    from sessions
    group by all
),

kinds as (
    select school_code, week, count(distinct kind) as kinds
    from attendances
    group by all
),

-- who attends counts where they are enrolled; who is nobody whom the lake knows, away or enrolled nowhere stands apart
places as (
    select
        attendances.*,
        coalesce(students.school_code, attendances.school_code) as place_school_code,
        coalesce(students.school_code is not null and not students.is_away, false) as is_counted
    from attendances
    left join {{ ref('service_student_weeks') }} as students
        on attendances.student_uid = students.student_uid
        and attendances.week = students.week
),

sums as (
    select
        place_school_code as school_code,
        week,
        count(distinct student_uid) filter (where is_counted and is_present) as students_served,
        count(*) filter (where is_counted and is_present) as attendances,
        sum(minutes) filter (where is_counted and is_present) as minutes,
        count(*) filter (where is_counted and is_present and minutes is null) as attendances_without_minutes,
        count(*) filter (where is_counted and is_present is null) as attendances_unknown,
        count(*) filter (where not is_counted and is_present is distinct from false) as other_attendances
    from places
    group by all
),

{{ measures_of_weeks() }}

select
    measures.school_code,
    measures.week,
    coalesce(measures.school_days, 0) as school_days,
    coalesce(measures.school_days_told, 0) as school_days_told,
    measures.students as students_enrolled,
    measures.students_away,
    case when measures.has_figures then coalesce(measures.students_served, 0) end as students_served,
    case when measures.has_figures and measures.is_whole then round(coalesce(measures.students_served, 0) / measures.students, 6) end
        as coverage,
    case when measures.has_figures then coalesce(offers.service_days, 0) end as service_days,
    case when measures.has_figures then coalesce(offers.sessions, 0) end as sessions,
    case when measures.has_figures then coalesce(kinds.kinds, 0) end as kinds,
    -- a sum of which a part is unknown is unknown, and not what is left of it
    case when measures.has_figures and coalesce(offers.sessions = offers.sessions_with_minutes, true)
        then cast(round(coalesce(offers.minutes, 0) / 60, 4) as decimal(18, 4))
    end as session_hours,
    case when measures.has_figures and coalesce(measures.attendances_without_minutes, 0) = 0
        then cast(round(coalesce(measures.minutes, 0) / 60, 4) as decimal(18, 4))
    end as student_hours,
    case when measures.has_figures then coalesce(measures.attendances, 0) end as attendances,
    case when measures.has_figures then coalesce(measures.attendances_unknown, 0) end as attendances_unknown,
    coalesce(measures.other_attendances, 0) + case when measures.has_figures then 0 else coalesce(measures.attendances, 0) end
        as other_attendances,
    {{ why_no_figures('measures.has_figures', 'measures.') }} as reason
from measures
left join offers on measures.school_code = offers.school_code and measures.week = offers.week
left join kinds on measures.school_code = kinds.school_code and measures.week = kinds.week
