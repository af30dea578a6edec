{{ config(schema='intermediate') }}

-- whom each clause binds at its levels: schools, the classes of its stages, and the areas
with indicators as (
    select
        *,
        if(stage is null, binds_stages, [stage]) as stages
    from {{ source('register', 'indicator') }}
    where {{ in_force() }}
),

class as (
    select distinct
        indicators.id as indicator_id,
        classes.school_code || ':' || classes.code as organisation_code,
        indicators.stage
    from indicators
    inner join {{ ref('grade_limits') }} as grades
        on len(indicators.stages) = 0 or list_contains(indicators.stages, grades.stage)
    inner join {{ ref('classes') }} as classes
        on grades.school_code = classes.school_code and grades.grade = classes.grade
    where list_contains(indicators.levels, 'class')
        and (len(indicators.grades) = 0 or list_contains(indicators.grades, try_cast(grades.grade as bigint)))
        and (classes.valid_to is null or {{ night() }} < classes.valid_to)
)

select
    school.indicator_id,
    school.school_code as organisation_code,
    'school' as level,
    school.stage
from {{ ref('bound_schools') }} as school
inner join indicators on school.indicator_id = indicators.id and list_contains(indicators.levels, 'school')

union all

select indicator_id, organisation_code, 'class', stage
from class

union all

select indicators.id, areas.code, areas.level, indicators.stage
from indicators
inner join {{ ref('areas') }} as areas on list_contains(indicators.levels, areas.level)
