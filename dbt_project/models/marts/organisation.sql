with areas as (
    select * from {{ source('register', 'area') }}
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
)

select
    code as organisation_code,
    name,
    level,
    parent as parent_code,
    valid_from,
    valid_to,
    cast(null as varchar) as type_code,
    cast(null as varchar) as urban_rural,
    cast(null as varchar) as status,
    cast(null as varchar[]) as stages,
    'register' as source
from areas

union all

select
    schools.school_code,
    schools.name,
    'school',
    parents.organisation_code,
    cast(null as date),
    cast(null as date),
    schools.type,
    schools.urban_rural,
    schools.status,
    stages.stages,
    schools.created_by
from schools
left join stages on schools.school_code = stages.school
left join members as parents
    on schools.school_code = parents.school_code and parents.is_parent
