-- every school under each organisation it belongs to: itself, its district, its city, its province
with recursive areas as (
    select * from {{ ref('areas') }}
),

-- a school whose area nobody knows stands under the bureau's lowest area
fallback as (
    select code
    from {{ source('register', 'area') }}
    order by array_position(['district', 'city', 'province'], level), code
    limit 1
),

school_area as (
    select
        schools.school_code,
        coalesce(areas.code, fallback.code) as area_code
    from {{ ref('schools') }} as schools
    cross join fallback
    left join areas on schools.area = areas.code
),

ancestor as (
    select school_area.school_code, areas.code as organisation_code, areas.level, areas.parent, true as is_parent, 1 as steps
    from school_area
    inner join areas on school_area.area_code = areas.code

    union all

    select ancestor.school_code, areas.code, areas.level, areas.parent, false, ancestor.steps + 1
    from ancestor
    inner join areas on ancestor.parent = areas.code
    where ancestor.steps < 9  -- a roster may name a circle of parents
)

select school_code, school_code as organisation_code, 'school' as level, false as is_parent
from school_area

union all

select school_code, organisation_code, level, is_parent
from ancestor
