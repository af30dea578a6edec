{{ config(enabled=connected('school_data_sync')) }}

-- teachers of V1; once users.csv has come, a bureau has left V1, and what Teacher.csv said last counts no more
with teachers as (
    select * from {{ ref('stg_school_data_sync__teachers') }}
    where not exists (select 1 from {{ ref('stg_school_data_sync__users') }})
)

select
    sourced_id,
    nullif(concat_ws(' ', given_name, family_name), '') as name,
    school_sourced_id as school,
    number as staff_number,
    {{ provenance() }}
from teachers
