{{ config(schema='intermediate') }}

-- open schools and the stages that they teach: those in which they have students, and where no roster tells, those of
-- their type
with schools as (
    select school_code, type
    from {{ ref('schools') }}
    where valid_to is null and coalesce(status in ({{ codes_of('open_school') }}), true)
),

enrolment as (
    select school as school_code, stage, count(*) as students
    from {{ ref('students') }}
    where stage is not null
    group by all
),

type_stage as (
    select school_code, unnest({{ stages_of_type('type') }}) as stage
    from schools
),

school_stage as (
    select school_code, stage, students from enrolment

    union all

    select school_code, stage, null from type_stage
    where school_code not in (select school_code from enrolment)
)

select
    schools.school_code,
    schools.type,
    school_stage.stage,
    school_stage.students,
    count(*) over (partition by schools.school_code) as stages
from schools
inner join school_stage on schools.school_code = school_stage.school_code
