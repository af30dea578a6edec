{{ config(enabled=connected('oneroster')) }}

-- a class of several grades has no grade of its own
with classes as (
    select * from {{ ref('stg_oneroster__classes') }}
)

select
    sourced_id,
    sourced_id as code,
    title as name,
    case when not contains(grades, ',') then {{ code('grades', 'grade', 'oneroster') }} end as grade,
    school_sourced_id as school_code,
    school_sourced_id as school,
    _delivery_id,
    _row_number,
    _slice,
    _known_from
from classes
