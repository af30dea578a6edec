with student_days as (
    select * from {{ ref('homework_load_student_day') }}
    where class_code is not null
),

enrolments as (
    select
        days.school_date,
        {{ school_of_span('spans') }} as school_code,
        spans.class_code,
        count(*) as students_enrolled
    from (select distinct school_date from student_days) as days
    inner join (
        select *, min(known_from) over () as first_known from {{ ref('student_spans') }}
    ) as spans
        on {{ valid_on('spans', 'greatest(days.school_date, spans.first_known)') }}
    group by all
),

observations as (
    select
        school_code,
        min(grade) as grade,
        class_code,
        school_date,
        any_value(day_type) as day_type,
        sum(written_minutes) / count(written_minutes) as written_minutes_mean,
        count(written_minutes) as students_observed,
        bool_or(published) as published
    from student_days
    group by school_code, class_code, school_date
    -- records without minutes observe nobody
    having count(written_minutes) > 0
),

subject_medians as (
    select
        where_on_day.school_code,
        where_on_day.class_code,
        records.school_date,
        records.subject,
        median(records.minutes) as minutes
    from {{ ref('homework_records') }} as records
    inner join student_days as where_on_day
        on records.student_uid = where_on_day.student_uid and records.school_date = where_on_day.school_date
    where records.written and records.minutes is not null
    group by all
),

medians as (
    select school_code, class_code, school_date, sum(cast(minutes as decimal(9, 2))) as written_minutes_by_subject_medians
    from subject_medians
    group by school_code, class_code, school_date
),

class_days as (
    select
        observations.*,
        enrolments.students_enrolled,
        coalesce(medians.written_minutes_by_subject_medians, 0) as written_minutes_by_subject_medians,
        -- weekends and holidays have no national limit
        case when observations.day_type = 'school_day' then limits.limit_minutes end as limit_minutes,
        observations.students_observed
            >= {{ var('register').bureau.observed_share_min }} * enrolments.students_enrolled as is_enough
    from observations
    inner join enrolments using (school_code, class_code, school_date)
    left join medians using (school_code, class_code, school_date)
    left join {{ source('register', 'homework_limit') }} as limits
        on try_cast(observations.grade as integer) between limits.grade_from and limits.grade_to
)

select
    school_code,
    grade,
    class_code,
    school_date,
    day_type,
    cast(round(written_minutes_mean, 4) as double) as written_minutes_mean,
    cast(written_minutes_by_subject_medians as decimal(9, 2)) as written_minutes_by_subject_medians,
    cast(limit_minutes as double) as limit_minutes,
    case when is_enough then written_minutes_mean > limit_minutes end as over_limit,
    students_observed,
    students_enrolled,
    published
from class_days
