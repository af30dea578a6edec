-- every area under itself and each area above it
with recursive areas as (
    select code, level, parent from {{ ref('areas') }}
),

ancestor as (
    select code as area_code, code as organisation_code, level, parent, 1 as steps
    from areas

    union all

    select ancestor.area_code, areas.code, areas.level, areas.parent, ancestor.steps + 1
    from ancestor
    inner join areas on ancestor.parent = areas.code
    where ancestor.steps < 9  -- a roster may name a circle of parents
)

select distinct area_code, organisation_code, level
from ancestor
