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

-- which others were merged into it or split off to it, as far as the night knows
formations as (
    select
        successor as school_code,
        list_sort(list(distinct code)) as predecessors,
        max(since) as formed_on
    from {{ source('register', 'succession') }}
    where kind in ('merge', 'split') and code <> successor
        and since <= {{ night() }} and (until is null or until > {{ night() }})
    group by successor
),

-- a month of founding after the end of what it founds is none
foundings as (
    select
        school_code,
        coalesce(valid_from, if(valid_to <= founded_on, null, founded_on)) as founded_on
    from schools
),

name_changes as (
    select code, max(valid_to) as since
    from former_names
    group by code
),

-- a school has a period for each name it had, and its last one ends where it was merged or split
periods as (
    select
        former_names.code as school_code,
        former_names.name,
        coalesce(
            former_names.valid_from,
            if(former_names.valid_to <= foundings.founded_on, null, foundings.founded_on)
        ) as valid_from,
        former_names.valid_to,
        cast(null as varchar) as ended_by,
        cast([] as varchar []) as successors
    from former_names
    inner join foundings on former_names.code = foundings.school_code

    union all

    select
        schools.school_code,
        schools.name,
        coalesce(name_changes.since, foundings.founded_on) as valid_from,
        schools.valid_to,
        schools.ended_by,
        schools.successors
    from schools
    inner join foundings on schools.school_code = foundings.school_code
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
    cast(null as date) as founded_on,
    cast(null as varchar) as founded_on_source,
    cast([] as varchar []) as predecessor_codes,
    cast(null as date) as formed_on,
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
    schools.founded_on,
    cast(schools.founded_on_source as varchar),
    coalesce(formations.predecessors, cast([] as varchar [])),
    formations.formed_on,
    schools.type,
    schools.urban_rural,
    schools.status,
    coalesce({{ stages_of_type('schools.type') }}, stages.stages),
    schools.created_by
from periods
inner join schools on periods.school_code = schools.school_code
left join formations on schools.school_code = formations.school_code
left join stages on schools.school_code = stages.school
left join members as parents
    on schools.school_code = parents.school_code and parents.is_parent
