{{ config(
    materialized='by_partition', partition='school_date',
    touched='touched_homework_student_days', follows=['homework_class_days', 'homework_load_student_day']
) }}
-- depends_on: {{ ref('touched_homework_student_days') }}
{%- set homework = union_of('homework') %}
/* What the homework of a subject on a day adds to its week, by school and grade: records, those of each step from design
   to publication, and minutes. `told`: of how many records it is known whether it is so, which is what a share is of.

   Handed in too late is what came after it was due, and what had not come when the platform told of it on a later day than
   that on which it was due. What was told before is not known. */
with class_days as (
    select * from {{ ref('homework_class_days') }}
    where grade is not null and {{ touched() }}
),

days as (
    select distinct school_date, day_type, is_expected from class_days
),

student_days as (
    select * from {{ ref('homework_load_student_day') }}
    where {{ touched() }}
),

placed_student_days as (
    {{ bound_student_days('student_days', 'class_days') }}
),

records as (
    select * from {{ ref('homework_records') }}
    where {{ touched('told_day') }}
),

placed_records as (
    select
        places.school_code,
        places.grade,
        -- a subject that no code set knows is one of its own, so that nothing told is left out
        coalesce(records.subject, 'unknown') as subject,
        records.school_date,
        days.day_type,
        places.is_measured and days.is_expected as is_measured,
        records.written,
        records.minutes,
        records.planned_minutes,
        records.submitted_at,
        records.marked_at,
        records.returned_at,
        records.published_at,
        {{ platform_tells(homework, 'homework_record.published_at', 'records.feed') }} as is_publication_told,
        case
            when records.due_at is null then null
            when records.submitted_at is not null then records.submitted_at <= records.due_at
            when {{ platform_tells(homework, 'homework_record.submitted_at', 'records.feed') }}
                and cast(records.due_at as date) < records._known_from then false
        end as is_on_time,
        records.layered,
        len(records.sources) > 1 as is_shared,
        records.is_overlap
    from records
    inner join placed_student_days as places
        on records.student_uid = places.student_uid and records.school_date = places.school_date
    inner join days on records.school_date = days.school_date
)

select
    school_code,
    grade,
    subject,
    school_date,
    day_type,
    count(*) as records,
    count(*) filter (where minutes is null) as records_without_minutes,
    count(*) filter (where is_shared) as records_shared,
    count(*) filter (where is_overlap) as overlapping_records,
    count(planned_minutes) as records_planned,
    count(submitted_at) as records_submitted,
    count(marked_at) as records_marked,
    count(returned_at) as records_returned,
    count(published_at) as records_published,
    count(*) filter (
        where planned_minutes is not null and marked_at is not null and returned_at is not null and published_at is not null
    ) as records_all_steps,
    count(*) filter (where is_publication_told) as publication_told,
    count(*) filter (where is_on_time) as records_on_time,
    count(is_on_time) as on_time_told,
    count(*) filter (where layered) as records_layered,
    count(layered) as layered_told,
    cast(coalesce(sum(minutes) filter (where is_measured and written), 0) as decimal(18, 2)) as measured_minutes,
    cast(coalesce(sum(minutes) filter (where written), 0) as decimal(18, 2)) as written_minutes,
    cast(coalesce(sum(minutes) filter (where not written), 0) as decimal(18, 2)) as other_minutes,
    count(*) filter (where minutes is null or written is null) as records_of_unknown_load
from placed_records
group by school_code, grade, subject, school_date, day_type
