-- every code and name by which a school is or was known, for life; a name is found by the district it lies in
with schools as (
    select * from {{ ref('schools') }}
),

present_identifier as (
    select school_code, area, 'school_code' as namespace, school_code as identifier, valid_from, valid_to
    from schools
    union all
    select school_code, area, 'school_name' as namespace, name as identifier, valid_from, valid_to
    from schools
),

former_identifier as (
    select schools.school_code, schools.area, 'school_code' as namespace, succession.code as identifier, cast(null as date) as valid_from, succession.since as valid_to
    from {{ source('register', 'succession') }} as succession
    inner join schools on succession.successor = schools.school_code
    where succession.kind = 'recode' and succession.since <= {{ night() }}
    union all
    select schools.school_code, schools.area, 'school_name', names.name, names.valid_from, names.valid_to
    from {{ source('register', 'organisation_name') }} as names
    inner join schools on names.code = schools.school_code
),

identifier as (
    select * from present_identifier
    union all
    select * from former_identifier
)

select
    school_code,
    namespace,
    case when namespace = 'school_name' then {{ school_name_key('identifier') }} else identifier end as identifier,
    area as district_code,
    valid_from,
    valid_to
from identifier
where identifier is not null
qualify row_number() over (
    partition by school_code, namespace, case when namespace = 'school_name' then {{ school_name_key('identifier') }} else identifier end
    order by valid_to desc nulls first
) = 1
