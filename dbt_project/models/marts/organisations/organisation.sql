with areas as (
    select * from {{ ref('areas') }}
),

schools as (
    select * from {{ ref('schools') }}
),

members as (
    select * from {{ ref('organisation_members') }}
),

stages as (
    select school, list_sort(list(distinct stage)) as stages
    from {{ ref('students') }}
    where stage is not null
    group by school
),

former_names as (
    select names.*
    from {{ source('register', 'organisation_name') }} as names
    inner join schools on names.code = schools.school_code
    where names.valid_to <= {{ night() }}
),

name_changes as (
    select code, max(valid_to) as since
    from former_names
    group by code
),

-- a school has a period for each name it had, and its last one ends where it was merged or split
periods as (
    select
        code as school_code,
        name,
        valid_from,
        valid_to,
        cast(null as varchar) as ended_by,
        cast([] as varchar []) as successors
    from former_names

    union all

    select
        schools.school_code,
        schools.name,
        coalesce(name_changes.since, schools.valid_from) as valid_from,
        schools.valid_to,
        schools.ended_by,
        schools.successors
    from schools
    left join name_changes on schools.school_code = name_changes.code
)

select
    code as organisation_code,
    name,
    level,
    parent as parent_code,
    valid_from,
    valid_to,
    cast(null as varchar) as ended_by,
    cast([] as varchar []) as successor_codes,
    type as type_code,
    cast(null as varchar) as urban_rural,
    cast(null as varchar) as status,
    cast(null as varchar[]) as stages,
    source
from areas

union all

select
    schools.school_code,
    periods.name,
    'school',
    parents.organisation_code,
    periods.valid_from,
    periods.valid_to,
    periods.ended_by,
    periods.successors,
    schools.type,
    schools.urban_rural,
    schools.status,
    coalesce({{ stages_of_type('schools.type') }}, stages.stages),
    schools.created_by
from periods
inner join schools on periods.school_code = schools.school_code
left join stages on schools.school_code = stages.school
left join members as parents
    on schools.school_code = parents.school_code and parents.is_parent
