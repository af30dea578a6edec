{{ config(enabled=connected('oneroster')) }}

-- organisations that teach; districts and states are areas of the tree
with orgs as (
    select * from {{ ref('stg_oneroster__orgs') }}
)

select
    sourced_id,
    sourced_id as code,
    name,
    type,
    parent_sourced_id as area,
    _delivery_id,
    _row_number,
    _slice,
    _known_from
from orgs
where type is null or lower(type) not in ('district', 'local', 'state', 'national')
