{{ config(
    materialized='by_partition', partition='school_date',
    touched='touched_homework_student_days', follows=['homework_class_days', 'homework_load_student_day']
) }}
-- depends_on: {{ ref('touched_homework_student_days') }}
with class_days as (
    select * from {{ ref('homework_class_days') }}
    where class_code is not null and {{ touched() }}
),

student_days as (
    select * from {{ ref('homework_load_student_day') }}
    where class_code is not null and {{ touched() }}
),

-- observed is who has a record on any platform; measured, of whom the written minutes are known
observations as (
    select
        school_code,
        class_code,
        school_date,
        count(*) as students_observed,
        count(written_minutes) as students_measured,
        sum(written_minutes) as written_minutes,
        sum(written_minutes_if_one) / count(written_minutes_if_one) as mean_if_one,
        sum(overlapping_records) as overlapping_records,
        bool_or(published) as published
    from student_days
    group by school_code, class_code, school_date
),

-- what a student has in a subject is the sum of its tasks
student_subjects as (
    select
        where_on_day.school_code,
        where_on_day.class_code,
        records.school_date,
        records.student_uid,
        records.subject,
        case when count(*) = count(records.minutes) then sum(records.minutes) end as minutes
    from {{ ref('homework_records') }} as records
    inner join student_days as where_on_day
        on records.student_uid = where_on_day.student_uid and records.school_date = where_on_day.school_date
    where records.written and {{ touched('records.told_day') }}
    group by all
),

subject_medians as (
    select school_code, class_code, school_date, subject, median(minutes) as minutes
    from student_subjects
    group by all
),

medians as (
    select
        school_code,
        class_code,
        school_date,
        -- a subject of which nobody's minutes are known leaves the sum unknown
        case when count(*) = count(minutes) then sum(cast(minutes as decimal(9, 2))) end as by_subject
    from subject_medians
    group by school_code, class_code, school_date
),

measures as (
    select
        class_days.*,
        observations.written_minutes / nullif(observations.students_measured, 0) as written_minutes_mean,
        observations.mean_if_one,
        case
            when medians.school_date is not null then medians.by_subject
            when observations.students_measured > 0 then 0
        end as by_subject,
        coalesce(observations.students_observed, 0) as students_observed,
        coalesce(observations.students_measured, 0) as students_measured,
        coalesce(observations.overlapping_records, 0) as overlapping_records,
        coalesce(observations.published, false) as published
    from class_days
    left join observations using (school_code, class_code, school_date)
    left join medians using (school_code, class_code, school_date)
    -- of a class that a limit binds every school day stands, seen or not; of all others what is seen
    where observations.school_date is not null or (class_days.is_expected and class_days.limit_minutes is not null)
)

select
    school_code,
    grade,
    class_code,
    stage,
    school_date,
    day_type,
    cast(written_minutes_mean as double) as written_minutes_mean,
    cast(mean_if_one as double) as written_minutes_mean_if_one,
    cast(by_subject as decimal(9, 2)) as written_minutes_by_subject_medians,
    cast(limit_minutes as double) as limit_minutes,
    case
        when len(platforms_missing) = 0
            and students_measured >= {{ var('register').bureau.observed_share_min }} * students_enrolled
            -- what hangs on a doubt is not judged
            and (written_minutes_mean > limit_minutes) = (mean_if_one > limit_minutes)
            then written_minutes_mean > limit_minutes
    end as over_limit,
    students_observed,
    students_measured,
    students_enrolled,
    cast(overlapping_records as bigint) as overlapping_records,
    platforms_missing,
    case when is_expected and students_enrolled > 0 then
        round(students_measured / students_enrolled * (1 - coalesce(len(platforms_missing) / nullif(platforms_expected, 0), 0)), 6)
    end as completeness,
    published
from measures
