-- the limit of written homework by school and grade: it follows the stage in which the school's own 学制 has the grade
with schools as (
    select
        school_code,
        type,
        {{ primary_years_of('schools') }} as primary_years
    from {{ ref('schools') }} as schools
),

stages as (
    select * from {{ source('register', 'stage') }}
),

-- of a school whose type is in no table of stages, its years of primary school alone tell
untyped_grade as (
    select
        schools.school_code,
        cast(grades.grade as varchar) as grade,
        case when grades.grade <= schools.primary_years then 'primary' when grades.grade <= 9 then 'junior' else 'senior' end
            as stage
    from schools
    cross join range(1, 13) as grades(grade)
    where schools.type is null or schools.type not in (select school_type from stages)
),

school_grade as (
    select schools.school_code, stages.grade, stages.stage
    from schools
    inner join stages on schools.type = stages.school_type and schools.primary_years = stages.primary_years

    union all

    select school_code, grade, stage
    from untyped_grade
)

select
    school_grade.school_code,
    school_grade.grade,
    school_grade.stage,
    limits.limit_minutes
from school_grade
left join {{ source('register', 'homework_limit') }} as limits
    on school_grade.stage = limits.stage
    and try_cast(school_grade.grade as integer) between limits.grade_from and limits.grade_to
