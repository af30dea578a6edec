-- a result that nobody has entered is neither passed nor failed
with trainings as (
    select
        *,
        cast(year(coalesce(finished_on, started_on)) as bigint) as year,
        result in ({{ codes_of('training_passed') }}) as is_passed,
        kind in ({{ codes_of('project20') }}) as is_project20
    from {{ ref('training_records') }}
),

-- each training counts for the teacher, at the school of their file, and for the school that tells of it
holders as (
    select 'school' as holder, cast(null as varchar) as holder_uid, trainings.*
    from trainings

    union all

    select 'teacher', trainings.teacher_uid, trainings.* replace (teachers.school as school_code)
    from trainings
    left join {{ ref('teachers') }} as teachers on trainings.teacher_uid = teachers.teacher_uid
    where trainings.teacher_uid is not null
),

counts as (
    select
        holder,
        holder_uid,
        school_code,
        year,
        count(*) as trainings,
        count(*) filter (where is_passed) as trainings_passed,
        count(*) filter (where not is_passed) as trainings_not_passed,
        count(*) filter (where is_passed is null) as results_unknown,
        case
            when count(is_passed) = count(*) and count(*) filter (where is_passed and hours is null) = 0
                then coalesce(sum(hours) filter (where is_passed), 0)
        end as hours_passed,
        count(distinct teacher_uid) as teachers,
        count(distinct teacher_uid) filter (where is_passed) as teachers_passed,
        count(distinct teacher_uid) filter (where is_project20) as project20_teachers,
        count(distinct teacher_uid) filter (where is_project20 and is_passed) as project20_teachers_passed,
        count(distinct teacher_uid) filter (where is_project20 and coalesce(is_passed, true)) as project20_teachers_not_failed,
        count(*) filter (where is_project20 is null) as kinds_unknown,
        count(*) filter (where teacher_uid is null) as without_teacher,
        max(_known_from) as known_from
    from holders
    group by holder, holder_uid, school_code, year
)

select
    holder,
    holder_uid as teacher_uid,
    school_code,
    year,
    trainings,
    trainings_passed,
    trainings_not_passed,
    results_unknown,
    cast(hours_passed as decimal(12, 2)) as hours_passed,
    teachers,
    teachers_passed,
    project20_teachers,
    project20_teachers_passed,
    project20_teachers_not_failed - project20_teachers_passed as project20_teachers_unclear,
    kinds_unknown,
    without_teacher,
    known_from,
    {{ night() }} as as_of_date
from counts
