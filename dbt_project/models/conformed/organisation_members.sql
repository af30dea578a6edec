-- every school under each organisation it belongs to: itself, its district, its city, its province
with recursive areas as (
    select * from {{ source('register', 'area') }}
),

-- a school whose area the register does not know stands under the bureau's lowest area
fallback as (
    select code
    from areas
    order by array_position(['district', 'city', 'province'], level), code
    limit 1
),

placed as (
    select
        schools.school_code,
        coalesce(areas.code, fallback.code) as area_code
    from {{ ref('schools') }} as schools
    cross join fallback
    left join areas on schools.area = areas.code
),

climbed as (
    select placed.school_code, areas.code as organisation_code, areas.level, areas.parent, true as is_parent
    from placed
    inner join areas on placed.area_code = areas.code

    union all

    select climbed.school_code, areas.code, areas.level, areas.parent, false
    from climbed
    inner join areas on climbed.parent = areas.code
)

select school_code, school_code as organisation_code, 'school' as level, false as is_parent
from placed

union all

select school_code, organisation_code, level, is_parent
from climbed
