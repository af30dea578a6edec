{{ config(schema='intermediate') }}

-- lines that say who somebody is, as they count tonight; `record_number` where one names a record by its number
with verdict as (
    select * from {{ source('register', 'verdict') }}
    where since <= {{ night() }}
)

select
    entity,
    verdict,
    record,
    try_cast(nullif(ltrim(record, '#'), record) as ubigint) as record_number,
    person
from verdict
qualify row_number() over (partition by entity, record, person order by since desc, ordinal desc) = 1
