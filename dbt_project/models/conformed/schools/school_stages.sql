{{ config(schema='intermediate') }}

-- open schools and the stages that they teach: those of their type, so that neither a roster that did not come takes a
-- stage from a school nor a mistaken grade gives it one; of a type that tells none, those in which they have students
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
    select school_code, stage from type_stage

    union all

    select school_code, stage from enrolment
    where school_code not in (select school_code from type_stage)
)

select
    schools.school_code,
    schools.type,
    school_stage.stage,
    enrolment.students,
    count(*) over (partition by schools.school_code) as stages
from schools
inner join school_stage on schools.school_code = school_stage.school_code
left join enrolment on school_stage.school_code = enrolment.school_code and school_stage.stage = enrolment.stage
