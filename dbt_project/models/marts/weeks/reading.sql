with class_weeks as (
    select
        enrolled.school_code,
        coalesce(enrolled.class_code, '-') as class_code,
        weeks.week,
        enrolled.grade,
        enrolled.students,
        enrolled.students_away,
        weeks.days_told
    from {{ ref('feed_weeks') }} as weeks
    inner join {{ ref('enrolled_class_days') }} as enrolled
        on weeks.school_code = enrolled.school_code and weeks.counted_on = enrolled.day
    where weeks.feed = 'reading/records'
),

-- a reading counts where its student is enrolled; one of nobody whom the lake knows, or who is away or enrolled nowhere,
-- stands apart at the school that the platform names
places as (
    select
        readings.*,
        cast(date_trunc('week', readings.event_day) as date) as week,
        coalesce(students.school_code, readings.school_code, '-') as place_school_code,
        coalesce(students.class_code, '-') as class_code,
        coalesce(students.school_code is not null and not students.is_away, false) as is_counted
    from {{ ref('readings') }} as readings
    left join {{ ref('reading_student_weeks') }} as students
        on readings.student_uid = students.student_uid
        and cast(date_trunc('week', readings.event_day) as date) = students.week
),

sums as (
    select
        place_school_code as school_code,
        class_code,
        week,
        count(distinct student_uid) filter (where is_counted) as readers,
        count(*) filter (where is_counted) as readings,
        count(distinct book) filter (where is_counted) as books,
        count(distinct book) filter (where is_counted and finished) as books_finished,
        sum(minutes) filter (where is_counted) as minutes,
        count(*) filter (where is_counted and minutes is null) as readings_without_minutes,
        count(*) filter (where not is_counted) as other_readings
    from places
    group by all
),

measures as (
    select
        coalesce(class_weeks.school_code, sums.school_code) as school_code,
        coalesce(class_weeks.class_code, sums.class_code) as class_code,
        coalesce(class_weeks.week, sums.week) as week,
        class_weeks.grade,
        class_weeks.students,
        class_weeks.students_away,
        coalesce(class_weeks.days_told, 0) as days_told,
        coalesce(class_weeks.days_told > 0 and class_weeks.students > 0, false) as is_measured,
        sums.* exclude (school_code, class_code, week)
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
    days_told,
    students as students_enrolled,
    students_away,
    case when is_measured then coalesce(readers, 0) end as readers,
    case when is_measured then round(coalesce(readers, 0) / students, 6) end as reader_share,
    case when is_measured then coalesce(readings, 0) end as readings,
    case when is_measured then coalesce(books, 0) end as books,
    case when is_measured then coalesce(books_finished, 0) end as books_finished,
    -- a sum of which a part is unknown is unknown, and not what is left of it
    cast(case when is_measured and coalesce(readings_without_minutes, 0) = 0 then coalesce(minutes, 0) end as decimal(18, 2)) as minutes,
    case when is_measured then coalesce(readings_without_minutes, 0) end as readings_without_minutes,
    coalesce(other_readings, 0) + case when is_measured then 0 else coalesce(readings, 0) end as other_readings,
    case
        when coalesce(students, 0) = 0 then 'no_student_expected'
        when days_told = 0 then 'not_delivered'
    end as reason
from measures
